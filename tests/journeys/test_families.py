"""Guardians' stories: brothers and sisters, one too many, wrong PINs, an account that is switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey

DOES_NOT_MATCH = "The Student ID, date of birth and PIN do not match."


def at_home(people: People, portal: Portal, email: str) -> Page:
    """A registered guardian's browser, signed in."""
    portal.backstage("make_account", email=email)
    page = people.arrives()
    steps.sign_in(page, email)
    return page


def wrong(code: str) -> str:
    """A PIN of the same length that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def test_a_sibling_at_another_school_is_added_after_signing_in_again(people: People, portal: Portal) -> None:
    case = portal.cast["three_schools"]
    codes = portal.backstage("give_pins", guardian_id=case["guardian_id"])
    page = at_home(people, portal, "marisol@families.example")
    first, second = case["children"][:2]
    steps.add_student(page, first["student"], first["birth_date"], codes[first["student"]])
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{first['first_name']}'s Home Page")
    steps.sign_out(page)
    steps.sign_in(page, "marisol@families.example")
    steps.add_student(page, second["student"], second["birth_date"], codes[second["student"]])
    page.get_by_role("link", name="Home", exact=True).first.click()
    for child in (first, second):
        expect(page.get_by_role("link", name=child["first_name"], exact=True)).to_be_visible()
    assert first["school"] != second["school"]


def test_a_form_that_was_sent_twice_leads_to_the_student(people: People, portal: Portal) -> None:
    case = portal.cast["namesake_students"]
    code = portal.backstage("give_pins", guardian_id=case["guardian_id"])[case["student"]]
    page = at_home(people, portal, "alma@families.example")
    for told in ("was added to your account", "is in your account"):
        steps.add_student(page, case["student"], case["birth_date"], code)
        expect(page.get_by_role("status")).to_contain_text(told)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{case['first_name']}'s Home Page")


def test_the_fifth_student_is_refused_with_whom_to_ask_and_the_pin_stays_good(people: People, portal: Portal) -> None:
    case = portal.cast["six_children"]
    codes = portal.backstage("give_pins", guardian_id=case["guardian_id"])
    page = at_home(people, portal, "denise@families.example")
    for child in case["children"][:4]:
        steps.add_student(page, child["student"], child["birth_date"], codes[child["student"]])
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{child['first_name']}'s Home Page")
    fifth = case["children"][4]
    steps.add_student(page, fifth["student"], fifth["birth_date"], codes[fifth["student"]])
    expect(page.get_by_role("main")).to_contain_text("call the school office and ask for an exception")
    assert portal.backstage("pins_of", number=fifth["student"]) == [["live", 0]]


def test_a_wrong_pin_is_refused_counted_and_on_record(people: People, portal: Portal) -> None:
    case = portal.cast["grandparent"]
    code = portal.backstage("give_pins", guardian_id=case["guardian_id"])[case["student"]]
    page = at_home(people, portal, "socorro@families.example")
    steps.add_student(page, case["student"], case["birth_date"], wrong(code))
    expect(page.get_by_role("alert")).to_contain_text(DOES_NOT_MATCH)
    assert portal.backstage("pins_of", number=case["student"]) == [["live", 1]]
    assert portal.backstage("events", about="socorro@families.example")["pin refused"] == 1


def test_the_sixth_try_meets_a_dead_pin_and_the_school_sees_that_it_is_locked(people: People, portal: Portal) -> None:
    case = portal.cast["ordinary"]
    code = portal.backstage("give_pins", guardian_id=case["guardian_id"])[case["student"]]
    page = at_home(people, portal, "veronica@families.example")
    for typed in [wrong(code)] * 5 + [code]:
        steps.add_student(page, case["student"], case["birth_date"], typed)
        expect(page.get_by_role("alert")).to_contain_text(DOES_NOT_MATCH)
    clerk = people.arrives()
    steps.sign_in_as_employee(clerk, portal.clerk(case["school"]))
    steps.open_pin_details(clerk, case["student"])
    expect(steps.row_of(clerk, case["guardian"])).to_contain_text("Locked")
    expect(steps.row_of(clerk, case["guardian"]).get_by_role("link", name="New Pin")).to_be_visible()
    assert portal.backstage("events", about="veronica@families.example")["pin locked"] == 1


def test_many_wrong_birth_dates_make_the_account_wait_and_lock_no_pin(people: People, portal: Portal) -> None:
    case = portal.cast["two_homes"]
    code = portal.backstage("give_pins", guardian_id=case["guardian_id"])[case["student"]]
    page = at_home(people, portal, "stranger@families.example")
    for _try in range(5):
        steps.add_student(page, case["student"], "2001-01-01", code)
        expect(page.get_by_role("alert")).to_contain_text(DOES_NOT_MATCH)
    steps.add_student(page, case["student"], case["birth_date"], code)
    expect(page.get_by_role("alert")).to_contain_text("wait a while")
    assert portal.backstage("pins_of", number=case["student"]) == [["live", 0]]
    mother = at_home(people, portal, "lusine@families.example")
    steps.add_student(mother, case["student"], case["birth_date"], code)
    expect(mother.get_by_role("heading", level=1)).to_have_text(f"{case['first_name']}'s Home Page")


def test_a_deactivated_account_s_session_ends_at_its_next_request(people: People, portal: Portal) -> None:
    email = "gone@families.example"
    page = at_home(people, portal, email)
    portal.backstage("deactivate", email=email)
    page.get_by_role("link", name="Add a student").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Login / Register")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_role("main")).to_contain_text("call")
    page.goto("/family/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Login / Register")


def test_the_back_button_shows_nothing_after_signing_out(people: People, portal: Portal) -> None:
    page = at_home(people, portal, "library@families.example")
    page.get_by_role("link", name="Add a student").first.click()
    steps.sign_out(page)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Login / Register")


def test_whatever_is_sent_the_server_answers_and_its_log_names_nobody(people: People, portal: Portal) -> None:
    page = at_home(people, portal, "odd@families.example")
    case, ask = portal.cast["ordinary"], page.context.request
    odd = ("\0", "9" * 100_000, "٣" * 20, "\u202e🦉", "<script>", "' OR 1=1 --", case["student"], case["birth_date"])
    for address in ("/family/add-a-student/", "/accounts/login/", "/accounts/signup/", "/accounts/email/", "/staff/"):
        token = ask.get("/family/add-a-student/").text().partition('csrfmiddlewaretoken" value="')[2][:64]
        for value in odd:
            names = ("student_number", "birth_date_month", "birth_date_year", "code", "login", "email", "family_name")
            form = dict.fromkeys(names, value) | {"csrfmiddlewaretoken": token}
            assert ask.post(address, form=form, headers={"Referer": portal.url}, max_retries=3).status < 500
            assert (
                ask.post(address, form=form, headers={"Host": f"{case['student']}.example"}, max_retries=3).status
                == 400
            )
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert ask.fetch("/family/", method=method, headers={"X-CSRFToken": token}).status in (403, 405)
    portal.backstage("events")
    assert portal.named_in_log() == []
