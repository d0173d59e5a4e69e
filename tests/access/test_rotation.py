"""Changing keys: who stands under which, and encrypting all under the newest while pages are served."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from openhouse import cipher
from openhouse.access import pins, refusals, rotation
from openhouse.access.models import Association, Pin
from openhouse.access.rotation import Held
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import NOW, SYSTEM, Cast

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_live_pins_are_counted_by_the_place_of_their_key(cast: Cast, settings: Any):
    settings.PIN_KEYS = [OLD]
    make.give(cast.ana_of_alma)
    settings.PIN_KEYS = [NEW, OLD]
    make.give(cast.arturo_of_alma)
    made = Pin.objects.first().made_at
    assert rotation.count(at=NOW) == [Held(1, 1, made), Held(2, 1, made)]
    settings.PIN_KEYS = [NEW]
    assert rotation.count(at=NOW) == [Held(1, 1, made), Held(0, 1, made)]


def test_a_district_administrator_has_all_encrypted_under_the_newest(cast: Cast, visit: Any, settings: Any):
    settings.PIN_KEYS = [OLD]
    code = make.give(cast.ana_of_alma)
    settings.PIN_KEYS = [NEW, OLD]
    dora = visit(cast.dora)
    dora.post("/staff/district/keys/")
    settings.PIN_KEYS = [NEW]
    assert make.give(cast.ana_of_alma) == code
    page = dora.get("/staff/district/keys/").content.decode()
    assert "1 PINs encrypted, 0 ended" in page and NEW not in page
    assert Entry.objects.get(event=Event.KEYS_ROTATED).actor == str(cast.dora.key)


@pytest.mark.django_db(transaction=True)
def test_keys_change_while_pins_are_shown_and_redeemed(transactional_db: None, settings: Any):
    settings.PIN_KEYS = [OLD]
    cast = make.Cast()
    codes = {each: make.give(each) for each in cast.carla_of.values()}
    settings.PIN_KEYS = [NEW, OLD]
    accounts = [make.account(f"{number}@home.example") for number in range(len(codes))]
    shown: list[bool] = []

    def work(doing: Any) -> None:
        try:
            doing()
        finally:
            connection.close()

    def show() -> None:
        for each, code in list(codes.items())[3:] * 3:
            shown.append(make.give(each) == code)

    def redeem() -> None:
        for (each, code), account in list(zip(codes.items(), accounts, strict=True))[:1]:
            make.redeem(account, each.student, code)

    def change() -> None:
        for _time in range(3):
            pins.rotate(by=SYSTEM, at=NOW)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, (show, redeem, change)))
    assert len(shown) == 9 and all(shown) and Association.objects.count() == 1
    settings.PIN_KEYS = [NEW]
    still = Pin.objects.filter(ended_at=None)
    assert still.count() == 5 and all(cipher.unseal(pin.sealed) for pin in still)
    with pytest.raises(refusals.PinNotLive):
        make.give(next(iter(codes)))
