"""Guardians' second factors: setting up, signing in, wrong codes, and what every change brings with it."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import PermissionDenied

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.pages import doors
from openhouse.policy import values
from tests import cast as make
from tests.cast import NOW, PASSWORD, SYSTEM

SECURITY, CODES = "/family/security/", "/accounts/second-factor/recovery-codes/"
APP, ASKED = "/accounts/second-factor/app/set-up/", "/accounts/second-factor/authenticate/"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: Any) -> None:
    """What allauth does when its rows are committed happens within the request, as it does outside of tests."""
    for flows in ("totp", "recovery_codes"):
        soon = SimpleNamespace(on_commit=lambda do: do())
        monkeypatch.setattr(f"allauth.mfa.{flows}.internal.flows.transaction", soon)


@pytest.fixture
def rosa(db: None) -> Account:
    """A guardian with a password."""
    cache.clear()
    return make.account("rosa@home.example", password=PASSWORD)


def code_of(secret: str, later: int = 0) -> str:
    """The code that an app shows now, or so many half minutes later."""
    step = int(totp.time.time()) // 30 + later
    return totp.format_hotp_value(totp.hotp_value(secret, step))


def sign_in(client: Any, password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": "rosa@home.example", "password": password})


def confirm(client: Any) -> None:
    """Sign in again, as is asked before a change."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up(client: Any) -> str:
    """Sign in with the password, and set up an app; its secret."""
    sign_in(client)
    confirm(client)
    page = client.get(APP).content.decode()
    secret = re.search(r'translate="no">([A-Z2-7]{32})<', page).group(1)
    assert client.post(APP, {"code": code_of(secret)}).url == CODES
    return secret


def codes_on(page: Any) -> list[str]:
    return re.findall(r'translate="no">(\d{8})<', page.content.decode())


def events(account: Account) -> list[str]:
    return list(Entry.objects.filter(account=str(account.key)).order_by("position").values_list("event", flat=True))


def test_an_app_is_set_up_and_then_asked_for_at_sign_in(visit: Any, rosa: Account, clock: Any) -> None:
    secret = set_up(visit())
    client = visit()
    assert sign_in(client).url == ASKED
    assert client.get("/family/").status_code == 302
    clock.shift(60)
    assert client.post(ASKED, {"code": code_of(secret)}).url == "/family/"
    assert client.get("/family/").status_code == 200
    assert Event.FACTOR_ADDED in events(rosa) and Event.RECOVERY_CODES_MADE in events(rosa)
    assert any("authenticator app was added" in each.subject for each in mail.outbox)


def test_a_code_works_once_for_as_long_as_a_clock_may_be_off(visit: Any, rosa: Account, clock: Any) -> None:
    secret = set_up(visit())
    clock.shift(120)
    first, second, third = visit(), visit(), visit()
    for client in (first, second, third):
        sign_in(client)
    code = code_of(secret)
    assert first.post(ASKED, {"code": code}).status_code == 302
    assert second.post(ASKED, {"code": code}).status_code == 200
    clock.shift(31)  # the cache of a period has forgotten it, the clock's tolerance has not
    cache.clear()
    assert third.post(ASKED, {"code": code}).status_code == 200
    assert third.post(ASKED, {"code": code_of(secret)}).status_code == 302


def test_the_code_that_set_an_app_up_opens_nothing_more(visit: Any, rosa: Account) -> None:
    secret = set_up(visit())
    client = visit()
    sign_in(client)
    assert client.post(ASKED, {"code": code_of(secret)}).status_code == 200


def test_recovery_codes_are_shown_once_and_each_works_once(visit: Any, rosa: Account) -> None:
    here = visit()
    set_up(here)
    codes = codes_on(here.get(CODES))
    assert len(set(codes)) == 10 and not codes_on(here.get(CODES))
    for expected in (302, 200):
        client = visit()
        sign_in(client)
        assert client.post(ASKED, {"code": codes[0]}).status_code == expected
    assert Event.RECOVERY_CODE_USED in events(rosa)
    assert "recovery code" in mail.outbox[-1].subject


def test_after_a_few_wrong_codes_even_the_right_one_waits_and_the_owner_is_told(
    visit: Any, rosa: Account, clock: Any
) -> None:
    secret = set_up(visit())
    clock.shift(60)
    client = visit()
    sign_in(client)
    for _ in range(5):
        client.post(ASKED, {"code": "000000"})
    assert client.post(ASKED, {"code": code_of(secret)}).status_code == 200
    assert mail.outbox[-1].subject == "Wrong codes for your account"
    assert events(rosa).count(Event.FACTOR_REFUSED) == 5
    clock.shift(16 * 60)
    sign_in(client)
    assert client.post(ASKED, {"code": code_of(secret)}).status_code == 302


def test_in_a_day_no_more_than_twenty_codes_can_be_tried(visit: Any, rosa: Account, clock: Any) -> None:
    set_up(visit())
    client = visit()
    for _ in range(6):
        sign_in(client)
        for _ in range(6):
            client.post(ASKED, {"code": "000000"})
        clock.shift(15 * 60 + 1)
    assert events(rosa).count(Event.FACTOR_REFUSED) == 20


