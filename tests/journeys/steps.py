"""What people do, step by step, by the words on the page."""

from __future__ import annotations

import re
from datetime import date

from playwright.sync_api import Locator, Page

from tests.journeys.backstage import PASSWORD
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal


def sign_in_as_employee(page: Page, name: str) -> None:
    """From the front door through Employee Login."""
    page.get_by_role("link", name="Employee Login").click()
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("textbox", name="Student ID").wait_for()


def sign_in_as_administrator(page: Page, name: str) -> None:
    """From the front door through Employee Login, to the District tab's Sync."""
    page.get_by_role("link", name="Employee Login").click()
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("heading", name="District", level=1).wait_for()
    page.get_by_role("link", name="Sync").click()
    page.get_by_role("heading", name="Sync", level=1).wait_for()


def sign_in(page: Page, email: str) -> None:
    """From the front door through Login / Register."""
    page.goto("/")
    page.get_by_role("link", name="Login / Register").first.click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.get_by_role("heading", name="My students").wait_for()


def sign_out(page: Page) -> None:
    """Sign out, which is in sight on every page."""
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Employee Login").wait_for()


def find(page: Page, student_number: str) -> None:
    """Find a Student."""
    with page.expect_navigation():  # else the number might be typed into the page before
        page.get_by_role("link", name="Find a Student").first.click()
    page.get_by_role("textbox", name="Student ID").fill(student_number)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()


def open_pin_details(page: Page, student_number: str) -> None:
    """Find a Student, then Pin Details."""
    find(page, student_number)
    page.get_by_role("link", name="Pin Details").first.click()


def row_of(page: Page, guardian: str) -> Locator:
    """A guardian's row on Pin Details."""
    return page.get_by_role("row").filter(has_text=guardian)


def print_pin(page: Page, guardian: str) -> str:
    """Press Print in the guardian's row and read the code off the slip."""
    row_of(page, guardian).get_by_role("button", name="Print").click()
    code = page.locator(".slip__pin dd").first.inner_text()
    page.keyboard.press("Escape")
    return re.sub(r"\D", "", code)


def show_pin(page: Page, guardian: str) -> str:
    """Press Show in the guardian's row and read the code off it."""
    row_of(page, guardian).get_by_role("button", name="Show").click()
    return re.sub(r"\D", "", row_of(page, guardian).locator(".pin").inner_text())


def agree(page: Page, name: str, guardian: str, eyes: Eyes) -> None:
    """From the front door, as the second person: agree at Requests to what was asked about a guardian."""
    page.get_by_role("link", name="Employee Login").click()
    page.get_by_role("button", name=name).first.click()
    page.get_by_role("link", name="Requests").click()
    eyes.look(page, "requests, one waits for oneself")
    row_of(page, guardian).get_by_role("link", name="Decide").click()
    eyes.look(page, "decide a request")
    page.get_by_role("button", name="Refuse").click()
    eyes.look(page, "decide a request, with errors")
    page.get_by_role("button", name="Agree").click()
    page.get_by_text("You agreed").wait_for()


def register(page: Page, portal: Portal, email: str) -> None:
    """From the front door: register, and confirm the email with the code that was mailed."""
    page.get_by_role("link", name="Login / Register").first.click()
    page.get_by_role("link", name="Register").last.click()
    page.get_by_label("First name").fill("Rosa")
    page.get_by_label("Last name").fill("Quiroga")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Register").click()
    page.get_by_role("textbox", name="Code").fill(portal.code_for(email))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Add a student").first.wait_for()


def add_student(page: Page, student_number: str, birth_date: str, pin: str) -> None:
    """Add a student by Student ID, Date of Birth and PIN."""
    page.get_by_role("link", name="Add a student").first.click()
    born = date.fromisoformat(birth_date)
    page.get_by_role("textbox", name="Student ID").fill(student_number)
    page.get_by_label("Month").select_option(str(born.month))
    page.get_by_label("Day").fill(str(born.day))
    page.get_by_label("Year").fill(str(born.year))
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_role("button", name="Add").click()
