"""An ID token, checked whole: signature, issuer, audience, times, nonce. How it came makes no difference."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

from openhouse.accounts.single_sign_on import discovery
from openhouse.accounts.single_sign_on.configuration import Provider
from openhouse.accounts.single_sign_on.statement import SignOnTrouble, Trouble

SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Public keys alone: neither `none` nor the client's own secret proves who signed."""
LEEWAY = 60
"""Seconds that two clocks may differ."""


def decode(token: str, described: dict[str, Any], provider: Provider, *, nonce: str) -> dict[str, Any]:
    """The claims of a token that holds. Raises SignOnTrouble."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(token, described),
            algorithms=SIGNED,
            issuer=provider.issuer,
            audience=provider.client_id,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"], "strict_aud": False},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as error:
        raise SignOnTrouble(Trouble.UNPROVEN, f"the ID token does not hold ({type(error).__name__})") from None
    if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise SignOnTrouble(Trouble.UNPROVEN, "the nonce is another one")
    if claims.get("azp", provider.client_id) != provider.client_id:
        raise SignOnTrouble(Trouble.UNPROVEN, "the ID token was made for another program")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise SignOnTrouble(Trouble.UNPROVEN, "the subject is blank or longer than 255 characters")
    return claims


def _key(token: str, described: dict[str, Any]) -> jwt.PyJWK:
    """The provider's key that the token names; where it names none, the only one there is. Raises PyJWTError."""
    kid = jwt.get_unverified_header(token).get("kid")
    for anew in (False, True):
        found = [key for key in _usable(discovery.keys(described, anew=anew)) if kid in (None, key.key_id)]
        if found and (kid is not None or len(found) == 1):
            return found[0]
    raise jwt.InvalidKeyError("no such key")


def _usable(known: Mapping[str, Any]) -> list[jwt.PyJWK]:
    try:
        return [key for key in jwt.PyJWKSet.from_dict(dict(known)).keys if key.public_key_use in (None, "sig")]
    except (jwt.PyJWTError, AttributeError) as error:
        raise jwt.InvalidKeyError("no keys") from error
