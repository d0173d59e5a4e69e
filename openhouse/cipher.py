"""Secrets at rest (PINs, second factors, sessions): AES-128-CBC with HMAC-SHA256 (Fernet) under keys from their own setting,
several accepted, the newest writes. The keys are never in the database, so a copy of it opens nothing.

There is no look-up column: nothing beside a sealed PIN lets a stolen database be searched for it.
"""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def _keys() -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in settings.PIN_KEYS])
    except ValueError as error:
        raise ImproperlyConfigured(
            "OPENHOUSE_PIN_KEYS (or the file OPENHOUSE_PIN_KEY_FILE names) holds Fernet keys, newest first; "
            "`openhouse keys new` prints one."
        ) from error


def seal(text: str) -> bytes:
    """The text, encrypted under the newest key."""
    return _keys().encrypt(text.encode())


def unseal(sealed: bytes | memoryview) -> str | None:
    """The text, or None where its key is lost: nobody can read it any more."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        return None


def reseal(sealed: bytes | memoryview) -> bytes | None:
    """The same text under the newest key, or None where its key is lost."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        return None
