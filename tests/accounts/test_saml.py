"""Employee Login over SAML 2.0, from the front door to a real provider (samlp) and back."""

from __future__ import annotations

import base64
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from openhouse.accounts.models import Identity
from openhouse.accounts.single_sign_on import adapter
from openhouse.accounts.single_sign_on import saml as strict
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee
from tests.accounts.conftest import use
from tests.cast import Cast
from tests.identity_providers import certificates
from tests.identity_providers.liar import Liar
from tests.identity_providers.running import OWN_HAND, Person, free_port, tell

MFA = "https://refeds.org/profile/mfa"
THERE = {"HTTP_HOST": "127.0.0.1:8000"}


def saml(address: str, **facts: Any) -> Provider:
    own = {"district_id": "employeeNumber", "groups": "memberOf", "metadata_url": f"{address}/metadata"}
    return Provider(**({"slug": "adfs", "kind": "saml", "name": "ADFS", "issuer": f"{address}/"} | own | facts))


def says(
    address: str, *, subject: str = "subject-olga", context: str = MFA, lapses: Any = None, **attributes: Any
) -> None:
    """What the provider says of whoever signs in next, and how it goes wrong."""
    facts = {"employeeNumber": "E-1", "memberOf": ["Football"]} | attributes
    tell(address, "/people", subject=subject, attributes=facts, context=context, **(lapses or {}))


@pytest.fixture
def olga(cast: Cast, assertions: tuple[str, str], settings: Any) -> Person:
    use(settings, saml(assertions[0]))
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(number="E-1")
    says(assertions[0])
    return Person(assertions[0])


def set_off(person: Person, start: str = "/employee-login/") -> str:
    answer = person.portal.get(start, **OWN_HAND, **THERE)
    while answer.status_code == 302 and answer.url.startswith("/"):
        answer = person.portal.get(answer.url, **OWN_HAND, **THERE)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.url)


def sign_in(person: Person, start: str = "/employee-login/", change: Any = None) -> Any:
    """From Employee Login to the provider and back; `change` does something to the message on the way."""
    return post(person, *person.form(set_off(person, start)), change=change)


def post(person: Person, address: str, fields: dict[str, str], change: Any = None) -> Any:
    if change:
        message = change(base64.b64decode(fields["SAMLResponse"]).decode())
        fields = fields | {"SAMLResponse": base64.b64encode(message.encode()).decode()}
    answer = person.portal.post(urlsplit(address).path, fields, **THERE)
    assert (answer.status_code, answer.url) == (302, f"{urlsplit(address).path}finish/")
    return person.portal.get(answer.url, **THERE)


def refused(answer: Any, words: str) -> None:
    assert answer.status_code in (403, 502), answer.status_code
    assert words in answer.content.decode()
    assert "_auth_user_id" not in answer.client.session


def test_an_employee_signs_in_and_is_tied_by_issuer_and_subject(cast: Cast, olga: Person) -> None:
    answer = sign_in(olga, "/employee-login/?next=/staff/requests/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/staff/requests/"), answer.content.decode()
    tied = Identity.objects.get()
    assert (tied.account, tied.issuer, tied.subject) == (cast.olga, f"{olga.provider}/", "subject-olga")
    assert olga.portal.session["_auth_user_id"] == str(cast.olga.pk)


def test_a_provider_without_metadata_is_named_by_address_and_certificate(
    olga: Person, assertions: tuple[str, str], settings: Any
) -> None:
    known = {"metadata_url": "", "sso_url": f"{olga.provider}/sso", "certificate": assertions[1]}
    use(settings, saml(olga.provider, **known))
    assert sign_in(olga).url == "/"


@pytest.mark.parametrize(
    "lapses",
    [
        {"signAssertion": False},
        {"signAssertion": False, "signResponse": True},
        {"lifetimeInSeconds": -600},
        {"audience": "another-program"},
        {"issuer": "https://elsewhere.example/"},
        {"recipient": "https://elsewhere.example/acs/"},
        {"destination": "https://elsewhere.example/acs/"},
        {"inResponseTo": "_another"},
        {"signatureAlgorithm": "rsa-sha1", "digestAlgorithm": "sha1"},
    ],
    ids=str,
)
def test_an_assertion_that_does_not_hold_lets_nobody_in(olga: Person, lapses: dict[str, Any]) -> None:
    says(olga.provider, lapses=lapses)
    refused(sign_in(olga), "You are not signed in")
    assert not Identity.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda message: message.replace("E-1", "E-2"),
        lambda message: message.replace("subject-olga", "subject-ben"),
        lambda message: message[: len(message) // 2],
        lambda message: "no XML at all",
        lambda message: f'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>{message}',
        lambda message: message.replace("<saml:Assertion", "<saml:Other").replace("</saml:Assertion", "</saml:Other"),
    ],
    ids=["another number", "another subject", "half", "garbage", "an entity", "no assertion"],
)
def test_a_message_that_was_tampered_with_lets_nobody_in(olga: Person, change: Any) -> None:
    refused(sign_in(olga, change=change), "You are not signed in")


def test_what_somebody_posted_is_quoted_in_no_log(olga: Person, caplog: pytest.LogCaptureFixture) -> None:
    sign_in(olga, change=lambda message: message.replace(f"{olga.provider}/<", "somebody&#10;else<"))
    assert "provider adfs: unproven (the message does not hold: issuer)" in caplog.text
    assert "somebody" not in caplog.text and "allauth" not in caplog.text


