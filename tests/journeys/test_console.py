"""Employees' stories: one answer for whoever may not be found, refusals that say why, popups and the printed slip."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal
from tests.letters import paper

pytestmark = pytest.mark.journey


def at_work(people: People, portal: Portal, school: str, name: str = "") -> Page:
    """An employee's browser at Find a Student: the school's clerk, or whoever is named."""
    page = people.arrives()
    steps.sign_in_as_employee(page, name or portal.clerk(school))
    return page


def test_elsewhere_unknown_withdrawn_and_gibberish_read_the_same(people: People, portal: Portal) -> None:
    elsewhere = portal.cast["three_schools"]["children"][1]
    withdrawn = portal.cast["withdrawn"]
    page = at_work(people, portal, portal.cast["ordinary"]["school"])
    answers = set()
    for typed in (elsewhere["student"], "000000X000", withdrawn["student"], "<b>' OR 1=1 --", "٣\u202e🦉" * 40):
        steps.find(page, typed)
        answers.add(page.get_by_role("alert").inner_text())
        expect(page.get_by_role("table")).to_have_count(0)
    assert len(answers) == 1
    home = at_work(people, portal, elsewhere["school"])
    steps.find(home, elsewhere["student"])
    expect(home.get_by_role("link", name="Pin Details")).to_be_visible()


def test_a_teacher_makes_no_pin_for_a_child_of_her_own(people: People, portal: Portal) -> None:
    case = portal.cast["employee_parent"]
    page = at_work(people, portal, case["school"], case["guardian"])
    steps.open_pin_details(page, case["student"])
    steps.row_of(page, case["guardian"]).get_by_role("button", name="Print").click()
    expect(page.get_by_role("dialog")).to_contain_text("ask a colleague")
    assert portal.backstage("pins_of", number=case["student"]) == []


def test_a_restricted_student_s_new_pin_takes_two_persons(people: People, portal: Portal) -> None:
    case, eyes = portal.cast["restricted"], Eyes()
    mother = case["guardians"][1]
    portal.backstage("make_pin_before_the_restriction", guardian_id=case["guardian_ids"][1])
    page = at_work(people, portal, case["school"])
    steps.open_pin_details(page, case["student"])
    steps.row_of(page, mother).get_by_role("link", name="New Pin").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("main")).to_contain_text("a colleague has to agree first")
    colleague = page.get_by_text("One of these may agree").locator("bdi").first.inner_text()
    page.get_by_role("button", name="Ask a colleague").click()
    expect(steps.row_of(page, mother)).to_contain_text("Waiting")
    eyes.look(page, "requests, one's own waits")
    assert portal.backstage("pins_of", number=case["student"]) == [["live", 0]]
    steps.agree(people.arrives(), colleague, mother, eyes)
    page.reload()
    expect(steps.row_of(page, mother)).to_contain_text(f"{colleague} agreed")
    eyes.look(page, "requests, a colleague agreed")
    page.get_by_role("link", name=case["first_name"]).click()
    steps.row_of(page, mother).get_by_role("link", name="New Pin").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("status")).to_contain_text("A new PIN was made")
    code = steps.print_pin(page, mother)
    assert len(code) == 6
    assert portal.backstage("pins_of", number=case["student"]) == [["expired", 0], ["live", 0]]
    assert eyes.found == []


def test_a_student_without_birth_date_shows_why_there_is_no_pin(people: People, portal: Portal) -> None:
    case = portal.cast["no_birth_date"]
    page = at_work(people, portal, case["school"])
    steps.open_pin_details(page, case["student"])
    row = steps.row_of(page, case["guardian"])
    expect(row).to_contain_text("has no date of birth")
    expect(row.get_by_role("button", name="Print")).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_only_the_slip_is_printed(people: People, portal: Portal, scripts: bool) -> None:
    case = portal.cast["no_email"]
    page = at_work(people, portal, case["school"])
    steps.open_pin_details(page, case["student"])
    steps.row_of(page, case["guardian"]).get_by_role("button", name="Print").click()
    slip = page.locator(".slip")
    slip.wait_for()
    expect(page.get_by_role("dialog")).to_have_count(1 if scripts else 0)
    printed, code = paper.words(page.pdf()), page.locator(".slip__pin dd").inner_text()
    for word in (case["first_name"], case["guardian"], code):
        assert word.replace(" ", "") in printed
    for word in ("Sign out", "Find a Student", "Data as of", "Help desk", "Demo", "Close", case["guardians"][1]):
        assert word.replace(" ", "") not in printed
    (reference,) = paper.qr_codes(page.pdf())
    assert reference == page.locator(".slip__reference").inner_text()
    assert "PDF" not in printed


def test_escape_closes_a_popup_and_the_focus_goes_back_to_its_opener(people: People, portal: Portal) -> None:
    case = portal.cast["namesake_guardians"]
    page = at_work(people, portal, case["school"])
    expect(page.get_by_role("textbox", name="Student ID")).to_be_focused()
    steps.open_pin_details(page, case["student"])
    for role, name in (("button", "Print"), ("link", "New Pin")):
        opener = steps.row_of(page, case["guardian"]).get_by_role(role, name=name)
        opener.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(steps.row_of(page, case["guardian"]).get_by_role(role, name=name)).to_be_focused()


def test_what_went_wrong_gets_the_focus(people: People) -> None:
    page = people.arrives()
    page.get_by_role("link", name="Login / Register").first.click()
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("Email")).to_be_focused()


def parent_search(page: Page, **typed: str) -> None:
    """Parent Search by what is typed: email, or first and last name."""
    page.get_by_role("link", name="Parent Search").first.click()
    for name, text in typed.items():
        page.get_by_label(name.replace("_", " ").title()).fill(text)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()


def test_a_parent_is_found_activated_excepted_and_their_students_are_seen(people: People, portal: Portal) -> None:
    case, email, eyes = portal.cast["namesake_guardians"], "found@families.example", Eyes()
    portal.backstage("make_account", email=email)
    portal.backstage("associate", email=email, guardian_id=case["guardian_id"], number=case["student"])
    portal.backstage("deactivate", email=email)
    page = at_work(people, portal, case["school"])
    page.get_by_role("link", name="Parent Search").first.click()
    expect(page.get_by_label("Email")).to_be_focused()
    eyes.look(page, "parent search")
    parent_search(page, first_name="R", last_name="")
    expect(page.get_by_role("main")).to_contain_text("both required")
    eyes.look(page, "parent search, with errors")
    parent_search(page, first_name="Nobody", last_name="Atall")
    eyes.look(page, "parent search, nobody found")
    parent_search(page, email=email)
    eyes.look(page, "parent search, one found")
    page.get_by_role("button", name="Activate Account").click()
    expect(page.get_by_role("status").first).to_have_text("The parent account's activation status has been changed.")
    page.get_by_role("link", name="Deactivate Account").click()
    expect(page.get_by_role("dialog")).to_contain_text("call the help desk")
    eyes.look(page, "deactivate, school staff, popup")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Deactivate Account")).to_be_focused()
    page.get_by_role("link", name="View students associated").click()
    expect(page.get_by_role("dialog")).to_contain_text(case["student"])
    eyes.look(page, "students associated, popup")
    page.keyboard.press("Escape")
    for told in ("has been added as an exception", "is an exception already"):
        page.get_by_role("button", name="Add Exception").click()
        expect(page.get_by_role("status").first).to_contain_text(told)
    eyes.look(page, "exception added")
    assert eyes.found == []


def test_a_parent_account_s_own_pages(people: People, portal: Portal) -> None:
    case, eyes = portal.cast["six_children"], Eyes()
    emails = ["first@families.example", "second@families.example"]
    for email in emails:
        portal.backstage("make_account", email=email)
    portal.backstage("associate", email=emails[0], guardian_id=case["guardian_id"], number=case["student"])
    page = at_work(people, portal, case["school"])
    parent_search(page, email=emails[0])
    page.get_by_role("link", name="Rosa Quiroga").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parent account")
    eyes.look(page, "parent account")
    home = page.url
    page.get_by_role("link", name="Tie to a guardian").click()
    page.get_by_role("textbox", name="Student ID").fill(case["student"])
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Tie").first.click()
    expect(page.get_by_role("link", name="Verify by Video")).to_be_visible()
    eyes.look(page, "tie, before the identity is verified")
    page.goto(home)
    page.get_by_role("link", name="Merge with another account").click()
    eyes.look(page, "merge, the other account")
    page.get_by_label("Email").fill(emails[1])
    page.get_by_role("button", name="Continue").click()
    eyes.look(page, "merge")
    page.locator("label", has_text=emails[1]).click()
    page.get_by_label("Kind of ID that you saw").select_option("passport")
    page.locator("label", has_text="I verified this person's identity").click()
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("status").first).to_contain_text("1 student moved to this one")
    expect(page.get_by_role("main")).to_contain_text(emails[1])
    eyes.look(page, "merged")
    page.get_by_role("link", name="End this tie").click()
    eyes.look(page, "end a tie")
    assert eyes.found == []
