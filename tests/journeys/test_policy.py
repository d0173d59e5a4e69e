"""A District Administrator's story: they look at policy, see whom a change would affect, and save it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey
PLACES = (
    "",
    "policy/",
    "policy/pin-length/",
    "policy/identity-questions/",
    "policy/summer-from/",
    "school-years/",
    "tiles/",
    "tiles/tile/",
)


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    looking = Eyes()
    yield looking
    assert not looking.found, "\n".join(looking.found)


def at_policy(people: People, portal: Portal) -> Page:
    page = people.arrives()
    steps.sign_in_as_administrator(page, portal.administrator())
    page.get_by_role("link", name="Policy").click()
    page.get_by_role("heading", name="Policy", level=1).wait_for()
    return page


def test_a_change_is_seen_before_it_is_saved_and_stands_in_the_history(people: People, portal: Portal) -> None:
    case = portal.cast["eighteen_without_ground"]
    portal.backstage("make_account", email="eighteen@families.example")
    portal.backstage(
        "associate", email="eighteen@families.example", guardian_id=case["guardian_id"], number=case["student"]
    )
    page = at_policy(people, portal)
    page.get_by_role("link", name="Rights pass at 18").click()
    page.get_by_text("No", exact=True).click()
    page.get_by_role("button", name="Show what would change").click()
    main = page.get_by_role("main")
    expect(page.get_by_role("heading", name="This would affect 1 family")).to_be_visible()
    expect(main).to_contain_text("1 would gain access to a student")
    expect(main).to_contain_text("Eighteen today, the father.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved: Rights pass at 18.")
    page.get_by_role("link", name="Rights pass at 18").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text(portal.administrator())
    family = people.arrives()
    steps.sign_in(family, "eighteen@families.example")
    expect(family.get_by_role("link", name=case["first_name"])).to_be_visible()
    page.get_by_role("group").get_by_text("Yes", exact=True).click()
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("main")).to_contain_text("1 would lose it")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    family.reload()
    expect(family.get_by_role("main")).not_to_contain_text("grades")


def test_everybody_can_read_the_district_s_pages(people: People, portal: Portal, eyes: Eyes) -> None:
    page = at_policy(people, portal)
    for place in (*PLACES, "languages/", "keys/", "alarms/"):
        page.goto(f"{portal.url}/staff/district/{place}")
        eyes.look(page, place or "district")
        _keep(page, place or "district")
    page.goto(f"{portal.url}/staff/district/policy/pin-length/")
    page.get_by_role("spinbutton").fill("3")
    page.get_by_role("button", name="Show what would change").click()
    eyes.look(page, "a value out of its bounds")
    page.get_by_role("spinbutton").fill("4")
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("main")).to_contain_text("This misses the goal.")
    eyes.look(page, "a preview")
    _keep(page, "preview")


def test_a_tile_is_added_with_form_fields(people: People, portal: Portal) -> None:
    page = at_policy(people, portal)
    page.get_by_role("link", name="Link tiles").first.click()
    page.get_by_role("link", name="Add a tile").click()
    page.get_by_label("Name in English").fill("Lunch menu")
    page.get_by_label("Address").fill("https://lunch.rioclaro.example/menu")
    page.get_by_label("Icon").select_option("meal")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("link", name="Lunch menu")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("The tile was saved.")
    expect(page.get_by_role("row").filter(has_text="Lunch menu")).to_be_visible()
    page.get_by_role("button", name="Remove Lunch menu").click()
    expect(page.get_by_role("row").filter(has_text="Lunch menu")).to_have_count(0)


def _keep(page: Page, name: str) -> None:
    folder = os.environ.get("PICTURES")
    for width in (1280, 360) if folder else ():
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=Path(folder or "") / f"{name.replace('/', '_')}{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
