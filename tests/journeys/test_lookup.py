"""MiSiS Lookup at the counter: a family enrols, is looked up, added, and enters its PIN; a guardian joins; the SIS sleeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from openhouse.demo.sis.server import Mood
from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    looking = Eyes()
    yield looking
    assert not looking.found, "\n".join(looking.found)


def enrol(people: People, school: str) -> tuple[str, str]:
    """At the SIS's desk: the new student's ID, and what stands there of the family."""
    desk = people.arrives()
    desk.get_by_role("link", name="Enrol a family").click()
    desk.get_by_label("School").select_option(school)
    desk.get_by_role("button", name="Enrol a new family").click()
    said = re.search(r"Student ID: (\w+)", desk.get_by_role("status").inner_text())
    assert said
    return said.group(1), desk.get_by_role("article").first.inner_text()


def at_work(people: People, portal: Portal, school: str) -> Page:
    page = people.arrives()
    steps.sign_in_as_employee(page, portal.clerk(school))
    return page


def look_up(page: Page, popup: bool = True) -> None:
    page.get_by_role("button", name="SIS Lookup").click()
    page.get_by_role("dialog" if popup else "main").get_by_role("columnheader", name="Action").first.wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_family_that_enrolled_an_hour_ago_leaves_with_a_pin(people: People, portal: Portal, scripts: bool) -> None:
    school = portal.cast["ordinary"]["school"]
    number, told = enrol(people, school)
    page = at_work(people, portal, school)
    steps.find(page, number.lower())
    look_up(page, popup=scripts)
    where = page.get_by_role("dialog" if scripts else "main")
    expect(where.get_by_role("button", name="Add To Parent Portal")).to_have_count(2)
    where.get_by_role("button", name="Add To Parent Portal").first.click()
    page.get_by_role("heading", name="Pin Details").wait_for()
    row = page.get_by_role("row").nth(1)
    expect(row.get_by_role("button", name="Print")).to_be_focused()
    expect(row).to_contain_text("Good until")
    mother = row.get_by_role("cell").nth(1).locator("bdi").inner_text()
    code = steps.show_pin(page, mother)
    assert mother in told
    assert portal.backstage("pins_of", number=number) == [["live", 0]]
    born = re.search(r"born (\S+)", told)
    assert born
    portal.backstage("make_account", email=f"{number.lower()}@families.example")
    family = people.arrives()
    steps.sign_in(family, f"{number.lower()}@families.example")
    steps.add_student(family, number, born.group(1), code)
    expect(family.get_by_role("heading", level=1)).to_contain_text("Home Page")


def test_another_guardian_comes_and_is_added_from_pin_details_with_the_keyboard_alone(
    people: People, portal: Portal
) -> None:
    case = portal.cast["two_homes"]
    assert portal.sis
    assert portal.sis.register
    assert portal.sis.register.join(case["student"])
    portal.backstage("give_pins", guardian_id=case["guardian_ids"][0])
    page = at_work(people, portal, case["school"])
    steps.open_pin_details(page, case["student"])
    page.get_by_role("button", name="SIS Lookup").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row").filter(has_text=case["guardian"])).to_contain_text("Parent in Parent Portal")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="SIS Lookup")).to_be_focused()
    expect(page.get_by_role("table")).to_contain_text("legal guardian")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Add To Parent Portal").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("was added to the Parent Portal")


def test_a_sis_that_sleeps_or_is_dead_is_said_to_and_nothing_is_lost(people: People, portal: Portal) -> None:
    assert portal.sis
    case = portal.cast["grandparent"]
    page = at_work(people, portal, case["school"])
    try:
        for mood in (Mood.DEAD, Mood.SLOW):
            portal.sis.mood = mood
            steps.open_pin_details(page, case["student"])
            page.get_by_role("button", name="SIS Lookup").click()
            expect(page.get_by_role("dialog")).to_contain_text("did not answer", timeout=9_000)
            page.get_by_role("link", name="Go on with what the portal has").click()
            expect(page.get_by_role("dialog")).to_have_count(0)
            expect(page.get_by_role("main")).to_contain_text(case["guardian"])
    finally:
        portal.sis.mood = Mood.PROMPT


def test_axe_finds_nothing_in_the_popup_on_its_page_and_at_the_desk(people: People, portal: Portal, eyes: Eyes) -> None:
    assert portal.sis
    school = portal.cast["ordinary"]["school"]
    number, _told = enrol(people, school)
    page = at_work(people, portal, school)
    steps.find(page, number)
    eyes.look(page, "not found, with the lookup")
    look_up(page)
    eyes.look(page, "lookup popup")
    page.keyboard.press("Escape")
    page.locator("form.lookup").evaluate("form => delete form.dataset.dialog")
    look_up(page, popup=False)
    eyes.look(page, "lookup page")
    with page.expect_navigation():
        page.get_by_role("link", name="Close").click()
    steps.find(page, "000000X000")
    page.get_by_role("button", name="SIS Lookup").click()
    expect(page.get_by_role("dialog")).to_contain_text("No student with this Student ID")
    eyes.look(page, "lookup that finds nobody")
    page.keyboard.press("Escape")
    portal.sis.mood = Mood.DEAD
    try:
        page.get_by_role("button", name="SIS Lookup").click()
        expect(page.get_by_role("dialog")).to_contain_text("did not answer")
        eyes.look(page, "lookup without an answer")
    finally:
        portal.sis.mood = Mood.PROMPT
    page.goto("/demo/sis/")
    eyes.look(page, "the desk")
