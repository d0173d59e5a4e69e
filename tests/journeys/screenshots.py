"""Takes the pictures of docs/staff-guide.md again: `bin/dev screenshots`. One made-up district, one size of window, one story."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys import portal as portals
from tests.journeys import steps
from tests.journeys.conftest import FLAGS, chromium_path
from tests.journeys.portal import ROOT, Portal

PICTURES = ROOT / "docs/images/staff"
WINDOW = {"width": 1120, "height": 800}
LARGEST = 120_000
"""Bytes that a picture may have."""
ADDRESS = "https://portal.rioclaro.example"
"""What the pictures call the portal, wherever it runs while they are taken."""
EMAIL = "marisol.luna@families.example"


class Album:
    """The pictures, cut to what they are about, and who is signed in where."""

    def __init__(self, browser: Browser, portal: Portal) -> None:
        self.browser, self.portal = browser, portal
        self.taken: list[Path] = []

    def at_work(self, name: str) -> Page:
        """A new browser in which an employee has signed in."""
        page = self.browser.new_context(base_url=self.portal.url, viewport=WINDOW, locale="en-US").new_page()
        page.goto("/")
        page.get_by_role("link", name="Employee Login").click()
        page.get_by_role("button", name=name).first.click()
        page.get_by_role("navigation", name="Tabs").wait_for()
        return page

    def take(self, page: Page, name: str, heading: str, last: str = "main *") -> None:
        """The page of this heading: the open dialog, or the tabs and all below them down to the last that the selector finds."""
        page.get_by_role("heading", level=1, name=heading).last.wait_for()
        page.wait_for_load_state()
        path = PICTURES / f"{name}.png"
        page.evaluate(SAY_ADDRESS, [self.portal.url, ADDRESS])
        dialog = page.get_by_role("dialog")
        if dialog.count():
            dialog.screenshot(path=path)
        else:
            page.screenshot(path=path, full_page=True, clip=page.evaluate(CUT, last))
        self.taken.append(path)


CUT = """last => {
  const top = document.querySelector(".console-bar, main").getBoundingClientRect().top;
  const seen = [...document.querySelectorAll(last)].filter(each => each.checkVisibility());
  const bottom = Math.max(...seen.map(each => each.getBoundingClientRect().bottom));
  return { x: 0, y: top + scrollY, width: innerWidth, height: bottom - top + 16 };
}"""
SAY_ADDRESS = """([own, said]) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(own, said);
}"""


def finding(album: Album, cast: dict[str, Any]) -> None:
    """Find a Student: one and nobody; the student's home page."""
    case = cast["ordinary"]
    page = album.at_work(album.portal.clerk(case["school"]))
    steps.find(page, case["student"])
    album.take(page, "find", "Find a Student")
    page.get_by_role("link", name=case["first_name"]).click()
    album.take(page, "home-page", "Home Page")
    steps.find(page, "000000X000")
    album.take(page, "not-found", "Find a Student")


def giving(album: Album, cast: dict[str, Any]) -> None:
    """Pin Details in several states, the slip, Lookup, New Pin."""
    case = cast["two_homes"]
    album.portal.backstage("give_pins", guardian_id=case["guardian_ids"][0])
    page = album.at_work(album.portal.clerk(case["school"]))
    steps.open_pin_details(page, case["student"])
    page.get_by_role("button", name="MiSiS Lookup").click()
    album.take(page, "lookup", "MiSiS Lookup")
    page.get_by_role("button", name="Add To Parent Portal").first.click()
    album.portal.backstage("end_pin", guardian_id=case["guardian_ids"][0], end="used")
    steps.open_pin_details(page, case["student"])
    album.take(page, "pin-details", "Pin Details")
    steps.row_of(page, case["guardians"][1]).get_by_role("button", name="Print").click()
    album.take(page, "print", "Your PIN")
    page.keyboard.press("Escape")
    steps.row_of(page, case["guardian"]).get_by_role("link", name="New Pin").click()
    album.take(page, "new-pin", "Create New Pin")


def verifying(album: Album, cast: dict[str, Any]) -> None:
    """Verify by Video: what came of the answers, and the ID."""
    case = cast["shared_email"]
    said = album.portal.backstage("said_by", guardian_id=case["guardian_id"], number=case["student"])
    page = album.at_work(album.portal.clerk(case["school"]))
    steps.open_pin_details(page, case["student"])
    steps.row_of(page, case["guardian"]).get_by_role("link", name="Verify by Video").click()
    born = date.fromisoformat(said.pop("birth_date"))
    page.get_by_label("Month").select_option(str(born.month))
    page.get_by_label("Day").fill(str(born.day))
    page.get_by_label("Year").fill(str(born.year))
    for label, answer in said.items():
        page.get_by_label(label, exact=True).fill(answer)
    page.get_by_role("button", name="Compare").click()
    page.get_by_text("on screen, by video").click()
    page.get_by_text("passport").click()
    album.take(page, "verify", "Verify by Video")


