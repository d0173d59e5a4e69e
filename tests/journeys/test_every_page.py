"""axe-core finds nothing on any page, wide or on a phone, and no page is wider than the narrowest phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey

NEW_PASSWORD = "eleven slow ferries at dawn"
TOO_MUCH = """() => {
  const form = document.querySelector("form");
  for (let i = 0; i < 1100; i++) form.append(Object.assign(document.createElement("input"), { name: `n${i}` }));
  form.submit();
}"""
AS_A_PAGE = "form => delete form.dataset.dialog"


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    looking = Eyes()
    yield looking
    assert not looking.found, "\n".join(looking.found)


def press(page: Page, name: str) -> None:
    """Press the page's own button, not one of the frame around it."""
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def open_address(page: Page, eyes: Eyes, address: str) -> None:
    """Open an address and look at it."""
    page.goto(address)
    eyes.look(page, address)


def test_the_front_door_and_what_nobody_may_open(people: People, portal: Portal, eyes: Eyes) -> None:
    page = people.arrives()
    for address in ("/", "/demo/employees/", "/accounts/inactive/", "/accounts/password/reset/done/", "/nothing-here/"):
        open_address(page, eyes, address)
    page.goto("/demo/employees/")
    page.evaluate(TOO_MUCH)
    expect(page.get_by_role("heading", level=1)).to_have_text("This request was not understood")
    eyes.look(page, "bad request")
    page.goto("/demo/employees/")
    page.context.clear_cookies()
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please open the page again")
    eyes.look(page, "form too old")
    page.set_content(_broken())
    eyes.look(page, "something went wrong")


def _broken() -> str:
    from django.test import RequestFactory

    from openhouse.pages import errors

    return errors.broken(RequestFactory().get("/")).content.decode()


def test_registering_and_a_forgotten_password(people: People, portal: Portal, eyes: Eyes) -> None:
    page, email = people.arrives(), "walker@families.example"
    open_address(page, eyes, "/accounts/login/")
    press(page, "Login")
    eyes.look(page, "login with errors")
    open_address(page, eyes, "/accounts/signup/")
    page.get_by_label("Email").fill("somebody@district.example")
    page.get_by_label("Password", exact=True).fill("short")
    press(page, "Register")
    eyes.look(page, "register with errors")
    page.get_by_label("First name").fill("Rosa")
    page.get_by_label("Last name").fill("Quiroga")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    press(page, "Register")
    expect(page.get_by_role("textbox", name="Code")).to_be_focused()
    eyes.look(page, "code")
    page.get_by_role("textbox", name="Code").fill("XXXXXX")
    press(page, "Continue")
    eyes.look(page, "wrong code")
    page.get_by_role("textbox", name="Code").fill(portal.code_for(email))
    press(page, "Continue")
    page.get_by_role("heading", name="Add your first student").wait_for()
    eyes.look(page, "family home, empty")
    open_address(page, eyes, "/demo/mail/")
    _forget(people.arrives(), portal, eyes)


def _forget(page: Page, portal: Portal, eyes: Eyes) -> None:
    email = "forgetful@families.example"
    portal.backstage("make_account", email=email)
    open_address(page, eyes, "/accounts/password/reset/")
    press(page, "Send the code")
    eyes.look(page, "forgotten password with errors")
    page.get_by_label("Email").fill(email)
    press(page, "Send the code")
    page.get_by_role("textbox", name="Code").fill("XXXXXX")
    press(page, "Continue")
    eyes.look(page, "wrong code for a password")
    page.get_by_role("textbox", name="Code").fill(portal.code_for(email))
    press(page, "Continue")
    page.get_by_role("heading", name="Choose a new password").wait_for()
    eyes.look(page, "new password")
    page.get_by_label(re.compile("password", re.I)).first.fill("short")
    press(page, "Save the new password")
    eyes.look(page, "new password with errors")
    page.get_by_label(re.compile("password", re.I)).first.fill(NEW_PASSWORD)
    press(page, "Save the new password")
    page.get_by_role("heading", level=1).wait_for()
    eyes.look(page, "new password saved")


STANDINGS: dict[str, dict[str, Any]] = {
    "single_name": {},
    "twice_recorded": {"way": "imported", "days": 10},
    "shared_email": {"way": "imported", "days": 100},
    "foster": {},
    "restricted": {},
    "withdrawn": {},
    "eighteen_without_ground": {},
}
"""Families whose guardian meets, one after the other: the student, grace, disabled, revalidate, two neutral notices, eighteen."""