def test_an_assertion_signed_with_another_key_lets_nobody_in(olga: Person, settings: Any, tmp_path: Any) -> None:
    certificate, _key = certificates.write(tmp_path)
    known = {"metadata_url": "", "sso_url": f"{olga.provider}/sso", "certificate": certificate.read_text()}
    use(settings, saml(olga.provider, **known))
    refused(sign_in(olga), "could not be proven")
    assert Entry.objects.get(event=Event.SIGN_ON_REFUSED).detail == {"reason": "unproven", "provider": "adfs"}


def test_an_assertion_is_taken_once_and_from_the_browser_that_asked_alone(olga: Person) -> None:
    address, fields = olga.form(set_off(olga))
    stranger = Person(olga.provider)
    refused(post(stranger, address, fields), "another window")
    refused(post(olga, address, fields), "used already")
    assert sign_in(olga).url == "/"


def test_an_assertion_that_nobody_asked_for_lets_nobody_in(olga: Person) -> None:
    address, fields = olga.form(f"{olga.provider}/sso")
    refused(post(olga, address, fields), "You are not signed in")


def test_a_signed_assertion_in_a_message_that_answers_another_question_lets_nobody_in(olga: Person) -> None:
    """The message around the assertion is not signed: whose question it answers must stand under the signature."""
    first = olga.form(set_off(olga))[1]
    asked = base64.b64decode(first["SAMLResponse"]).decode().split('InResponseTo="')[1].split('"')[0]
    thief = Person(olga.provider)
    address, fields = thief.form(set_off(thief))
    own = base64.b64decode(fields["SAMLResponse"]).decode().split('InResponseTo="')[1].split('"')[0]
    refused(post(thief, address, first, lambda message: message.replace(asked, own, 1)), "could not be proven")


def test_the_provider_s_page_posts_without_a_token_of_ours_and_not_without_end(olga: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/employee-login/adfs/acs/", {"SAMLResponse": "PA=="}, **THERE).status_code == 302
    for message in ("", "P" * 200_001):
        assert strict.post("/employee-login/adfs/acs/", {"SAMLResponse": message}, **THERE).status_code == 502
    assert strict.get("/employee-login/adfs/acs/", **THERE).status_code == 404


def test_metadata_that_are_none_have_their_page(olga: Person, settings: Any) -> None:
    use(settings, saml(olga.provider, metadata_url=f"{olga.provider}/nowhere"))
    assert olga.portal.get("/employee-login/adfs/", **OWN_HAND, **THERE).status_code == 503
    use(settings, saml(olga.provider, issuer="https://elsewhere.example"))
    assert olga.portal.get("/employee-login/adfs/", **OWN_HAND, **THERE).status_code == 502


def test_slow_metadata_are_not_waited_for(olga: Person, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "SECONDS", 0.3)
    liar = Liar()
    liar.slow["/jwks"] = 3
    use(settings, saml(olga.provider, metadata_url=f"{liar.address}/jwks"))
    begun = time.monotonic()
    assert olga.portal.get("/employee-login/adfs/", **OWN_HAND, **THERE).status_code == 503
    assert time.monotonic() - begun < 2.5
    liar.shutdown()
    liar.server_close()


def test_a_second_factor_is_asked_for(olga: Person) -> None:
    says(olga.provider, context="urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport")
    refused(sign_in(olga), "without a second step")


def test_signing_in_again_is_asked_of_the_provider(olga: Person) -> None:
    sign_in(olga)
    session = olga.portal.session
    session["proved_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
    session.save()
    address = set_off(olga, "/employee-login/?again=1&next=/staff/reports/")
    assert "ForceAuthn" in _request_of(address)
    assert post(olga, *olga.form(address)).url == "/staff/reports/"
    assert olga.portal.session["proved_at"] > (timezone.now() - timedelta(minutes=1)).isoformat()


def _request_of(address: str) -> str:
    import zlib
    from urllib.parse import parse_qs

    return zlib.decompress(base64.b64decode(parse_qs(urlsplit(address).query)["SAMLRequest"][0]), -15).decode()


def test_a_provider_that_is_down_has_its_page(olga: Person, settings: Any) -> None:
    use(settings, saml(f"http://127.0.0.1:{free_port()}"))
    answer = olga.portal.get("/employee-login/adfs/", **OWN_HAND, **THERE)
    assert (answer.status_code, b"does not answer" in answer.content) == (503, True)


def test_the_portals_own_metadata_say_where_assertions_go(olga: Person) -> None:
    said = olga.portal.get("/employee-login/adfs/metadata/", **THERE).content.decode()
    assert "http://127.0.0.1:8000/employee-login/adfs/acs/" in said
    assert 'WantAssertionsSigned="true"' in said


def test_signing_out_leads_to_the_provider_where_it_has_a_page(olga: Person, settings: Any) -> None:
    use(settings, saml(olga.provider, sign_out_url="https://adfs.example.org/?wa=wsignout1.0"))
    sign_in(olga)
    assert b"https://adfs.example.org/?wa=wsignout1.0" in olga.portal.post("/sign-out/", **THERE).content
    assert olga.portal.get("/employee-login/adfs/sls/", **THERE).url == "/"


def test_a_time_without_a_zone_is_in_utc_as_the_standard_says() -> None:
    assert strict._utc("2026-11-20T18:00:00") == strict._utc("2026-11-20T18:00:00Z")
