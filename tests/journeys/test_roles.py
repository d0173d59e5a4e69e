"""Roles: an employee without one asks, is approved by mail and by hand, and works; roles are looked over, given and revoked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


def come_in(page: Page, name: str) -> None:
    """From the front door through Employee Login."""
    page.get_by_role("link", name="Employee Login").click()
    page.get_by_role("button", name=f"Sign in as {name}", exact=True).click()
    page.get_by_role("button", name="Sign out").wait_for()


def newcomer(page: Page) -> str:
    """The name of the employee who has no role."""
    page.get_by_role("link", name="Employee Login").click()
    name = page.get_by_role("listitem").filter(has_text="no role yet").get_by_role("heading").inner_text()
    page.goto("/")
    return name


def test_an_employee_asks_for_a_role_gets_it_and_works_with_it(people: People, portal: Portal) -> None:
    eyes, page = Eyes(), people.arrives()
    name = newcomer(page)
    come_in(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Request access")
    row = page.get_by_role("row").filter(has_text="Parent Access Account Administrator")
    expect(row).to_contain_text("Waiting")
    eyes.look(page, "request access")
    page.get_by_role("table", name="Schools by name").get_by_role("link").first.click()
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a role.")
    eyes.look(page, "ask for a role, with errors")
    page.locator("label", has_text="Reporting").click()
    page.get_by_label("Why do you need it?").fill("I write the school's report on families who register.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("status")).to_contain_text("Your request was sent")
    page.get_by_role("link", name="whole district").click()
    eyes.look(page, "ask for a role further than a school")

    administrator = next(each for each in portal.employees if each["role"] == "Site Administrator")
    mail = portal.mail_to(administrator["email"], "asks for a role")
    assert f"{portal.url}/staff/roles/requests/" in mail
    desk = people.arrives()
    come_in(desk, administrator["name"])
    desk.get_by_role("link", name="Roles", exact=True).click()
    eyes.look(desk, "requests for a role")
    desk.get_by_role("row").filter(has_text="Parent Access").get_by_role("link", name="Decide").click()
    desk.get_by_role("button", name="Reject").click()
    expect(desk.get_by_role("alert")).to_contain_text("Say why you reject")
    eyes.look(desk, "decide a request for a role, with errors")
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_role("status")).to_contain_text("Approved.")
    own = people.arrives()
    come_in(own, name)
    expect(own.get_by_role("textbox", name="Student ID")).to_be_visible()
    own.get_by_role("link", name=name).click()
    expect(own.get_by_role("heading", level=1)).to_have_text("My roles")
    eyes.look(own, "my roles")

    desk.get_by_role("link", name="Who may do what").click()
    eyes.look(desk, "who may do what")
    desk.get_by_role("row").filter(has_text=name).get_by_role("link", name="Revoke").click()
    eyes.look(desk, "revoke a role")
    desk.get_by_label("Reason").fill("Back to teaching.")
    desk.get_by_role("button", name="Revoke").click()
    expect(desk.get_by_role("status")).to_contain_text("The role is ended.")
    own.goto("/")
    expect(own.get_by_role("heading", level=1)).to_have_text("Request access")
    assert eyes.found == []


def test_a_district_administrator_appoints_and_renews(people: People, portal: Portal) -> None:
    eyes, page = Eyes(), people.arrives()
    come_in(page, portal.administrator())
    page.get_by_role("link", name="Roles", exact=True).click()
    page.get_by_role("link", name="Appoint").click()
    page.get_by_label("Employee's name or email").fill(portal.employees[0]["email"])
    page.get_by_role("button", name="Search").click()
    eyes.look(page, "find an employee")
    page.get_by_role("main").get_by_role("table").get_by_role("link", name="Appoint").click()
    eyes.look(page, "appoint a site administrator")
    page.get_by_role("button", name="Appoint here").last.click()
    expect(page.get_by_role("status")).to_contain_text("Appointed")
    portal.backstage("let_roles_end_soon")
    page.get_by_role("link", name="Renew").click()
    eyes.look(page, "renew roles")
    page.get_by_role("row").nth(1).get_by_role("button", name="Renew").click()
    expect(page.get_by_role("status")).to_contain_text("1 role is renewed.")
    boxes = page.locator("td .usa-checkbox label")
    for number in range(boxes.count()):
        boxes.nth(number).click()
    page.get_by_role("button", name="Renew those chosen").click()
    expect(page.get_by_role("status")).to_contain_text("roles are renewed.")
    eyes.look(page, "no role ends soon")
    assert eyes.found == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_whoever_has_several_schools_works_at_one(people: People, portal: Portal, scripts: bool) -> None:
    eyes, page = Eyes(), people.arrives()
    come_in(page, next(each["name"] for each in portal.employees if len(each["school_codes"]) > 1))
    page.get_by_role("link", name="Work at one school").click()
    if scripts:
        eyes.look(page, "work at one school")
    row = page.get_by_role("main").get_by_role("row").nth(1)
    school = row.locator("bdi").first.inner_text()
    row.get_by_role("button").click()
    bar = page.get_by_role("banner")
    expect(bar).to_contain_text(f"Only {school}")
    if scripts:
        eyes.look(page, "at work at one school")
    bar.get_by_role("button", name="All my schools").click()
    expect(bar.get_by_role("link", name="Work at one school")).to_be_visible()
    assert eyes.found == []
