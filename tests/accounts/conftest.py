"""Identity providers for the tests of single sign-on: one of each kind for the whole run, and the settings that name them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from openhouse.accounts.single_sign_on import configuration
from openhouse.accounts.single_sign_on.configuration import Provider
from tests.identity_providers import certificates
from tests.identity_providers.running import Person, running, tell

PORTAL = "http://127.0.0.1:8000/"
CALLBACK = f"{PORTAL}employee-login/district/callback/"
ACS = f"{PORTAL}employee-login/adfs/acs/"


@pytest.fixture(scope="session")
def openid() -> Iterator[str]:
    """A real OpenID provider (oidc-provider); its address."""
    with running("openid.mjs", CALLBACK, PORTAL) as address:
        yield address


def use(settings: Any, *providers: Provider) -> None:
    """Let the portal know these providers and no others."""
    cache.clear()
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    settings.SSO = providers
    settings.SOCIALACCOUNT_PROVIDERS = configuration.for_allauth(providers)


def oidc(issuer: str, **facts: Any) -> Provider:
    """The portal's side of a provider that the tests run."""
    own = {"client_id": "openhouse", "client_secret": "a-secret-of-the-tests", "district_id": "employee_id"}
    return Provider(
        **({"slug": "district", "kind": "oidc", "name": "District account", "issuer": issuer} | own | facts)
    )


@pytest.fixture
def olga(cast: Any, openid: str, settings: Any) -> Person:
    """Olga at a browser: the SIS knows her number, her account at the provider says it, and she uses a second factor."""
    from openhouse.district.models import Employee

    use(settings, oidc(openid))
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(number="E-1")
    says(openid)
    return Person(openid)


def says(provider: str, *, sub: str = "subject-olga", amr: Any = ("pwd", "otp"), **claims: Any) -> None:
    """What the provider says of whoever signs in next."""
    tell(provider, "/people", claims={"sub": sub, "employee_id": "E-1", "groups": []} | claims, amr=list(amr))


@pytest.fixture(scope="session")
def assertions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A real SAML provider (samlp); its address and its certificate."""
    certificate, key = certificates.write(tmp_path_factory.mktemp("saml"))
    with running("saml.mjs", str(certificate), str(key), ACS) as address:
        yield address, certificate.read_text()
