"""What an OpenID provider says of itself: its addresses and its keys, asked at most every ten minutes, and never believed whole."""

from __future__ import annotations

from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from django.core.cache import cache

from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import SignOnTrouble, Trouble
from openhouse.environment import is_safe

SECONDS = 600
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OTHERS = ("userinfo_endpoint", "end_session_endpoint")


def of(provider: Provider) -> dict[str, Any]:
    """Its description, from the cache where it is fresh. Raises SignOnTrouble."""
    return _kept(
        f"sso:description:{provider.slug}:{provider.issuer}", lambda: checked(fetch(address(provider)), provider)
    )


def keys(described: dict[str, Any], *, anew: bool = False) -> dict[str, Any]:
    """The keys that it signs with; `anew` where one is missed, for they change. Raises SignOnTrouble."""
    name = f"sso:keys:{described['jwks_uri']}"
    if anew:
        cache.delete(name)
    return _kept(name, lambda: fetch(described["jwks_uri"]))


def address(provider: Provider) -> str:
    """Where the description is."""
    return f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"


def fetch(where: str) -> dict[str, Any]:
    """A JSON object from the provider. Raises SignOnTrouble."""
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(where)
            answer.raise_for_status()
            found = answer.json()
    except (requests.JSONDecodeError, RecursionError):
        raise SignOnTrouble(Trouble.BROKEN, "what it answered is no JSON") from None
    except requests.RequestException as error:
        raise SignOnTrouble(Trouble.UNREACHABLE, type(error).__name__) from None
    if not isinstance(found, dict):
        raise SignOnTrouble(Trouble.BROKEN, "what it answered is no JSON object")
    return found


def checked(described: dict[str, Any], provider: Provider) -> dict[str, Any]:
    """The description, if it is this provider's and every address in it is safe. Raises SignOnTrouble."""
    if described.get("issuer") != provider.issuer:
        raise SignOnTrouble(Trouble.BROKEN, "it names another issuer than the configuration")
    for name in (*NEEDED, *OTHERS):
        given = described.get(name)
        if (given is None and name in NEEDED) or (
            given is not None and not (isinstance(given, str) and is_safe(given))
        ):
            raise SignOnTrouble(Trouble.BROKEN, f"its {name} is missing or not https")
    return described


def _kept(name: str, make: Any) -> dict[str, Any]:
    found = cache.get(name)
    if found is None:
        found = make()
        cache.set(name, found, SECONDS)
    return found