def test_a_family_s_pages(people: People, portal: Portal, eyes: Eyes) -> None:
    page, email = people.arrives(), "everything@families.example"
    portal.backstage("make_account", email=email)
    for name, how in STANDINGS.items():
        case = portal.cast[name]
        portal.backstage("associate", email=email, guardian_id=case["guardian_id"], number=case["student"], **how)
    portal.backstage("ask_to_revalidate", email=email, number=portal.cast["foster"]["student"])
    steps.sign_in(page, email)
    eyes.look(page, "family home")
    page.locator("summary", has_text="Account").click()
    eyes.look(page, "family home, menu open")
    addresses = [link.get_attribute("href") or "" for link in page.get_by_role("main").get_by_role("link").all()]
    students = [address for address in addresses if "/students/" in address]
    headings = {_open_student(page, eyes, address) for address in students}
    assert len(students) == len(STANDINGS)
    assert len(headings) == len(STANDINGS) - 1, "the neutral notice reads alike, whatever the reason"
    _add_a_student(page, portal, eyes)
    _account(page, eyes)


def _open_student(page: Page, eyes: Eyes, address: str) -> str:
    page.goto(address)
    heading = page.get_by_role("heading", level=1).inner_text()
    eyes.look(page, heading)
    if page.get_by_role("link", name="Emergency Card").count():
        open_address(page, eyes, f"{address}emergency-card/")
    return heading


def _add_a_student(page: Page, portal: Portal, eyes: Eyes) -> None:
    open_address(page, eyes, "/family/add-a-student/")
    press(page, "Add a student")
    eyes.look(page, "add a student with errors")
    for _try in range(5):
        steps.add_student(page, "NOBODY", "2015-03-28", "000000")
    eyes.look(page, "add a student, no match")
    steps.add_student(page, "NOBODY", "2015-03-28", "000000")
    expect(page.get_by_role("alert")).to_contain_text("wait a while")
    eyes.look(page, "add a student, too many tries")


def _account(page: Page, eyes: Eyes) -> None:
    for address in ("/accounts/logout/", "/accounts/reauthenticate/"):
        open_address(page, eyes, address)
    press(page, "Continue")
    eyes.look(page, "password again, with errors")
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    press(page, "Continue")
    page.get_by_role("heading", name="My students").wait_for()
    open_address(page, eyes, "/accounts/password/change/")
    press(page, "Save the new password")
    eyes.look(page, "password change with errors")
    open_address(page, eyes, "/accounts/email/")
    press(page, "Change email")
    eyes.look(page, "email with errors")
    page.get_by_label("Email").fill("everything-too@families.example")
    press(page, "Change email")
    page.get_by_role("textbox", name="Code").wait_for()
    eyes.look(page, "a new email's code")
    open_address(page, eyes, "/accounts/email/")


def test_the_staff_console_s_pages(people: People, portal: Portal, eyes: Eyes) -> None:
    case, page = portal.cast["the_newly_restricted"], people.arrives()
    steps.sign_in_as_employee(page, portal.clerk(case["school"]))
    eyes.look(page, "find a student")
    for typed, name in (("", "with errors"), ("NOBODY", "nobody found"), (case["student"], "one found")):
        steps.find(page, typed)
        eyes.look(page, f"find a student, {name}")
    page.get_by_role("link", name=case["first_name"]).click()
    eyes.look(page, "student's home page, read-only")
    for name in ("foster", "blank_legal", "no_birth_date"):
        steps.open_pin_details(page, portal.cast[name]["student"])
        eyes.look(page, f"pin details, {name}")
    _popups(page, case, eyes)
    for end in ("used", "expired", "locked"):
        portal.backstage("end_pin", guardian_id=case["guardian_id"], end=end)
        steps.open_pin_details(page, case["student"])
        expect(steps.row_of(page, case["guardian"])).to_contain_text(end.title())
        eyes.look(page, f"pin details, {end}")
        portal.backstage("renew_pin", guardian_id=case["guardian_id"])
    _refusals(page, portal, eyes)
    senior = people.arrives()
    steps.sign_in_as_employee(senior, portal.clerk(portal.cast["no_guardian"]["school"]))
    for name in ("no_guardian", "eighteen_without_ground"):
        steps.open_pin_details(senior, portal.cast[name]["student"])
        eyes.look(senior, f"pin details, {name}")


