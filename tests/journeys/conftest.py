"""A real browser and a real portal for each story."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys import portal as portals
from tests.journeys.portal import Portal

FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium: bin/check installs Debian's, or says how"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    running = portals.start(tmp_path, os.environ.get("DATABASE_URL"))
    yield running
    portals.stop(running)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=[1280, 360], ids=["wide", "phone"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def people(chromium: Browser, portal: Portal, scripts: bool, width: int) -> Iterator[People]:
    opened = People(chromium, portal, scripts, width)
    yield opened
    opened.leave()


class People:
    """Browsers of different people: nobody shares a cookie with anybody."""

    def __init__(self, chromium: Browser, portal: Portal, scripts: bool, width: int) -> None:
        self.chromium, self.portal, self.scripts, self.width = chromium, portal, scripts, width
        self.contexts: list[BrowserContext] = []

    def arrives(self) -> Page:
        """A new person's browser at the front door. Any error on the page's console fails the story."""
        context = self.chromium.new_context(
            base_url=self.portal.url,
            java_script_enabled=self.scripts,
            viewport={"width": self.width, "height": 800},
            locale="en-US",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto("/")
        return page

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
