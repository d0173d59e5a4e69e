"""Keyboard only: how few keys a PIN takes, where the focus lands, and that a scanner presses nothing that it does not mean."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey

MOST = 12
"""Key presses from the typed Student ID to the browser's print dialog."""
PRINTING = "window.print = () => { window.printed = (window.printed ?? 0) + 1; };"


class Keys:
    """A keyboard that counts its presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.pressed = page, 0

    def press(self, key: str) -> None:
        self.pressed += 1
        self.page.keyboard.press(key)

    def tab_to(self, name: str) -> None:
        """Tab until something of this name has the focus."""
        for _tab in range(MOST):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"{name} was not reached in {MOST} tabs, but {self.focused()}")

    def focused(self) -> str:
        return str(self.page.evaluate("document.activeElement.innerText ?? ''")).strip()


def at_find_a_student(people: People, portal: Portal, school: str) -> Page:
    """A clerk's browser at Find a Student, which only keeps count when it is told to print."""
    page = people.arrives()
    page.context.add_init_script(PRINTING)
    steps.sign_in_as_employee(page, portal.clerk(school))
    return page


def comes_to_pin_details(page: Page) -> None:
    """Wait until the focus is there; the page before may list such a link for each student opened of late."""
    expect(page.locator(":focus")).to_have_text("Pin Details")


def find_by_keys(page: Page, keys: Keys, number: str) -> None:
    """Type a Student ID, as a trained employee or a scanner does, and come to Pin Details."""
    expect(page.get_by_role("textbox", name="Student ID")).to_be_focused()
    page.keyboard.type(number)
    keys.press("Enter")
    comes_to_pin_details(page)
    keys.press("Enter")
    page.get_by_role("heading", name="Pin Details").wait_for()


@pytest.mark.parametrize("which", [0, 1], ids=["the first guardian", "the second guardian"])
def test_a_pin_is_printed_with_twelve_keys_at_most(people: People, portal: Portal, which: int) -> None:
    case = portal.cast["eighteen_dependent"]
    page = at_find_a_student(people, portal, case["school"])
    keys = Keys(page)
    find_by_keys(page, keys, case["student"])
    expect(page.get_by_role("button", name="Print").first).to_be_focused()
    row = page.get_by_role("row").nth(which + 1).inner_text()
    [guardian] = [name for name in case["guardians"] if name in row]
    if which:
        keys.press("Tab")
    keys.tab_to("Print")
    keys.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(guardian)
    expect(dialog.get_by_role("button", name="Print")).to_be_focused()
    keys.press("Enter")
    assert page.evaluate("window.printed") == 1
    assert keys.pressed <= MOST, f"{keys.pressed} keys"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(steps.row_of(page, guardian).get_by_role("button", name="Print")).to_be_focused()


def test_the_next_card_is_scanned_while_another_student_is_open(people: People, portal: Portal) -> None:
    case, other = portal.cast["grandparent"], portal.cast["ordinary"]
    before = portal.backstage("pins_of", number=case["student"])
    page = at_find_a_student(people, portal, case["school"])
    for number in (other["student"], case["student"]):
        page.keyboard.type(number)
        page.keyboard.press("Enter")
        expect(page.get_by_role("table")).to_contain_text(number)
        comes_to_pin_details(page)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Pin Details").wait_for()
    page.get_by_role("button", name="Print").first.focus()
    page.keyboard.type(other["student"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert portal.backstage("pins_of", number=case["student"]) == before


def test_a_pin_that_was_used_offers_a_new_one_first(people: People, portal: Portal) -> None:
    case = portal.cast["blank_legal"]
    guardian, guardian_id = case["guardians"][1], case["guardian_ids"][1]
    portal.backstage("give_pins", guardian_id=guardian_id)
    portal.backstage("end_pin", guardian_id=guardian_id, end="used")
    page = at_find_a_student(people, portal, case["school"])
    keys = Keys(page)
    find_by_keys(page, keys, case["student"])
    expect(steps.row_of(page, guardian).get_by_role("link", name="New Pin")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(steps.row_of(page, guardian).get_by_role("link", name="New Pin")).to_be_focused()


def test_a_warning_is_read_before_anything_has_the_focus(people: People, portal: Portal) -> None:
    case = portal.cast["restricted"]
    page = at_find_a_student(people, portal, case["school"])
    find_by_keys(page, Keys(page), case["student"])
    expect(page.get_by_role("main")).to_contain_text("takes two persons")
    assert page.evaluate("document.activeElement === document.body")