def test_every_change_asks_for_a_sign_in_first(visit: Any, rosa: Account) -> None:
    client = visit()
    sign_in(client)
    for address in (APP, "/accounts/second-factor/passkey/add/", f"{CODES}new/"):
        assert client.get(address).url.startswith("/accounts/reauthenticate/"), address
    assert client.post(f"{SECURITY}passkey/remove/", {"passkey": "1"}).url.startswith("/accounts/reauthenticate/")


def test_setting_up_and_removing_ends_the_other_sessions(visit: Any, rosa: Account, clock: Any) -> None:
    here, there = visit(), visit()
    sign_in(there)
    secret = set_up(here)
    assert there.get("/family/").status_code == 302
    clock.shift(60)
    sign_in(there)
    there.post(ASKED, {"code": code_of(secret)})
    assert there.get("/family/").status_code == 200
    here.post("/accounts/second-factor/app/remove/")
    assert (here.get("/family/").status_code, there.get("/family/").status_code) == (200, 302)
    assert not Authenticator.objects.exists()
    assert Event.FACTOR_REMOVED in events(rosa)
    assert any("was removed" in each.subject for each in mail.outbox)


def test_new_recovery_codes_end_the_old_ones(visit: Any, rosa: Account) -> None:
    here, client = visit(), visit()
    set_up(here)
    old = codes_on(here.get(CODES))
    here.post(f"{CODES}new/")
    new = codes_on(here.get(CODES))
    sign_in(client)
    assert client.post(ASKED, {"code": old[0]}).status_code == 200
    assert client.post(ASKED, {"code": new[0]}).status_code == 302


def test_a_reset_password_does_not_get_past_the_second_factor(visit: Any, rosa: Account) -> None:
    set_up(visit())
    client, new = visit(), "another long password of words"
    client.post("/accounts/password/reset/", {"email": "rosa@home.example"})
    code = re.search(r"^\s*(\d{10})\s*$", mail.outbox[-1].body, re.MULTILINE).group(1)
    client.post("/accounts/password/reset/confirm/", {"code": code})
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    assert client.get("/family/").status_code == 302
    assert sign_in(client, new).url == ASKED


def test_where_policy_requires_one_no_student_is_shown_without_it(visit: Any, rosa: Account, cast: Any) -> None:
    values.choose(name="guardian_second_factor", text="required", by=SYSTEM, at=NOW)
    make.join(rosa, cast.ana, cast.alma)
    client = visit()
    sign_in(client)
    for address in ("/family/", f"/family/students/{cast.alma.key}/", "/family/add-a-student/"):
        assert client.get(address).url == SECURITY, address
    assert "One more step to see your students" in client.get(SECURITY).content.decode()
    confirm(client)
    secret = re.search(r">([A-Z2-7]{32})<", client.get(APP).content.decode()).group(1)
    client.post(APP, {"code": code_of(secret)})
    assert "Alma" in client.get("/family/").content.decode()


def test_who_confirms_with_a_code_may_change_something(visit: Any, rosa: Account, clock: Any) -> None:
    secret, client, again = set_up(visit()), visit(), "/accounts/second-factor/reauthenticate/"
    clock.shift(60)
    sign_in(client)
    client.post(ASKED, {"code": code_of(secret)})
    assert client.post(again, {"code": code_of(secret)}).status_code == 200, "it was used a moment ago"
    clock.shift(30)
    assert client.post(f"{again}?next={SECURITY}", {"code": code_of(secret)}).status_code == 302
    assert client.get(f"{CODES}new/").status_code == 200


def test_our_own_scripts_weigh_three_kilobytes_at_most() -> None:
    folder = Path(doors.__file__).parent / "static/js"
    assert sum(len(gzip.compress(path.read_bytes())) for path in folder.glob("*.js")) <= 3000


def test_an_employee_finds_none_of_it_and_can_have_none(visit: Any, cast: Any) -> None:
    for address in (SECURITY, APP, ASKED, CODES, "/accounts/second-factor/passkey/login/"):
        assert visit(cast.olga).get(address).status_code == 404, address
    with pytest.raises(PermissionDenied):
        Authenticator.objects.create(user=cast.olga, type="totp", data={"secret": "x"})


@pytest.mark.parametrize("junk", ["", "null", "[]", "{}", '"x"', '{"response": []}', '{"response": {"userHandle": 5}}'])
def test_whatever_is_sent_as_a_passkey_opens_nothing(visit: Any, rosa: Account, junk: str) -> None:
    client = visit()
    client.get("/accounts/second-factor/passkey/login/", headers={"Accept": "application/json"})
    assert client.post("/accounts/second-factor/passkey/login/", {"credential": junk}).status_code in (200, 302)
    assert client.get("/family/").status_code == 302


def test_the_pages_of_second_factors_hold_no_script_of_their_own(visit: Any, rosa: Account) -> None:
    client = visit()
    sign_in(client)
    confirm(client)
    for address in ("/accounts/second-factor/passkey/add/", APP, SECURITY):
        page = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]*(src=|application/json))|\sstyle=|\son\w+=|data:image", page), address
