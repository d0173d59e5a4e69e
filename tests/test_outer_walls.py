"""What holds for every address whatever it shows: headers, tokens, hosts, proxies, and what an error or a log gives away."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from django.core import mail
from django.core.cache import cache
from django.db.utils import OperationalError
from django.test import Client

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.logs import Discreet
from openhouse.pages.front import door
from tests import cast as make
from tests.cast import PASSWORD, Cast, give, join
from tests.pages.test_every_address import filled
from tests.test_architecture import HOUSE

NEW = {"given_name": "Rosa", "family_name": "Lima", "email": "rosa@home.example", "password1": PASSWORD}
ALWAYS = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
FROM_A_PROVIDER = "/employee-login/"
"""A SAML provider's page posts here without a token of ours; what it posts is signed (test_saml.py)."""


def log_in(client: Any, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": "rosa@home.example", "password": PASSWORD} | more)


def answers(cast: Cast, visit: Any) -> Iterator[tuple[str, Any]]:
    """An answer of every kind that a browser may get."""
    nobody, guardian = visit(), visit(cast.ana_account)
    yield "a page", nobody.get("/")
    yield "the way to the sign-in", nobody.get("/family/")
    yield "nothing there", nobody.get("/nothing-here/")
    yield "not theirs", guardian.get(f"/family/students/{cast.alma.key}/")
    yield "no such method", guardian.put("/family/")
    yield "a host that is not ours", nobody.get("/", headers={"host": "evil.example"})
    yield "no token", Client(enforce_csrf_checks=True).post("/accounts/login/")
    broken = Client(raise_request_exception=False)
    with mock.patch.object(door, "render", side_effect=RuntimeError("Alma Reyes")):
        yield "broken", broken.get("/")


def test_every_kind_of_answer_has_the_headers_and_gives_nothing_away(cast: Cast, visit: Any) -> None:
    statuses = set()
    for kind, answer in answers(cast, visit):
        statuses.add(answer.status_code)
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, kind
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], kind
        assert "no-store" in answer.headers["Cache-Control"], kind
        assert not {"Server", "X-Powered-By", "Access-Control-Allow-Origin"} & set(answer.headers), kind
        for word in ("Traceback", "Alma", "RuntimeError", ".py"):
            assert word not in answer.content.decode(), kind
    assert statuses == {200, 302, 400, 403, 404, 405, 500}


def test_no_cache_keeps_any_address_and_every_page_of_the_signed_in_leads_out(cast: Cast, visit: Any) -> None:
    join(cast.ana_account, cast.ana, cast.alma)
    for account in (cast.olga, cast.ana_account):
        client, pages = visit(account), 0
        for address in filled([str(cast.alma.key)]):
            answer = client.get(address)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert "no-store" in answer.headers.get("Cache-Control", ""), address
            if answer.status_code == 200 and address.startswith(("/family/", "/staff/")) and b"<main" in body:
                assert b'action="/sign-out/"' in body, address
                pages += 1
        assert pages > 5


def test_nothing_that_is_posted_without_a_token_is_taken(cast: Cast, visit: Any) -> None:
    for account in (None, cast.ana_account, cast.dora):
        client = visit(account)
        client.handler.enforce_csrf_checks = True
        for address in filled([str(cast.alma.key)]):
            if not address.startswith(FROM_A_PROVIDER):
                assert client.post(address, {"next": "/"}).status_code in (403, 404, 405), address
    assert not Entry.objects.filter(event__in=[Event.SIGNED_OUT, Event.PIN_MADE, Event.ROLE_GRANTED]).exists()


