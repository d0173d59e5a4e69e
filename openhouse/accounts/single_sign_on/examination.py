"""Trying a provider without signing in: what it answers, and what to change, on which side. For `openhouse doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from cryptography import x509

from openhouse.accounts.single_sign_on import discovery
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import SignOnTrouble
from openhouse.environment import is_safe

CLOCKS = timedelta(minutes=1)
SOON = timedelta(days=30)

type Words = tuple[bool | None, str]
"""Whether it fits (None: a choice that somebody should know of), and the sentence."""


def of(provider: Provider, *, back: str, at: datetime) -> Iterator[Words]:
    """Everything that can be said; `back` is the address that the provider must know."""
    place = discovery.address(provider) if provider.kind == "oidc" else provider.metadata_url
    if place:
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(place)
        except requests.RequestException as error:
            yield False, f"{place} does not answer ({type(error).__name__}). Look at the address, and at the firewall"
            return
        if answer.status_code != 200:
            yield False, f"{place} answered with status {answer.status_code}. Look at the address"
            return
        yield True, f"{place} answers"
        yield from _clock(answer, at)
        yield from (_description if provider.kind == "oidc" else _metadata)(provider, answer, at)
    else:
        yield from _certificate(provider.certificate, at)
    yield None, f"the provider must know this address of the portal: {back}"


def _clock(answer: requests.Response, at: datetime) -> Iterator[Words]:
    try:
        apart = abs(parsedate_to_datetime(answer.headers["Date"]) - at)
    except (KeyError, ValueError, TypeError):
        return
    if apart > CLOCKS:
        yield False, f"its clock and this machine's are {apart.total_seconds():.0f} seconds apart. Set both by NTP"


def _description(provider: Provider, answer: requests.Response, at: datetime) -> Iterator[Words]:
    try:
        described = answer.json()
    except (requests.JSONDecodeError, RecursionError):
        yield False, "what it answers is no JSON. Look at the issuer"
        return
    if not isinstance(described, dict) or described.get("issuer") != provider.issuer:
        said = described.get("issuer") if isinstance(described, dict) else ""
        shown = said if isinstance(said, str) and is_safe(said) else "none"
        yield False, f"it says that its issuer is {shown}. Write that as issuer, to the last slash"
        return
    try:
        found = discovery.fetch(discovery.checked(described, provider)["jwks_uri"])
        yield bool(found.get("keys")), f"it signs with {len(found.get('keys') or [])} keys"
    except SignOnTrouble as trouble:
        yield False, f"{trouble}. That is to be mended at the provider"
    yield from _abilities(described)


def _abilities(described: dict[str, Any]) -> Iterator[Words]:
    if "S256" not in described.get("code_challenge_methods_supported", []):
        yield (
            None,
            "it does not say that it knows PKCE with S256; the portal uses it all the same. Switch it on at the provider",
        )
    if not described.get("end_session_endpoint"):
        yield (
            None,
            "it has no end_session_endpoint, so signing out here leaves people signed in there. sign_out_url can help",
        )
    if not {"auth_time", "amr"} & set(described.get("claims_supported", [])):
        yield None, "it does not say that it gives auth_time or amr: see says_when, and policy second_factor_required"


def _metadata(provider: Provider, answer: requests.Response, at: datetime) -> Iterator[Words]:
    from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(answer.content, entity_id=provider.issuer).get("idp", {})
    except Exception as error:  # the library raises what its XML parser knows
        yield False, f"what it answers is no SAML metadata ({type(error).__name__}). Look at metadata_url"
        return
    if found.get("entityId") != provider.issuer:
        yield False, "its metadata name another entity than issuer. Write their entityID as issuer, to the last slash"
        return
    if not found.get("singleSignOnService"):
        yield False, "its metadata name no address for HTTP-Redirect. Switch that binding on at the provider"
    several = found.get("x509certMulti", {}).get("signing", [])
    certificates = [found["x509cert"]] if "x509cert" in found else several
    if not certificates:
        yield False, "its metadata hold no certificate for signatures"
    for certificate in certificates:
        yield from _certificate(certificate, at)


def _certificate(text: str, at: datetime) -> Iterator[Words]:
    body = text if "BEGIN" in text else f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"
    try:
        ends = x509.load_pem_x509_certificate(body.encode()).not_valid_after_utc
    except ValueError:
        yield False, "its certificate cannot be read. It is a PEM file: -----BEGIN CERTIFICATE-----"
        return
    left = ends - at.astimezone(UTC)
    if left < timedelta(0):
        yield False, f"its certificate expired on {ends:%Y-%m-%d}. Take the new one from the provider"
    else:
        yield (None if left < SOON else True), f"its certificate is good until {ends:%Y-%m-%d}"
