"""An employee signs in through the district's own provider, is asked again before a download, and signs out of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.identity_providers.running import running, tell
from tests.journeys.conftest import People
from tests.journeys.looking import Eyes
from tests.journeys.portal import Portal, free_port

pytestmark = pytest.mark.journey

FILE = """
[providers.district]
kind = "oidc"
name = "District account"
issuer = "ISSUER"
client_id = "openhouse"
client_secret_file = "SECRET"
district_id = "employee_id"
"""


def test_an_employee_signs_in_with_the_district_account_and_signs_out_of_both(
    people: People, portal: Portal, tmp_path: Path
) -> None:
    name, url, eyes = portal.administrator(), f"http://127.0.0.1:{free_port()}", Eyes()
    with running("openid.mjs", f"{url}/employee-login/district/callback/", f"{url}/") as provider:
        (tmp_path / "secret").write_text("a-secret-of-the-tests")
        one = FILE.replace("ISSUER", provider).replace("SECRET", str(tmp_path / "secret"))
        (tmp_path / "sso.toml").write_text(one)
        portal.serve(url, OPENHOUSE_SSO=str(tmp_path / "sso.toml"), OPENHOUSE_DEMO="")
        said = {"sub": "subject-one", "employee_id": portal.backstage("number_of", name=name)}
        page = people.arrives()

        tell(provider, "/people", claims=said, amr=["pwd"])
        page.goto(url)
        page.get_by_role("link", name="Employee Login").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
        eyes.look(page, "without a second step")

        tell(provider, "/people", claims=said, amr=["pwd", "otp"])
        page.get_by_role("link", name="Sign in with District account").click()
        expect(page.get_by_role("heading", name="District", level=1)).to_be_visible()

        page.goto(f"{url}/sign-in-again/?next=/staff/district/history/")
        eyes.look(page, "sign in again")
        page.get_by_role("link", name="Sign in again").click()
        page.wait_for_url(f"{url}/staff/district/history/")

        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Yes").click()
        page.wait_for_url(f"{url}/")
        tell(provider, "/people", claims=said, amr=["pwd"])  # so that it shows when the provider asks again
        page.goto(f"{url}/staff/district/history/")
        expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    assert eyes.found == []


def test_several_providers_are_a_choice(people: People, portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a-secret-of-the-tests")
    first = FILE.replace("ISSUER", f"http://127.0.0.1:{free_port()}").replace("SECRET", str(tmp_path / "secret"))
    second = first.replace("providers.district", "providers.county").replace("District account", "County account")
    (tmp_path / "sso.toml").write_text(first + second)
    url, eyes = portal.serve(OPENHOUSE_SSO=str(tmp_path / "sso.toml"), OPENHOUSE_DEMO=""), Eyes()
    page = people.arrives()
    page.goto(url)
    page.get_by_role("link", name="Employee Login").click()
    eyes.look(page, "a choice of providers")
    page.get_by_role("link", name="County account").click()
    expect(page.get_by_role("main")).to_contain_text("does not answer")
    eyes.look(page, "a provider that is down")
    assert eyes.found == []
