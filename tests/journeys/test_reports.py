"""The Reporting tab's story: from the tab to a figure, the list behind it, and the file of that list."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


def all_grades(page: Page, part: str, figure: str) -> Locator:
    """A figure's link in the line of all grades."""
    table = page.get_by_role("table", name=f"{part}, by grade")
    heads = table.get_by_role("columnheader").all_inner_texts()
    line = table.get_by_role("row").filter(has_text="All grades")
    return line.get_by_role("cell").nth(heads.index(figure) - 1).get_by_role("link")


def download(page: Page, name: str) -> Path:
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).click()
    assert coming.value.suggested_filename.startswith("registered-parents-")
    return coming.value.path()


def test_an_office_looks_at_its_figures_and_takes_a_list_home(people: People, portal: Portal) -> None:
    case, eyes, page = portal.cast["eighteen_dependent"], Eyes(), people.arrives()
    portal.backstage("make_account", email="reported@families.example")
    portal.backstage("give_pins", guardian_id=case["guardian_id"])
    portal.backstage(
        "associate", email="reported@families.example", guardian_id=case["guardian_id"], number=case["student"]
    )
    steps.sign_in_as_employee(page, portal.clerk(case["school"]))
    page.get_by_role("link", name="Reporting").click()
    eyes.look(page, "reporting")
    page.get_by_role("link", name="Registered Parents Report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parent Portal Campus View")
    eyes.look(page, "campus view")
    figure = all_grades(page, "Students and their legal guardians", "New this week")
    count = int(figure.inner_text())
    figure.click()
    expect(page.get_by_role("status")).to_have_text(f"{count} legal guardian{'' if count == 1 else 's'}")
    row = page.get_by_role("row").filter(has_text=case["student"]).filter(has_text=case["guardian"])
    expect(row).to_contain_text("Live")
    eyes.look(page, "legal guardians")
    lines = list(csv.reader(download(page, "Download CSV").read_text("utf-8-sig").splitlines()))
    assert len(lines) == count + 1
    assert case["guardian"] in [line[3] for line in lines]
    book = zipfile.ZipFile(download(page, "Download XLSX"))
    assert case["guardian"] in book.read("xl/worksheets/sheet1.xml").decode()
    page.get_by_label("Pin").select_option("Locked")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Nobody")).to_be_visible()
    eyes.look(page, "legal guardians, none")
    assert not eyes.found, "\n".join(eyes.found)
    told = portal.backstage("events")
    assert told["report exported"] == 2


def test_the_district_administrator_picks_a_school(people: People, portal: Portal) -> None:
    eyes, page = Eyes(), people.arrives()
    steps.sign_in_as_administrator(page, portal.administrator())
    page.get_by_role("link", name="Reporting").click()
    page.get_by_role("link", name="Registered Parents Report").click()
    eyes.look(page, "schools")
    page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
    all_grades(page, "Students and their legal guardians", "Without one").click()
    eyes.look(page, "students")
    expect(page.get_by_role("columnheader", name="Student ID")).to_be_visible()
    assert not eyes.found, "\n".join(eyes.found)
