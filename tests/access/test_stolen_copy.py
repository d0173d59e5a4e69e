"""What a thief of the database gets without the key file: no PIN, no second factor, no code that was mailed."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.core import mail
from django.db import connection

from openhouse import cipher
from openhouse.access.models import Pin
from openhouse.accounts import factors
from tests import cast as make
from tests.cast import PASSWORD, Cast

HASHES = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.blake2b)


def copy() -> str:
    """Every cell of every table, as a thief reads it."""
    cells = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            cells += [bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)
                      for row in cursor.fetchall() for cell in row]  # fmt: skip
    return "\n".join(cells)


def guesses(stored: bytes, salts: list[bytes], length: int) -> Iterator[str]:
    """Every code of the length that leaves a trace in what is stored: itself, or its hash, plain or salted with what is there."""
    readings = {stored, _decoded(stored)}
    held = b"|".join(readings | {each.hex().encode() for each in readings})
    for number in range(10**length):
        code = f"{number:0{length}d}".encode()
        if code == stored or code in _decoded(stored):
            yield code.decode()
        for hashed in HASHES:
            for salt in salts:
                digest = hashed(salt + code).digest()[:12]  # a hash that was cut short is found too
                if digest in held or digest.hex().encode() in held:
                    yield code.decode()


def _decoded(stored: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(stored)
    except ValueError:
        return stored


def salts(row: dict[str, Any], stored: bytes) -> list[bytes]:
    """What a hash of this row could have been salted with."""
    token = _decoded(stored)
    return [b"", str(row["guardianship_id"]).encode(), token[9:25]]


def test_no_code_of_six_digits_leaves_a_trace_in_a_copied_row(cast: Cast) -> None:
    make.give(cast.ana_of_alma)
    row = Pin.objects.values().get()
    stored = bytes(row["sealed"])
    assert list(guesses(stored, salts(row, stored)[:2], 6)) == []


def test_no_code_of_four_digits_is_itself_the_key_of_a_copied_row(settings: Any) -> None:
    stored, opened = cipher.seal("4711"), []
    for number in range(10**4):
        code = f"{number:04d}".encode()
        for hashed in (hashlib.sha256(code), hashlib.sha256(settings.SECRET_KEY.encode() + code)):
            with contextlib.suppress(InvalidToken):
                opened.append(Fernet(base64.urlsafe_b64encode(hashed.digest())).decrypt(stored))
    assert opened == []


@pytest.mark.parametrize("hashed", HASHES)
@pytest.mark.parametrize("salt", [b"", b"17"])
def test_the_same_attack_finds_a_code_that_is_hashed(hashed: Any, salt: bytes) -> None:
    weak = base64.urlsafe_b64encode(hashed(salt + b"4711").digest())
    assert "4711" in list(guesses(weak, [b"", b"17"], 4))


def test_two_pins_of_one_code_look_different_and_all_look_equally_long() -> None:
    sealed = [cipher.seal(code) for code in ("000000", "000000", "999999")]
    assert len(set(sealed)) == 3 and len({len(each) for each in sealed}) == 1


def test_a_copy_has_no_second_factor_s_secret_and_no_recovery_code_not_even_while_it_is_set_up(
    visit: Any, cast: Cast
) -> None:
    account = make.account("rosa@home.example", password=PASSWORD)
    client = visit()
    client.post("/accounts/login/", {"login": account.email, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/second-factor/app/set-up/").content.decode()
    waiting = re.search(r">([A-Z2-7]{32})<", page).group(1)
    totp = TOTP.activate(account, secret := generate_totp_secret())
    codes = RecoveryCodes.activate(account)
    seed = factors.unseal(codes.instance.data["seed"])
    stolen = copy()
    for each in (waiting, secret, seed, *codes.generate_codes()):
        assert each not in stolen
    assert base64.b32decode(secret).hex() not in stolen
    assert factors.unseal(totp.instance.data["secret"]) == secret, "it is there, for who has the key"


def test_a_copy_has_no_code_that_was_mailed(visit: Any, cast: Cast) -> None:
    make.account("rosa@home.example", password=PASSWORD)
    visit().post("/accounts/password/reset/", {"email": "rosa@home.example"})
    code = re.search(r"^\s*(\d{10})\s*$", mail.outbox[-1].body, re.MULTILINE).group(1)
    assert code not in copy()


def test_without_the_key_no_code_fits(cast: Cast, settings: Any) -> None:
    totp = TOTP.activate(cast.ana_account, generate_totp_secret())
    settings.PIN_KEYS = [Fernet.generate_key().decode()]
    assert len({factors.unseal(totp.instance.data["secret"]) for _ in range(3)}) == 3
