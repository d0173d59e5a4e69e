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


def chromium_path() -> str:
    """Where this machine's Chromium is."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert path, "no Chromium: bin/check installs Debian's, or says how"
    return path


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One portal for all stories that leave each other alone: each has a family of its own."""
    yield from opened(tmp_path_factory.mktemp("portal"))


def opened(folder: Path) -> Iterator[Portal]:
    """A portal in the folder, until the story is over."""
    running = portals.start(folder, os.environ.get("DATABASE_URL"))
    yield running
    portals.stop(running)
    assert running.named_in_log() == []


@pytest.fixture
def scripts() -> bool:
    """Whether the browsers run scripts. A story that is told both ways says so."""
    return True


@pytest.fixture
def width() -> int:
    """How wide the browsers' windows are."""
    return 1280


@pytest.fixture
def people(chromium: Browser, portal: Portal, scripts: bool, width: int) -> Iterator[People]:
    arrived = People(chromium, portal, scripts, width)
    yield arrived
    arrived.leave()
    assert not arrived.errors


class People:
    """Browsers of different people: nobody shares a cookie with anybody."""

    def __init__(self, chromium: Browser, portal: Portal, scripts: bool, width: int) -> None:
        self.chromium, self.portal, self.scripts, self.width = chromium, portal, scripts, width
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def arrives(self) -> Page:
        """A new person's browser at the front door. A script's error, or one that the policy stopped, fails the story."""
        context = self.chromium.new_context(
            base_url=self.portal.url,
            java_script_enabled=self.scripts,
            viewport={"width": self.width, "height": 800},
            locale="en-US",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if "Content Security" in said.text else None)
        page.goto("/")
        return page

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