def test_another_site_may_read_nothing(visit: Any) -> None:
    answer = visit().get("/", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_what_a_proxy_says_counts_only_where_one_stands_before_the_portal(visit: Any, settings: Any, db: None) -> None:
    make.account("rosa@home.example", password=PASSWORD)
    said = {"x-forwarded-for": "9.9.9.9, 8.8.8.8", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    for proxies, address in ((0, "127.0.0.1"), (1, "8.8.8.8")):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        answer = visit().post("/accounts/login/", {"login": "rosa@home.example", "password": PASSWORD}, headers=said)
        assert "evil.example" not in answer.url
        assert not answer.wsgi_request.is_secure()
        assert Entry.objects.filter(event=Event.SIGNED_IN).latest("position").address == address


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_led_elsewhere_by_signing_in(there: str, visit: Any, db: None) -> None:
    make.account("rosa@home.example", password=PASSWORD)
    assert log_in(visit(), next=there).url == "/family/"


def test_signing_in_makes_a_new_session(visit: Any, db: None) -> None:
    make.account("rosa@home.example", password=PASSWORD)
    client = visit()
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["session"] = planted = session.session_key
    log_in(client)
    assert len(client.cookies["session"].value) == 32  # of 36 letters: 165 bits
    assert client.cookies["session"].value != planted
    client.cookies["session"] = planted
    assert client.get("/family/").status_code == 302


def test_signing_out_ends_the_session_itself(visit: Any, db: None) -> None:
    make.account("rosa@home.example", password=PASSWORD)
    client = visit()
    log_in(client)
    held = client.cookies["session"].value
    assert client.get("/family/").status_code == 200
    left = client.post("/sign-out/")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["session"] = held
    assert client.get("/family/").status_code == 302


def test_a_form_fills_in_its_own_fields_alone(visit: Any, db: None) -> None:
    more = {"employee_key": "employee-Olga", "email_confirmed_at": "2020-01-01", "is_staff": "1", "key": "1"}
    visit().post("/accounts/signup/", NEW | more)
    rosa = Account.objects.get(email="rosa@home.example")
    assert (rosa.is_guardian, rosa.email_confirmed_at) == (True, None)


def test_what_was_typed_is_shown_as_text(visit: Any, db: None) -> None:
    rosa = make.account("rosa@home.example")
    join(rosa, *family_of_script())
    page = visit(rosa).get("/family/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def family_of_script() -> tuple[Any, Any]:
    """A guardian and a student whose name the SIS has as markup."""
    student = make.student("<script>alert(2)</script>", "Lima", make.school("7007", "Elm School"))
    guardian = make.guardian("Rosa", "Lima")
    make.link(student, guardian)
    return guardian, student


@pytest.mark.parametrize("name", ["a\r\nBcc: evil@mail.example", "a\nSubject: x"])
def test_a_line_break_in_a_form_adds_nothing_to_a_mail(name: str, visit: Any, db: None) -> None:
    visit().post("/accounts/signup/", NEW | {"given_name": name})
    visit().post("/accounts/signup/", NEW | {"email": f"other@home.example{name[1:]}"})
    assert {address for each in mail.outbox for address in each.recipients()} <= {"rosa@home.example"}
    assert not [each for each in mail.outbox if "Bcc" in each.message() or "\n" in each.subject]


@pytest.mark.parametrize("typed", ["' OR 1=1 --", "%%", "__", "x'; DROP TABLE audit_entry; --", "${7*7}{{7*7}}"])
def test_a_search_takes_what_is_typed_for_text(typed: str, cast: Cast, visit: Any) -> None:
    client = visit(cast.olga)
    for address, form in (("/staff/", {"student_number": typed}), ("/staff/by-name/", {"family_name": typed})):
        page = client.post(address, {"given_name": "", "birth_date": ""} | form, follow=True).content.decode()
        assert "Alma" not in page
        assert "4949" not in page


@pytest.mark.parametrize(
    "address", ["/.git/config", "/static/.git/config", "/static/../openhouse/settings.py", "/.env"]
)
def test_no_source_is_served(address: str, visit: Any, db: None) -> None:
    assert visit().get(address).status_code == 404


def test_whoever_asks_for_what_is_not_theirs_is_on_record_without_whose_it_is(cast: Cast, visit: Any) -> None:
    code = give(cast.ana_of_alma)
    for account, page in ((cast.ben, "staff:pin_details"), (cast.rhea, "staff:pin_details")):
        visit(account).get(f"/staff/students/{cast.alma.key}/pins/")
        entry = Entry.objects.latest("position")
        assert (entry.event, entry.actor, entry.detail) == (Event.DOOR_CLOSED, str(account.key), {"page": page})
        assert (entry.student, code in repr(entry.detail)) == ("", False)
    visit().get(f"/staff/students/{cast.alma.key}/pins/")
    visit(cast.ben).get("/nothing-here/")
    assert Entry.objects.filter(event=Event.DOOR_CLOSED).count() == 2


def test_nobody_writes_a_line_into_the_log() -> None:
    typed = "a\r\n2026-01-01T00:00:00.000Z INFO portal all is well\x1b[2J\u2028"
    record = logging.LogRecord("portal", logging.ERROR, "", 1, "refused: %s", (typed,), None)
    line = Discreet("%(asctime)s %(levelname)s %(name)s %(message)s").format(record)
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_log_says_its_times_in_utc() -> None:
    record = logging.LogRecord("portal", logging.ERROR, "", 1, "hello", (), None)
    record.created, record.msecs = datetime(2026, 11, 20, 18, tzinfo=UTC).timestamp(), 5
    assert Discreet("%(asctime)s").format(record) == "2026-11-20T18:00:00.005Z"


def test_a_password_is_hidden_and_may_be_pasted_and_nothing_is_kept_in_the_browser(visit: Any, db: None) -> None:
    for address in ("/accounts/login/", "/accounts/signup/"):
        fields = re.findall(r"<input[^>]*password[^>]*>", visit().get(address).content.decode())
        assert fields
        assert all('type="password"' in field and "onpaste" not in field for field in fields)
    for script in (HOUSE / "pages/static/js").glob("*.js"):
        assert not re.search(r"paste|localStorage|sessionStorage|indexedDB|document\.cookie", script.read_text())


def test_a_missing_token_and_a_limit_of_tries_are_in_the_log(visit: Any, db: None, settings: Any, caplog: Any) -> None:
    Client(enforce_csrf_checks=True).post("/accounts/login/")
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}
    cache.clear()
    statuses = [visit().post("/accounts/signup/", NEW).status_code for _time in range(2)]
    assert statuses[-1] == 429
    told = " ".join(each.getMessage() for each in caplog.records)
    assert "CSRF" in told
    assert "too many requests: /accounts/signup/" in told
    assert "home.example" not in told


def test_a_look_that_cannot_be_recorded_shows_nothing(transactional_db: None, clock: None, cast: Cast) -> None:
    join(make.account("rosa@home.example", password=PASSWORD), cast.ana, cast.alma)
    client, address = Client(raise_request_exception=False), f"/family/students/{cast.alma.key}/"
    log_in(client)
    assert "Alma" in client.get(address).content.decode()
    with mock.patch("openhouse.audit.trail.record", side_effect=OperationalError):
        answer = client.get(address)
    assert answer.status_code == 500
    assert "Alma" not in answer.content.decode()
