"""`openhouse doctor` tries every identity provider, and says what to change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from openhouse import doctor
from openhouse.accounts.single_sign_on import examination
from openhouse.accounts.single_sign_on.configuration import Provider
from tests.accounts.conftest import oidc, use
from tests.accounts.test_saml import saml
from tests.identity_providers import certificates
from tests.identity_providers.liar import Liar
from tests.identity_providers.running import free_port

BACK = "https://families.example.org/back/"


@pytest.fixture
def liar(db: None) -> Iterator[Liar]:
    liar = Liar()
    yield liar
    liar.shutdown()
    liar.server_close()


def found(provider: Provider, *, fits: bool | None = False, after: timedelta = timedelta(0)) -> str:
    """All sentences of this kind."""
    said = examination.of(provider, back=BACK, at=timezone.now() + after)
    return "\n".join(words for fit, words in said if fit is fits)


def test_real_providers_have_nothing_wrong(db: None, openid: str, assertions: tuple[str, str]) -> None:
    for provider in (oidc(openid), saml(assertions[0])):
        assert found(provider) == ""
        assert BACK in found(provider, fits=None)


def test_another_issuer_is_told_with_what_to_write(liar: Liar) -> None:
    liar.described = {"issuer": "https://login.example.org/"}
    assert "issuer is https://login.example.org/. Write that as issuer" in found(oidc(liar.address))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"code_challenge_methods_supported": None}, "PKCE"),
        ({"end_session_endpoint": None}, "end_session_endpoint"),
        ({"claims_supported": []}, "second_factor_required"),
    ],
)
def test_what_a_provider_lacks_is_a_note(liar: Liar, said: dict[str, Any], words: str) -> None:
    liar.described = said
    assert words in found(oidc(liar.address), fits=None)


def test_a_provider_that_does_not_answer_or_answers_wrongly_is_wrong(liar: Liar) -> None:
    assert "does not answer" in found(oidc(f"http://127.0.0.1:{free_port()}"))
    liar.described = {"jwks_uri": None}
    assert "jwks_uri is missing" in found(oidc(liar.address))
    liar.instead["/.well-known/openid-configuration"] = (404, b"")
    assert "status 404" in found(oidc(liar.address))
    liar.instead["/.well-known/openid-configuration"] = (200, b"<html>")
    assert "no JSON" in found(oidc(liar.address))


def test_clocks_that_differ_are_wrong(liar: Liar) -> None:
    assert "seconds apart" in found(oidc(liar.address), after=timedelta(minutes=5))


def test_metadata_of_another_entity_and_no_metadata_are_wrong(
    db: None, assertions: tuple[str, str], liar: Liar
) -> None:
    assert "entityID" in found(saml(assertions[0], issuer="https://elsewhere.example"))
    assert "no SAML metadata" in found(saml(assertions[0], metadata_url=f"{liar.address}/jwks"))


@pytest.mark.parametrize(
    ("days", "fits", "words"), [(-1, False, "expired"), (10, None, "good until"), (99, True, "good until")]
)
def test_a_certificate_s_end_is_told(tmp_path: Any, days: int, fits: bool | None, words: str) -> None:
    certificate, _key = certificates.write(tmp_path, days=days)
    provider = saml("", metadata_url="", sso_url="https://x.example", certificate=certificate.read_text())
    assert words in found(provider, fits=fits)


def test_the_doctor_shows_it_without_a_secret(liar: Liar, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    use(settings, oidc(liar.address))
    liar.described = {"issuer": "https://login.example.org/"}
    said = list(doctor.single_sign_on(timezone.now()))
    assert [each.about for each in said if each.fits is False] == ["sign-on district"]
    assert "a-secret-of-the-tests" not in str(said)
