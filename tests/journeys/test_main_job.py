"""The main job, end to end: a roster goes in, a verified parent sees their child, and stops seeing when the SIS says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People, opened
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """A portal of its own: this story goes on to the next night."""
    yield from opened(tmp_path)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("width", [1280, 360], ids=["wide", "phone"])
def test_a_verified_parent_sees_their_child_until_the_school_system_ends_it(people: People, portal: Portal) -> None:
    case = portal.cast["the_ended"]
    clerk, parent = people.arrives(), people.arrives()

    steps.sign_in_as_employee(clerk, portal.clerk(case["school"]))
    steps.open_pin_details(clerk, case["student"])
    first = steps.print_pin(clerk, case["guardian"])

    steps.register(parent, portal, "rosa@families.example")
    steps.add_student(parent, case["student"], case["birth_date"], first)
    expect(parent.get_by_role("heading", level=1)).to_contain_text(f"{case['first_name']}'s Home Page")
    home = parent.url
    expect(parent.get_by_role("link", name="Emergency Card")).to_be_visible()
    assert "added" in portal.mail_to("rosa@families.example", "added")

    _make_a_new_pin(clerk, case)
    parent.goto(home)
    expect(parent.get_by_role("main")).to_contain_text("new PIN")
    steps.add_student(parent, case["student"], case["birth_date"], steps.show_pin(clerk, case["guardian"]))
    expect(parent.get_by_role("heading", level=1)).to_contain_text(f"{case['first_name']}'s Home Page")

    portal.run("sync", str(portal.folder / "night-2.zip"))
    parent.goto(home)
    expect(parent.get_by_role("main")).to_contain_text("We can't show")
    assert "All " in portal.run("audit", "verify")


def _make_a_new_pin(clerk: Page, case: dict[str, str]) -> None:
    steps.open_pin_details(clerk, case["student"])
    steps.row_of(clerk, case["guardian"]).get_by_role("link", name="New Pin").click()
    expect(clerk.get_by_text("revalidated").first).to_be_visible()
    clerk.get_by_role("button", name="Continue").click()
    expect(steps.row_of(clerk, case["guardian"]).get_by_role("button", name="Print")).to_be_visible()
