"""PINs at rest: AES-128-CBC with HMAC-SHA256 (Fernet) under keys from their own setting, several accepted, the newest writes.

There is no look-up column: nothing beside the sealed code lets a stolen database be searched for it.
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


def seal(code: str) -> bytes:
    """The code, encrypted under the newest key."""
    return _keys().encrypt(code.encode())


def unseal(sealed: bytes | memoryview) -> str | None:
    """The code, or None where its key is lost: nobody can use such a PIN any more, and New Pin makes another."""
    try:
        return _keys().decrypt(bytes(sealed)).decode()
    except InvalidToken:
        return None


def reseal(sealed: bytes | memoryview) -> bytes | None:
    """The same code under the newest key, or None where its key is lost."""
    try:
        return _keys().rotate(bytes(sealed))
    except InvalidToken:
        return None
