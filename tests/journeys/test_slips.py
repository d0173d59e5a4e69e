"""A slip's story: printed as a PDF in the family's language, scanned at home, and the student is added."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal
from tests.letters import paper

pytestmark = pytest.mark.journey


def pressed_pdf(page: Page, language: str) -> bytes:
    """Pick a language beside English on the opened slip and press PDF."""
    answers: list[bytes] = []

    def overhear(route: Route) -> None:
        answer = route.fetch()
        answers.append(answer.body())
        route.fulfill(response=answer)

    page.context.route("**/pdf/", overhear)
    page.get_by_label("PDF in English and").select_option(language)
    with page.expect_popup() as tab:
        page.get_by_label("PDF in English and").locator("xpath=ancestor::form").get_by_role("button").click()
    tab.value.wait_for_load_state()
    tab.value.close()
    return answers[0]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_scanned_slip_leads_through_registering_to_the_student(people: People, portal: Portal, scripts: bool) -> None:
    case, clerk, parent, eyes = portal.cast["three_schools"], people.arrives(), people.arrives(), Eyes()
    guardian = case["guardians"][1]
    portal.backstage("let_go", guardian_id=case["guardian_ids"][1])
    steps.sign_in_as_employee(clerk, portal.clerk(case["school"]))
    steps.open_pin_details(clerk, case["student"])
    expect(steps.row_of(clerk, guardian).get_by_role("button", name="PDF in")).to_be_visible()
    steps.row_of(clerk, guardian).get_by_role("button", name="Print").click()
    code = clerk.locator(".slip__pin dd").inner_text()
    content = pressed_pdf(clerk, "Armenian")
    assert "ՁերPINկոդը" in paper.words(content)
    (scanned,) = set(paper.qr_codes(content))
    email = f"scanning-{'with' if scripts else 'without'}@families.example"

    parent.goto(urlsplit(scanned).path)
    parent.get_by_role("link", name="Register").last.click()
    parent.get_by_label("First name").fill("Rosa")
    parent.get_by_label("Last name").fill("Quiroga")
    parent.get_by_label("Email").fill(email)
    parent.get_by_label("Password", exact=True).fill("seven quiet lanterns")
    parent.get_by_role("button", name="Register").click()
    parent.get_by_role("textbox", name="Code").fill(portal.code_for(email))
    parent.get_by_role("button", name="Continue").click()
    expect(parent.get_by_text("You scanned a slip")).to_be_visible()
    if scripts:
        eyes.look(clerk, "the slip")
        eyes.look(parent, "what a slip opens")
    assert eyes.found == []
    parent.get_by_role("button", name="Continue").click()
    expect(parent.get_by_label("Student ID")).to_have_value(case["student"])
    expect(parent.get_by_label("PIN", exact=True)).to_have_value("")
    born = date.fromisoformat(case["birth_date"])
    parent.get_by_label("Month").select_option(str(born.month))
    parent.get_by_label("Day").fill(str(born.day))
    parent.get_by_label("Year").fill(str(born.year))
    parent.get_by_label("PIN", exact=True).fill(code)
    if scripts:  # without, the same guardian's PIN is left for the other story
        return
    parent.get_by_role("button", name="Add").click()
    expect(parent.get_by_role("heading", level=1)).to_contain_text(f"{case['first_name']}'s Home Page")
    parent.goto(urlsplit(scanned).path)
    parent.get_by_role("button", name="Continue").click()
    expect(parent.get_by_label("Student ID")).to_have_value("")
