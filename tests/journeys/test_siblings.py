"""One PIN per family, and what a family and its school read before an 18th birthday."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


@pytest.fixture
def one_pin(portal: Portal) -> Iterator[None]:
    """Policy says so while the story goes on."""
    portal.run("policy", "set", "one_pin_per_family", "true")
    yield
    portal.run("policy", "set", "one_pin_per_family", "false")


def test_one_pin_lets_a_whole_family_in(people: People, portal: Portal, one_pin: None) -> None:
    case, eyes = portal.cast["three_schools"], Eyes()
    children = case["children"]
    portal.backstage("make_account", email="one.pin@families.example")
    code = portal.backstage("give_pins", guardian_id=case["guardian_ids"][1])[children[0]["student"]]
    page = people.arrives()
    steps.sign_in(page, "one.pin@families.example")
    steps.add_student(page, children[0]["student"], children[0]["birth_date"], code)
    expect(page.get_by_role("heading", level=1)).to_have_text("More students of yours")
    eyes.look(page, "whom a PIN lets in")
    page.goto("/family/")
    eyes.look(page, "home, with an offer")
    page.get_by_role("link", name="See who").click()
    for left in range(len(children) - 1, 0, -1):
        expect(page.get_by_role("button", name="Add", exact=True)).to_have_count(left)
        page.get_by_role("button", name="Add", exact=True).first.click()
        expect(page.get_by_role("status")).to_contain_text("was added to your account")
    expect(page.get_by_role("heading", level=1)).to_have_text("My students")
    for child in children:
        expect(page.get_by_role("link", name=child["first_name"], exact=True)).to_be_visible()
    assert not eyes.found, "\n".join(eyes.found)


def test_a_birthday_that_is_near_is_told_to_family_and_school(people: People, portal: Portal) -> None:
    case, eyes = portal.cast["six_children"], Eyes()
    child = case["children"][-1]
    portal.backstage("let_turn_18", number=child["student"], days=30)
    portal.backstage("make_account", email="near@families.example")
    portal.backstage(
        "associate", email="near@families.example", guardian_id=case["guardian_ids"][1], number=child["student"]
    )
    assert portal.run("notices", "--dry-run").startswith("1 notices")
    page = people.arrives()
    steps.sign_in(page, "near@families.example")
    expect(page.get_by_role("main")).to_contain_text("turns 18 on")
    eyes.look(page, "home, before a birthday")
    page.get_by_role("link", name=child["first_name"], exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("agrees in writing")
    eyes.look(page, "student, before a birthday")
    clerk = people.arrives()
    steps.sign_in_as_employee(clerk, portal.clerk(child["school"]))
    steps.open_pin_details(clerk, child["student"])
    expect(clerk.get_by_role("main")).to_contain_text("turns 18 on")
    eyes.look(clerk, "pin details, before a birthday")
    clerk.goto("/staff/reports/turning-18/")
    expect(clerk.get_by_role("row").filter(has_text=child["first_name"])).to_be_visible()
    eyes.look(clerk, "students who turn 18")
    assert not eyes.found, "\n".join(eyes.found)
