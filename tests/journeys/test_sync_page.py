"""A District Administrator's story: a sync waits, they look at what it would change, and decide."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def at_a_waiting_run(people: People, portal: Portal) -> Page:
    """The District Administrator's browser at the run that waits."""
    assert portal.backstage("sync_half_an_export", folder=str(portal.folder)) == "waiting"
    page = people.arrives()
    steps.sign_in_as_administrator(page, portal.administrator())
    expect(page.get_by_role("heading", name="A sync waits for a decision")).to_be_visible()
    page.get_by_role("link", name="Look and decide").click()
    return page


def test_a_district_administrator_looks_at_a_waiting_sync_and_accepts_it(people: People, portal: Portal) -> None:
    page = at_a_waiting_run(people, portal)
    students = page.get_by_role("row").filter(has_text="Students")
    students.get_by_role("link").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Students: Ended")
    expect(page.get_by_role("row")).not_to_have_count(1)
    page.go_back()
    page.get_by_role("link", name="Who would gain or lose access").click()
    expect(page.get_by_role("main")).to_contain_text("lose access")
    page.go_back()
    page.get_by_role("link", name="Accept").click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_contain_text("Accepted")
    page.get_by_role("link", name="All syncs").click()
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Accepted")
    expect(row).to_contain_text(portal.administrator())


def test_a_sync_that_was_cut_short_is_thrown_away_with_a_reason(people: People, portal: Portal) -> None:
    page = at_a_waiting_run(people, portal)
    page.get_by_role("link", name="Throw away").click()
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    page.get_by_label("Reason").fill("The export broke off.")
    page.get_by_role("button", name="Throw away").click()
    expect(page.get_by_role("status")).to_contain_text("Thrown away")
    expect(page.get_by_role("main")).to_contain_text("The export broke off.")


def test_a_student_s_history_is_found_by_student_id(people: People, portal: Portal) -> None:
    case, page = portal.cast["foster"], people.arrives()
    steps.sign_in_as_administrator(page, portal.administrator())
    page.get_by_role("link", name="Student history").click()
    page.get_by_role("textbox", name="Student ID").fill(case["student"])
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("History")
    expect(page.get_by_role("main")).to_contain_text(case["guardian"])
    page.get_by_role("textbox", name="Day").fill("2020-01-01")
    page.get_by_role("button", name="Show this day").click()
    expect(page.get_by_role("main")).to_contain_text("Not named")