def agreeing(album: Album, cast: dict[str, Any]) -> None:
    """Two persons: the refusal that offers to ask, and the request that waits."""
    case = cast["unreadable_restriction"]
    page = album.at_work(album.portal.clerk(case["school"]))
    steps.open_pin_details(page, case["student"])
    steps.row_of(page, case["guardians"][1]).get_by_role("button", name="Print").click()
    asked = page.get_by_text("One of these may agree").locator("bdi").first.inner_text()
    album.take(page, "ask-a-colleague", "This was not done")
    page.get_by_role("button", name="Ask a colleague").click()
    page.get_by_role("heading", name="Requests").wait_for()
    colleague = album.at_work(asked)
    colleague.get_by_role("link", name="Requests").click()
    album.take(colleague, "requests", "Requests")


def searching(album: Album, cast: dict[str, Any]) -> None:
    """Parent Search, the students of an account, and Why?"""
    case = cast["three_schools"]
    album.portal.backstage("make_account", email=EMAIL, given_name="Marisol", family_name="Peña Luna")
    for child in case["children"]:
        album.portal.backstage("associate", email=EMAIL, guardian_id=case["guardian_id"], number=child["student"])
    page = album.at_work(album.portal.clerk(case["school"]))
    page.get_by_role("link", name="Parent Search").click()
    page.get_by_label("Email").fill(EMAIL)
    with page.expect_navigation():
        page.get_by_role("button", name="Search").click()
    album.take(page, "parent-search", "Parent Search")
    page.get_by_role("link", name="View students associated").click()
    album.take(page, "students-associated", "Students associated")
    page.keyboard.press("Escape")
    steps.open_pin_details(page, case["student"])
    steps.row_of(page, case["guardian"]).get_by_role("link", name=re.compile(r"Why\?")).click()
    album.take(page, "why", "Why?")


def reporting(album: Album, cast: dict[str, Any]) -> None:
    """The Parent Portal Campus View."""
    page = album.at_work(album.portal.clerk(cast["ordinary"]["school"]))
    page.get_by_role("link", name="Reporting").click()
    page.get_by_role("link", name="Registered Parents Report").click()
    album.take(page, "campus-view", "Parent Portal Campus View", last="main section:first-of-type *")


def asking(album: Album, cast: dict[str, Any]) -> None:
    """An employee without a role asks for one."""
    page = album.browser.new_context(base_url=album.portal.url, viewport=WINDOW, locale="en-US").new_page()
    page.goto("/demo/employees/")
    page.get_by_role("listitem").filter(has_text="no role yet").get_by_role("button").click()
    album.take(page, "request-access", "Request access")


def noting(album: Album, cast: dict[str, Any]) -> None:
    """A student's disclosure record, with one note."""
    case = cast["foster"]
    page = album.at_work(album.portal.clerk(case["school"]))
    steps.open_pin_details(page, case["student"])
    page.get_by_role("link", name="History").first.click()
    page.get_by_role("link", name="Disclosure record").click()
    page.get_by_label("Who asked, or got it").fill("Northside Unified School District")
    page.get_by_label("Their legitimate interest").fill("The student enrolls there")
    page.get_by_label("What allows it").select_option("99.31(a)(2)")
    page.get_by_label("What was disclosed").fill("Transcript of grade 4")
    page.get_by_role("button", name="Note it").click()
    page.get_by_role("status").wait_for()
    album.take(page, "disclosures", "Disclosure record", last="main tbody *")


STORY: tuple[Callable[[Album, dict[str, Any]], None], ...] = (
    finding,
    giving,
    verifying,
    agreeing,
    searching,
    reporting,
    asking,
    noting,
)


def main() -> int:
    """Take all pictures; tells which are too large, and ends with 1 where one is."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="openhouse-screenshots-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        portal = portals.start(Path(folder), None)
        try:
            album = Album(browser, portal)
            for chapter in STORY:
                chapter(album, portal.cast)
        finally:
            portals.stop(portal)
            browser.close()
    for path in album.taken:
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")
    return int(any(path.stat().st_size > LARGEST for path in album.taken))


if __name__ == "__main__":
    sys.exit(main())
