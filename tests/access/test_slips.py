"""A slip's reference fills in the Student ID for whoever may use its PIN, and is worth nothing once the PIN has ended."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from openhouse.access import pins, slips
from openhouse.access.models import PinEnd, Slip
from openhouse.accounts import actor
from openhouse.accounts.models import Account
from openhouse.audit.models import Entry
from openhouse.district.models import Guardianship
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM, Cast


def printed(guardianship: Guardianship, at: datetime = NOW) -> Slip:
    return slips.give(guardianship=guardianship, by=SYSTEM, at=at)[0]


def filled_in(slip: Slip | uuid.UUID, account: Account, at: datetime = NOW) -> str:
    reference = slip.key if isinstance(slip, Slip) else slip
    return slips.student_number(reference=reference, account=account, by=actor.of(account), at=at)


def test_printed_again_it_bears_the_same_code_and_reference(cast: Cast) -> None:
    first = slips.give(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)
    assert slips.give(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW + DAY) == first
    assert Slip.objects.count() == 1


def test_a_new_pin_has_a_slip_of_its_own_and_the_old_one_is_dead(cast: Cast) -> None:
    old = printed(cast.ana_of_alma)
    pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)
    new = printed(cast.ana_of_alma)
    assert (filled_in(old, cast.ana_account), filled_in(new, cast.ana_account)) == ("", cast.alma.number)


def test_it_fills_in_the_student_id_again_and_again_while_the_pin_lives(cast: Cast) -> None:
    slip = printed(cast.ana_of_alma)
    assert [filled_in(slip, cast.ana_account) for _ in range(2)] == [cast.alma.number] * 2


@pytest.mark.parametrize("end", PinEnd)
def test_it_is_dead_with_the_pin(cast: Cast, end: PinEnd) -> None:
    slip = printed(cast.ana_of_alma)
    pins.close(cast.ana_of_alma.pins.all(), end=end, at=NOW)
    assert filled_in(slip, cast.ana_account) == ""


def test_it_is_dead_when_the_pin_has_expired_or_its_tries_are_used_up(cast: Cast) -> None:
    slip = printed(cast.ana_of_alma)
    assert filled_in(slip, cast.ana_account, slip.pin.expires_at - timedelta(seconds=1)) == cast.alma.number
    assert filled_in(slip, cast.ana_account, slip.pin.expires_at) == ""
    cast.ana_of_alma.pins.update(wrong_tries=pins.WRONG_TRIES)
    assert filled_in(slip, cast.ana_account) == ""


def test_it_is_dead_with_the_guardianship_a_restriction_and_the_enrolment(cast: Cast) -> None:
    ended, restricted, gone = (printed(each) for each in (cast.ana_of_alma, cast.mia_of_milo, cast.ana_of_abel))
    make.end(cast.ana_of_alma, at=NOW)
    make.change(cast.mia_of_milo, at=NOW, restriction="No Contact")
    make.end(cast.abel.enrolments.get(), at=NOW)
    assert [filled_in(each, cast.carla_account) for each in (ended, restricted, gone)] == ["", "", ""]


def test_an_account_of_another_person_learns_nothing(cast: Cast) -> None:
    slip = printed(cast.ana_of_alma)
    make.tie(cast.carla_account, cast.carla)
    assert filled_in(slip, cast.carla_account) == ""


def test_once_the_guardian_has_an_account_no_other_learns_anything(cast: Cast) -> None:
    slip = printed(cast.ana_of_alma)
    make.tie(cast.ana_account, cast.ana)
    assert filled_in(slip, cast.arturo_account) == ""
    assert filled_in(slip, cast.ana_account) == cast.alma.number


def test_every_opening_is_on_record_alike(cast: Cast) -> None:
    filled_in(uuid.uuid4(), cast.ana_account)
    filled_in(printed(cast.ana_of_alma), cast.ana_account)
    nobody_s, alma_s = Entry.objects.filter(event="slip opened").order_by("position")
    account = str(cast.ana_account.key)
    assert (nobody_s.account, nobody_s.student, nobody_s.detail) == (account, "", {"filled_in": False})
    assert (alma_s.account, alma_s.student, alma_s.detail) == (account, str(cast.alma.key), {"filled_in": True})
