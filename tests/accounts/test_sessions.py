"""Sessions: how long they rest and last, who ends them, and what they are at rest."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse import cipher
from openhouse.access import activation
from openhouse.accounts import devices, identities, session_store, sessions
from openhouse.accounts.models import Account, Session
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests.cast import NOW, SYSTEM, Cast

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E Safari/604.1"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def is_in(client: Any) -> bool:
    return client.get("/family/").status_code == 200


def choose(name: str, text: str) -> None:
    values.choose(name=name, text=text, by=SYSTEM, at=NOW)


def test_a_session_that_rests_too_long_is_over(cast: Cast, visit: Any, clock: Any) -> None:
    choose("guardian_idle_minutes", "30")
    client = visit(cast.ana_account)
    for _ in range(3):
        clock.shift(29 * 60)
        assert is_in(client)
    clock.shift(30 * 60)
    assert not is_in(client)
    assert "You were signed out to keep your account safe" in client.get("/accounts/login/").content.decode()


def test_a_session_is_over_after_its_longest_time_however_busy(cast: Cast, visit: Any, clock: Any) -> None:
    choose("guardian_session_hours", "2")
    client = visit(cast.ana_account)
    for _ in range(3):
        clock.shift(30 * 60)
        assert is_in(client)
    clock.shift(30 * 60)
    assert not is_in(client)


def test_the_limits_hold_on_the_pages_of_sign_in_too(cast: Cast, visit: Any, clock: Any) -> None:
    client = visit(cast.ana_account)
    clock.shift(61 * 60)
    assert "/accounts/login/" in client.get("/accounts/email/").url


def test_the_limits_cost_a_page_no_statement(cast: Cast, visit: Any, monkeypatch: Any) -> None:
    client = visit(cast.ana_account)
    assert is_in(client)
    with CaptureQueriesContext(connection) as checked:
        assert is_in(client)
    monkeypatch.setattr("openhouse.pages.limits._is_over", lambda request: False)
    with CaptureQueriesContext(connection) as unchecked:
        assert is_in(client)
    assert len(checked) == len(unchecked)


def test_a_required_second_factor_costs_a_page_no_statement_once_it_is_set_up(cast: Cast, visit: Any) -> None:
    TOTP.activate(cast.ana_account, generate_totp_secret())
    client, counts = visit(cast.ana_account), []
    for chosen in ("offered", "required"):
        choose("guardian_second_factor", chosen)
        assert is_in(client)
        with CaptureQueriesContext(connection) as asked:
            assert is_in(client)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_guardian_sees_their_devices_in_plain_words_and_no_address(cast: Cast, visit: Any) -> None:
    phone, desk = visit(cast.ana_account), visit(cast.ana_account)
    held = phone.session
    held["device"] = devices.named(IPHONE)
    held.save()
    page = desk.get("/family/security/").content.decode()
    assert "Safari on iPhone" in page and "This device" in page and "127.0.0.1" not in page


@pytest.mark.parametrize(
    ("said", "words"), [(IPHONE, "Safari on iPhone"), (CHROME, "Chrome on Windows"), ("", "A browser we don't know")]
)
def test_a_browser_is_named_in_plain_words(said: str, words: str) -> None:
    assert devices.words(*devices.named(said)) == words


def confirmed(client: Any, account: Account) -> Any:
    """The client, as if its owner had signed in again a moment ago."""
    held = client.session
    held["account_authentication_methods"] = [{"method": "password", "at": NOW.timestamp(), "reauthenticated": True}]
    held["account_authentication_methods_user"] = str(account.pk)
    held.save()
    return client


def test_a_guardian_ends_one_session_or_all_others(cast: Cast, visit: Any) -> None:
    account = cast.ana_account
    Account.objects.filter(pk=account.pk).update(password="argon2$x")
    account.refresh_from_db()
    here, first, second, other = visit(account), visit(account), visit(account), visit(cast.carla_account)
    confirmed(here, account)
    row = session_store.at_rest(first.cookies[settings.SESSION_COOKIE_NAME].value)
    here.post("/family/security/sessions/end/", {"session": row})
    assert (is_in(here), is_in(first), is_in(second), is_in(other)) == (True, False, True, True)
    here.post("/family/security/sessions/end-others/")
    assert (is_in(here), is_in(second), is_in(other)) == (True, False, True)
    ended = Entry.objects.filter(event=Event.SESSIONS_ENDED).values_list("detail", flat=True)
    assert list(ended) == [{"sessions": 1}, {"sessions": 1}]


@pytest.mark.parametrize("row", ["", "\0", "no session's", "1" * 10_000], ids=["blank", "NUL", "text", "long"])
def test_whatever_is_sent_as_a_session_ends_none(cast: Cast, visit: Any, row: str) -> None:
    Account.objects.filter(pk=cast.ana_account.pk).update(password="argon2$x")
    here, other = visit(Account.objects.get(pk=cast.ana_account.pk)), visit(Account.objects.get(pk=cast.ana_account.pk))
    confirmed(here, cast.ana_account)
    assert here.post("/family/security/sessions/end/", {"session": row}).status_code == 302
    assert is_in(here)
    assert is_in(other)


def test_nobody_ends_another_s_session(cast: Cast, visit: Any) -> None:
    Account.objects.filter(employee_key=None).update(password="argon2$x")
    cast.carla_account.refresh_from_db()
    here, other = visit(Account.objects.get(pk=cast.ana_account.pk)), visit(cast.carla_account)
    confirmed(here, cast.ana_account)
    row = session_store.at_rest(other.cookies[settings.SESSION_COOKIE_NAME].value)
    here.post("/family/security/sessions/end/", {"session": row})
    assert is_in(other)


@pytest.mark.parametrize(("who", "address"), [("ana_account", "/family/"), ("olga", "/staff/")])
def test_a_stolen_session_of_a_deactivated_account_dies_at_its_next_request(
    cast: Cast, visit: Any, who: str, address: str
) -> None:
    thief = visit(getattr(cast, who))
    assert thief.get(address).status_code == 200
    Account.objects.filter(pk=getattr(cast, who).pk).update(deactivated_at=NOW, deactivated_for_cause=True)
    assert thief.get(address).status_code == 302


def test_deactivating_ends_every_session_so_that_none_wakes_up_again(cast: Cast, visit: Any) -> None:
    thief = visit(cast.ana_account)
    activation.deactivate(account=cast.ana_account, for_cause=False, by=SYSTEM, at=NOW)
    activation.activate(account=cast.ana_account, over_cause=True, by=SYSTEM, at=NOW)
    assert not is_in(thief) and not Session.objects.filter(account=cast.ana_account).exists()


def test_a_row_of_the_table_is_no_cookie_and_says_nothing(cast: Cast, visit: Any) -> None:
    client, thief = visit(cast.ana_account), visit()
    row = Session.objects.get(account=cast.ana_account)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert key not in (row.pk, row.session_data) and not re.search("auth|proved", row.session_data)
    thief.cookies[settings.SESSION_COOKIE_NAME] = row.pk
    assert not is_in(thief) and is_in(client)


def test_a_session_whose_key_is_lost_is_no_session(cast: Cast, visit: Any, settings: Any) -> None:
    client = visit(cast.ana_account)
    settings.PIN_KEYS = [cipher.Fernet.generate_key().decode()]
    assert not is_in(client)


def test_expired_rows_go_with_the_next_sign_in(cast: Cast, visit: Any, clock: Any) -> None:
    visit(cast.ana_account)
    clock.shift(timedelta(hours=13).total_seconds())
    visit(cast.carla_account)
    assert Session.objects.filter(account=cast.ana_account).count() == 0


def test_what_a_session_holds_is_kept_and_how_long(cast: Cast, visit: Any) -> None:
    key = visit(cast.ana_account).cookies[settings.SESSION_COOKIE_NAME].value
    before = Session.objects.get(account=cast.ana_account)
    store = session_store.SessionStore(key)
    store["held"] = "a word"
    store.set_expiry(60)
    store.save()
    assert session_store.SessionStore(key)["held"] == "a word"
    after = Session.objects.get(account=cast.ana_account)
    assert after.expire_date < before.expire_date and "a word" not in after.session_data


def test_a_session_of_nobody_is_kept(db: None) -> None:
    store = session_store.SessionStore()
    store.create()
    store["held"] = "a word"
    store.save()
    assert session_store.SessionStore(store.session_key)["held"] == "a word"
    assert Session.objects.get().account_id is None


def test_all_of_a_session_is_kept_in_one_statement_on_postgresql(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time, and takes a transaction")
    store = session_store.SessionStore()
    store.create()
    with CaptureQueriesContext(connection) as asked:
        store.save()
    (said,) = (each["sql"] for each in asked)
    assert all(f"{field.column} = " in said for field in Session._meta.concrete_fields)


def test_sessions_are_locked_before_the_trail_s_head_as_a_search_locks_them(cast: Cast) -> None:
    for subject in ("a", "b"):
        identities.tie(account=cast.olga, issuer=f"https://{subject}.example", subject=subject, address="", at=NOW)
    for verb in (
        lambda: sessions.cut(accounts=[cast.ana_account, cast.olga], by=SYSTEM, at=NOW),
        lambda: sessions.cut(accounts=None, by=SYSTEM, at=NOW),
        lambda: identities.untie(account=cast.olga, by=SYSTEM, at=NOW),
    ):
        with CaptureQueriesContext(connection) as asked:
            verb()
        said = [each["sql"] for each in asked]
        last = max(number for number, sql in enumerate(said) if "accounts_session" in sql)
        assert last < min(number for number, sql in enumerate(said) if "FROM audit_head" in sql)


def test_a_session_that_was_ended_meanwhile_is_not_kept(cast: Cast, visit: Any) -> None:
    key = visit(cast.ana_account).cookies[settings.SESSION_COOKIE_NAME].value
    store = session_store.SessionStore(key)
    store["held"] = "a word"
    Session.objects.filter(account=cast.ana_account).delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.filter(account=cast.ana_account).exists()
