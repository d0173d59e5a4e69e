"""Guardians' second factors in a real browser: an app without any script, a passkey with a device that holds one."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal

pytestmark = pytest.mark.journey


@pytest.fixture
def eyes() -> Iterator[Eyes]:
    looking = Eyes()
    yield looking
    assert not looking.found, "\n".join(looking.found)


def arrive(people: People, portal: Portal, email: str) -> Page:
    """A registered guardian's browser, signed in at a host that passkeys are made for."""
    portal.backstage("make_account", email=email)
    page = people.arrives()
    page.goto(f"{portal.url.replace('127.0.0.1', 'localhost')}/")
    log_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_have_text("My students")
    return page


def log_in(page: Page, email: str) -> None:
    page.get_by_role("link", name="Login / Register").first.click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    page.get_by_role("button", name="Login", exact=True).click()


def open_security(page: Page) -> None:
    page.locator("summary", has_text="Account").click()
    page.get_by_role("link", name="Sign-in and security").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")


def confirm(page: Page) -> None:
    page.get_by_label("Password", exact=True).fill(steps.PASSWORD)
    page.get_by_role("button", name="Continue").click()


def code_of(secret: str, later: int = 0) -> str:
    """What an app shows now, or so many half minutes later."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + later))


def set_up_an_app(page: Page, eyes: Eyes | None = None) -> tuple[str, list[str]]:
    """From the security page: the app's secret, as it is typed from the page, and the recovery codes."""
    page.get_by_role("link", name="Set up an app").click()
    if eyes:
        eyes.look(page, "confirm that it is you")
    confirm(page)
    secret = page.locator(".typed-key code").inner_text()
    if eyes:
        eyes.look(page, "set up an app")
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    if eyes:
        eyes.look(page, "recovery codes")
    codes = page.locator(".codes code").all_inner_texts()
    page.get_by_role("link", name="I have saved them").click()
    return secret, codes


@pytest.mark.parametrize("scripts", [False])
def test_an_app_and_recovery_codes_work_without_any_script(people: People, portal: Portal) -> None:
    page = arrive(people, portal, "oldphone@families.example")
    open_security(page)
    secret, codes = set_up_an_app(page)
    assert len(codes) == 10
    steps.sign_out(page)
    log_in(page, "oldphone@families.example")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("This code does not match")
    page.get_by_label("Code").fill(code_of(secret, later=1))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My students")
    steps.sign_out(page)
    log_in(page, "oldphone@families.example")
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My students")
    assert portal.mail_to("oldphone@families.example", "A recovery code of your account was used")


def test_every_page_of_an_app_can_be_used_by_everybody(people: People, portal: Portal, eyes: Eyes) -> None:
    page = arrive(people, portal, "looker@families.example")
    open_security(page)
    eyes.look(page, "security, nothing set up")
    set_up_an_app(page, eyes)
    eyes.look(page, "security, an app set up")
    page.get_by_role("link", name="Make new codes").click()
    eyes.look(page, "make new codes")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Turn the app off").click()
    eyes.look(page, "turn the app off")
    steps.sign_out(page)
    log_in(page, "looker@families.example")
    page.get_by_label("Code").wait_for()
    eyes.look(page, "enter a code")
    page.get_by_role("button", name="Continue").click()
    eyes.look(page, "enter a code, with errors")


def test_a_passkey_is_added_opens_the_account_and_is_removed(people: People, portal: Portal, eyes: Eyes) -> None:
    page = arrive(people, portal, "fingerprint@families.example")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"isUserVerified": True}})
    open_security(page)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    eyes.look(page, "add a passkey")
    page.get_by_label(re.compile("A name")).fill("Rosa's phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.get_by_role("link", name="I have saved them").click()
    expect(page.get_by_role("main")).to_contain_text("Rosa's phone")
    eyes.look(page, "security, a passkey added")
    steps.sign_out(page)
    page.get_by_role("link", name="Login / Register").first.click()
    eyes.look(page, "log in with a passkey")
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My students")
    steps.sign_out(page)
    log_in(page, "fingerprint@families.example")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My students")
    open_security(page)
    page.get_by_role("button", name="Remove Rosa's phone").click()
    page.get_by_role("link", name="Use a passkey").click()
    eyes.look(page, "confirm with a passkey")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("status").first).to_contain_text("The passkey is removed")
    expect(page.get_by_role("main")).not_to_contain_text("Rosa's phone")
    assert portal.mail_to("fingerprint@families.example", "A passkey was removed")


def test_a_guardian_signs_another_device_out(people: People, portal: Portal, eyes: Eyes) -> None:
    here = arrive(people, portal, "two.devices@families.example")
    there = people.arrives()
    there.goto(here.url)
    there.goto("/")
    log_in(there, "two.devices@families.example")
    expect(there.get_by_role("heading", level=1)).to_have_text("My students")
    open_security(here)
    eyes.look(here, "security, two devices")
    here.get_by_role("button", name=re.compile("^Sign out Chrome")).first.click()
    confirm(here)
    expect(here.get_by_role("status")).to_contain_text("That device is signed out")
    there.goto("/family/")
    expect(there.get_by_role("heading", level=1)).to_have_text("Login / Register")
