"""The record's story: a clerk notes a disclosure, the family inspects it and their own activity, the district finds it all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


def family_with(people: People, portal: Portal, case: dict[str, object], email: str) -> Page:
    """A guardian whose account has the case's student."""
    portal.backstage("make_account", email=email)
    portal.backstage("let_go", guardian_id=case["guardian_id"])
    clerk = people.arrives()
    steps.sign_in_as_employee(clerk, portal.clerk(str(case["school"])))
    steps.open_pin_details(clerk, str(case["student"]))
    code = steps.print_pin(clerk, str(case["guardian"]))
    page = people.arrives()
    steps.sign_in(page, email)
    steps.add_student(page, str(case["student"]), str(case["birth_date"]), code)
    return page


def test_a_disclosure_is_noted_inspected_and_found_in_the_trail(people: People, portal: Portal) -> None:
    case, eyes, clerk = portal.cast["foster"], Eyes(), people.arrives()
    steps.sign_in_as_employee(clerk, portal.clerk(case["school"]))
    steps.open_pin_details(clerk, case["student"])
    clerk.get_by_role("link", name="History").first.click()
    clerk.get_by_role("link", name="Disclosure record").click()
    clerk.get_by_label("Who asked, or got it").fill("Northside Unified School District")
    clerk.get_by_label("Their legitimate interest").fill("The student enrolls there")
    clerk.get_by_label("What allows it").select_option("99.31(a)(2)")
    clerk.get_by_role("button", name="Note it").click()
    expect(clerk.get_by_role("alert")).to_contain_text("Say what was disclosed")
    clerk.get_by_label("What was disclosed").fill("Transcript of grade 4")
    clerk.get_by_role("button", name="Note it").click()
    expect(clerk.get_by_role("status")).to_contain_text("Noted")
    eyes.look(clerk, "disclosure record")

    family = family_with(people, portal, case, "records@families.example")
    family.get_by_role("link", name="received").click()
    expect(family.get_by_role("main")).to_contain_text("Northside Unified School District")
    eyes.look(family, "family disclosures")
    family.get_by_role("link", name="Home", exact=True).click()
    eyes.look(family, "family home")
    family.get_by_role("link", name="Activity on your account").click()
    expect(family.get_by_role("main")).to_contain_text("You signed in.")
    expect(family.get_by_role("main")).to_contain_text("printed your PIN")
    eyes.look(family, "family activity")

    district = people.arrives()
    steps.sign_in_as_administrator(district, portal.administrator())
    district.get_by_role("link", name="Audit trail").click()
    district.get_by_label("Student ID").fill(case["student"])
    district.get_by_role("button", name="Search").click()
    expect(district.get_by_role("main")).to_contain_text("noted a request for the record of")
    eyes.look(district, "trail")
    with district.expect_download() as file:
        district.get_by_role("link", name="Download all of these").click()
    assert case["student"] not in file.value.suggested_filename and file.value.suggested_filename.endswith(".csv")
    district.get_by_label("Student ID").fill("0")
    district.get_by_role("button", name="Search").click()
    expect(district.get_by_role("alert")).to_contain_text("never known a student")
    eyes.look(district, "trail not found")
    assert not eyes.found, "\n".join(eyes.found)
