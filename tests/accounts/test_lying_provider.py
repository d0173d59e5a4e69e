"""A provider that is down, slow, broken or lying: a page that says so, never a way in, never an error of the portal's own.

The provider here is a small fake of the tests' own (`tests/identity_providers/liar.py`): no real one can be told to lie.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from openhouse.accounts.single_sign_on import adapter
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee
from tests.accounts.conftest import oidc, use
from tests.cast import Cast
from tests.identity_providers.liar import OTHER_KEY, Liar
from tests.identity_providers.running import OWN_HAND, Person, free_port

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture
def liar(cast: Cast, settings: Any) -> Iterator[Liar]:
    liar = Liar()
    use(settings, oidc(liar.address))
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(number="E-1")
    yield liar
    liar.shutdown()
    liar.server_close()


def turned_away(answer: Any, words: str) -> None:
    """The page says these words, and nobody is signed in."""
    assert answer.status_code in (403, 502, 503), answer.status_code
    assert words in answer.content.decode()
    assert "_auth_user_id" not in answer.client.session


def test_an_honest_one_lets_in(liar: Liar) -> None:
    """Without this every other test here could pass for another reason."""
    assert Person(liar.address).sign_in().status_code == 302


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another-program"},
        {"aud": ["openhouse", "another"], "azp": "another"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"auth_time": 1_600_000_000},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_hold_lets_nobody_in_and_is_on_record(liar: Liar, claims: dict[str, Any]) -> None:
    liar.claims = claims
    answer = Person(liar.address).sign_in()
    turned_away(answer, "You are not signed in")
    assert Entry.objects.filter(event=Event.SIGN_ON_REFUSED).count() == 1


@pytest.mark.parametrize(
    ("algorithm", "key", "kid"),
    [
        ("RS256", OTHER_KEY, "one"),
        ("RS256", OTHER_KEY, "two"),
        ("HS256", "a-secret-of-the-tests-that-is-long-enough", "one"),
        ("none", None, "one"),
    ],
    ids=["another key", "an unknown key", "a shared secret", "no signature"],
)
def test_an_id_token_signed_by_nobody_known_lets_nobody_in(liar: Liar, algorithm: str, key: Any, kid: str) -> None:
    liar.algorithm, liar.key, liar.headers = algorithm, key, {"kid": kid}
    turned_away(Person(liar.address).sign_in(), "could not be proven")


def test_a_userinfo_about_somebody_else_lets_nobody_in(liar: Liar) -> None:
    liar.userinfo = {"sub": "subject-ben"}
    turned_away(Person(liar.address).sign_in(), "could not be proven")


def test_userinfo_never_overrules_the_signed_token(liar: Liar, cast: Cast) -> None:
    Employee.objects.filter(sourced_id=cast.dora.employee_key).update(number="E-2")
    liar.userinfo |= {"employee_id": "E-2"}
    person = Person(liar.address)
    person.sign_in()
    assert person.portal.session["_auth_user_id"] == str(cast.olga.pk)


@pytest.mark.parametrize(
    "claims",
    [{"auth_time": 1e300}, {"auth_time": float("nan")}, {"sub": "a\0b"}, {"sub": "new", "employee_id": "a\0b"}],
    ids=str,
)
def test_what_no_clock_and_no_database_knows_has_its_page(liar: Liar, claims: dict[str, Any]) -> None:
    liar.claims, liar.userinfo = claims, {"sub": claims.get("sub", "subject-olga")}
    turned_away(Person(liar.address).sign_in(), "does not understand")


@pytest.mark.parametrize("path", ["/token", "/jwks", "/me"])
def test_an_answer_that_nests_without_end_has_its_page(liar: Liar, path: str) -> None:
    liar.instead[path] = (200, b"[" * 100_000)
    turned_away(Person(liar.address).sign_in(), "You are not signed in")


def test_a_description_that_nests_without_end_has_its_page(liar: Liar) -> None:
    liar.instead[DISCOVERY] = (200, b"[" * 100_000)
    turned_away(Person(liar.address).portal.get("/employee-login/district/", **OWN_HAND), "does not understand")


@pytest.mark.parametrize("path", ["/token", "/jwks", "/me"])
@pytest.mark.parametrize("said", [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (404, b"{}"), (302, b"")], ids=str)
def test_a_broken_answer_after_the_sign_in_has_its_page(liar: Liar, path: str, said: tuple[int, bytes]) -> None:
    liar.instead[path] = said
    turned_away(Person(liar.address).sign_in(), "You are not signed in")


@pytest.mark.parametrize("said", [(500, b"{}"), (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b"\xff")], ids=str)
def test_a_broken_description_has_its_page_before_anybody_leaves(liar: Liar, said: tuple[int, bytes]) -> None:
    liar.instead[DISCOVERY] = said
    answer = Person(liar.address).portal.get("/employee-login/district/", **OWN_HAND)
    turned_away(answer, "Nothing is wrong with your account")


@pytest.mark.parametrize(
    "said",
    [{"issuer": "https://elsewhere.example"}, {"token_endpoint": "http://elsewhere.example/token"}, {"jwks_uri": None}],
    ids=str,
)
def test_a_description_of_another_or_with_an_unsafe_address_is_not_believed(liar: Liar, said: dict[str, Any]) -> None:
    liar.described = said
    turned_away(Person(liar.address).portal.get("/employee-login/district/", **OWN_HAND), "does not understand")


def test_a_description_is_asked_for_once_in_ten_minutes(liar: Liar) -> None:
    for _time in range(2):
        assert Person(liar.address).sign_in().status_code == 302
    assert (liar.asked.count(DISCOVERY), liar.asked.count("/jwks")) == (1, 1)


def test_a_provider_that_is_down_has_its_page(cast: Cast, settings: Any) -> None:
    use(settings, oidc(f"http://127.0.0.1:{free_port()}"))
    answer = Person("").portal.get("/employee-login/district/", **OWN_HAND)
    turned_away(answer, "does not answer")
    assert answer.status_code == 503


@pytest.mark.parametrize("path", [DISCOVERY, "/token"])
def test_a_slow_provider_is_not_waited_for(liar: Liar, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "SECONDS", 0.3)
    liar.slow[path] = 3
    begun, person = time.monotonic(), Person(liar.address)
    answer = person.portal.get("/employee-login/district/", **OWN_HAND)
    if path == "/token":
        answer = person.come_back(answer.url)
    turned_away(answer, "answers too slowly")
    assert time.monotonic() - begun < 2.5


def test_an_endless_answer_is_not_read_to_its_end(liar: Liar) -> None:
    liar.instead[DISCOVERY] = (200, b" " * (adapter.MOST_BYTES + 1))
    turned_away(Person(liar.address).portal.get("/employee-login/district/", **OWN_HAND), "does not answer")
