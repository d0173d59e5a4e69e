"""Keys rotate while pages are served: PINs are redeemed and codes used under the old key and the new one, and none is lost."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet

from openhouse.access import pins
from openhouse.accounts import factors
from tests import cast as make
from tests.access.test_races import at_once
from tests.cast import NOW, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


def app_code(held: Authenticator) -> str:
    """What the account's app shows now."""
    secret = factors.unseal(held.data["secret"])
    return totp.format_hotp_value(totp.hotp_value(secret, int(totp.time.time()) // 30))


def use(held: Authenticator, code: str) -> bool:
    """Use a code, as the forms do."""
    return held.wrap().validate_code(code) and factors.spend(held, code)


def test_keys_rotate_while_pins_are_redeemed_and_codes_used(transactional_db: None, settings: Any) -> None:
    cast = make.Cast()
    make.join(cast.carla_account, cast.carla)
    given = [(child, make.give(cast.carla_of[child])) for child in cast.carlas_children[:4]]
    others = [make.give(each) for each in (cast.ana_of_alma, cast.arturo_of_alma)]
    settings_up = [make.account(f"{number}@home.example") for number in range(6)]
    apps = [totp.TOTP.activate(each, totp.generate_totp_secret()).instance for each in settings_up]
    codes = [RecoveryCodes.activate(each).instance for each in settings_up]
    recovery = codes[0].wrap().generate_codes()
    old = settings.PIN_KEYS
    settings.PIN_KEYS = [new := Fernet.generate_key().decode(), *old]
    doings = [lambda c=child, k=code: make.redeem(cast.carla_account, c, k) for child, code in given]
    doings += [lambda a=each: use(a, app_code(a)) for each in apps[:4]]
    doings += [lambda k=each: use(codes[0], k) for each in recovery[:4]]
    found = at_once([*doings, *[lambda: pins.rotate(by=SYSTEM, at=NOW)] * 2])
    assert [type(each).__name__ for each in found[:4]] == ["Association"] * 4
    assert found[4:12] == [True] * 8
    settings.PIN_KEYS = [new]
    assert [make.give(each) for each in (cast.ana_of_alma, cast.arturo_of_alma)] == others
    assert all(
        use(each, app_code(each)) for each in Authenticator.objects.filter(pk__in=[each.pk for each in apps[4:]])
    )
    left = Authenticator.objects.get(pk=codes[0].pk).wrap().get_unused_codes()
    assert left == recovery[4:], "what was used stays used, and nothing else"
    assert factors.reseal() == factors.Resealed(sealed=12, lost=0)


def test_a_second_factor_whose_key_is_lost_stays_locked_and_is_counted(transactional_db: None, settings: Any) -> None:
    account = make.account("rosa@home.example")
    held = totp.TOTP.activate(account, totp.generate_totp_secret()).instance
    code = app_code(held)
    settings.PIN_KEYS = [Fernet.generate_key().decode()]
    assert factors.reseal() == factors.Resealed(sealed=0, lost=1)
    assert factors.held_by(account) and not use(held, code)