def _popups(page: Page, case: dict[str, Any], eyes: Eyes) -> None:
    """Each popup as a dialog over its page, and as a page of its own."""
    steps.open_pin_details(page, case["student"])
    eyes.look(page, "pin details, not given")
    row = steps.row_of(page, case["guardian"])
    row.get_by_role("button", name="Print").click()
    page.locator("dialog .slip").wait_for()
    eyes.look(page, "print, popup")
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Show").click()
    eyes.look(page, "pin details, shown")
    row.get_by_role("link", name="New Pin").click()
    page.get_by_role("dialog").wait_for()
    eyes.look(page, "create new pin, popup")
    page.keyboard.press("Escape")
    page.goto(row.get_by_role("link", name="New Pin").get_attribute("href") or "")
    eyes.look(page, "create new pin, page")
    press(page, "Continue")
    eyes.look(page, "pin details, a new pin was made")
    row.locator("form[data-dialog]").evaluate(AS_A_PAGE)
    row.get_by_role("button", name="Print").click()
    page.locator("main .slip").wait_for()
    eyes.look(page, "print, page")


def _refusals(page: Page, portal: Portal, eyes: Eyes) -> None:
    case = portal.cast["unreadable_restriction"]
    steps.open_pin_details(page, case["student"])
    row = steps.row_of(page, case["guardians"][1])
    row.get_by_role("button", name="Print").click()
    expect(page.get_by_role("dialog")).to_contain_text("a colleague has to agree first")
    eyes.look(page, "refusal, popup")
    page.goto("/staff/")
    steps.open_pin_details(page, case["student"])
    row.locator("form[data-dialog]").evaluate(AS_A_PAGE)
    row.get_by_role("button", name="Print").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This was not done")
    eyes.look(page, "refusal, page")


def test_the_district_tab_s_pages(people: People, portal: Portal, eyes: Eyes) -> None:
    assert portal.backstage("sync_half_an_export", folder=str(portal.folder)) == "waiting"
    page = people.arrives()
    steps.sign_in_as_administrator(page, portal.administrator())
    eyes.look(page, "sync, one waits")
    page.get_by_role("link", name="Look and decide").click()
    eyes.look(page, "a sync that waits")
    run = page.url
    for end in ("access/", "accept/", "let-in/", "throw-away/", "set-aside/", "set-aside/rows/"):
        open_address(page, eyes, run + end)
    for entity, change in (
        ("guardianship", "ended"),
        ("student", "ended"),
        ("student", "new"),
        ("enrolment", "changed"),
    ):
        open_address(page, eyes, f"{run}differences/?entity={entity}&change={change}")
    page.goto(f"{run}throw-away/")
    press(page, "Throw away")
    eyes.look(page, "throw away, with errors")
    page.get_by_label("Reason").fill("cut short")
    press(page, "Throw away")
    eyes.look(page, "a sync thrown away")
    open_address(page, eyes, f"{run}accept/")
    portal.backstage("run_a_sync_for_ever")
    open_address(page, eyes, "/staff/district/sync/?still=1")
    portal.backstage("end_the_sync_that_runs_for_ever")
    _history(page, portal.cast["the_newly_restricted"]["student"], eyes)


def _history(page: Page, student: str, eyes: Eyes) -> None:
    open_address(page, eyes, "/staff/district/history/")
    for typed, name in (("", "with errors"), ("NOBODY", "nobody found"), (student, "found")):
        page.get_by_role("textbox", name="Student ID").fill(typed)
        with page.expect_navigation():
            press(page, "Search")
        eyes.look(page, f"student history, {name}")
    for day in ("2020-01-01", "nonsense"):
        open_address(page, eyes, f"{page.url.partition('?')[0]}?on={day}")


def test_without_the_demo_there_are_no_made_up_employees_and_no_mail(
    people: People, portal: Portal, eyes: Eyes
) -> None:
    page, plain = people.arrives(), portal.serve(OPENHOUSE_DEMO="")
    for address in ("/", "/employee-login/"):
        open_address(page, eyes, plain + address)
        expect(page.get_by_role("main")).not_to_contain_text("demo")
    for address in ("/demo/", "/demo/employees/", "/demo/mail/"):
        answer = page.goto(plain + address)
        assert answer
        assert answer.status == 404
