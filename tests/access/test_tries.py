"""Guessing: what counts against a PIN, an account, an address, and what forgives."""

from datetime import date, timedelta

import pytest

from openhouse.access import pins, refusals, tries
from openhouse.access.models import Pin, Try
from openhouse.access.pins import State
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM

MINUTE = timedelta(minutes=1)
NO_SUCH = {"student_number": "S99999"}


@pytest.fixture
def code(cast):
    return make.give(cast.ana_of_alma)


def miss(account, student, code="000000x", at=NOW, refusal=refusals.PinRefused, **typed):
    with pytest.raises(refusal) as caught:
        make.redeem(account, student, code, at=at, **typed)
    return caught.value


def waits(account: Account, student, at) -> bool:
    """Whether a wrong try is turned away without being counted."""
    return isinstance(miss(account, student, at=at, refusal=refusals.Refused, **NO_SUCH), refusals.TooManyTries)


def past_misses(account, count, at=NOW, address=""):
    rows = [Try(account=account, at=at, counted=Try.Counted.ACCOUNT, address_digest=tries.digest(address))]
    Try.objects.bulk_create(rows * count)


def test_a_wrong_pin_is_counted_and_on_record_though_it_is_refused(cast, code):
    miss(cast.ana_account, cast.alma, make.wrong(code))
    assert Pin.objects.get().wrong_tries == 1
    assert Entry.objects.get(event=Event.PIN_REFUSED).account == str(cast.ana_account.key)


def test_the_sixth_try_against_one_pin_meets_a_dead_pin(cast, code):
    for _ in range(5):
        miss(cast.ana_account, cast.alma, make.wrong(code))
    miss(cast.ana_account, cast.alma, code)
    assert pins.state(Pin.objects.get(), NOW) is State.LOCKED
    assert Entry.objects.filter(event=Event.PIN_LOCKED, student=str(cast.alma.key)).count() == 1


def test_the_fifth_try_may_still_be_right(cast, code):
    for _ in range(4):
        miss(cast.ana_account, cast.alma, make.wrong(code))
    assert make.redeem(cast.ana_account, cast.alma, code)


def test_tries_of_many_accounts_kill_one_pin(cast, code):
    for account in (cast.ana_account, cast.berta_account, cast.boris_account, cast.carla_account, cast.drew_account):
        miss(account, cast.alma, make.wrong(code))
    miss(cast.ana_account, cast.alma, code)


@pytest.mark.parametrize("born", [date(2016, 3, 27), None])
def test_a_student_id_alone_locks_nobodys_pin(cast, code, born):
    for day in range(10):
        miss(cast.boris_account, cast.alma, make.wrong(code), at=NOW + day * DAY, birth_date=born)
    assert Pin.objects.get().wrong_tries == 0
    assert make.redeem(cast.ana_account, cast.alma, code, at=NOW + 11 * DAY)


def test_an_account_waits_after_five_wrong_tries_twice_as_long_each_time_up_to_an_hour(cast):
    account, at = cast.ana_account, NOW
    for _ in range(4):
        miss(account, cast.alma, at=at, **NO_SUCH)
    for minutes in (1, 2, 4, 8, 16, 32, 60, 60):
        miss(account, cast.alma, at=at, **NO_SUCH)
        assert waits(account, cast.alma, at + minutes * MINUTE - timedelta(seconds=1))
        at += minutes * MINUTE


def test_a_right_pin_waits_too_and_is_not_spent(cast, code):
    past_misses(cast.ana_account, 5)
    assert miss(cast.ana_account, cast.alma, code, refusal=refusals.TooManyTries).until == NOW + MINUTE
    assert make.redeem(cast.ana_account, cast.alma, code, at=NOW + MINUTE)


def test_a_try_that_was_turned_away_is_on_record_and_not_counted(cast):
    past_misses(cast.ana_account, 5)
    miss(cast.ana_account, cast.alma, refusal=refusals.TooManyTries)
    assert Entry.objects.filter(event=Event.TRIES_EXCEEDED).count() == 1
    assert Try.objects.count() == 5


def test_after_a_hundred_wrong_tries_only_staff_unlock(cast, code):
    past_misses(cast.ana_account, 100)
    late = NOW + 20 * DAY
    assert miss(cast.ana_account, cast.alma, code, at=late, refusal=refusals.TooManyTries).until is None
    tries.unlock(account=cast.ana_account, by=SYSTEM, at=late)
    assert make.redeem(cast.ana_account, cast.alma, code, at=late)
    assert Entry.objects.filter(event=Event.ACCOUNT_UNLOCKED).count() == 1


def test_a_success_forgives(cast, code):
    past_misses(cast.ana_account, 4)
    make.redeem(cast.ana_account, cast.alma, code)
    past_misses(cast.ana_account, 4)
    miss(cast.ana_account, cast.alma, **NO_SUCH)
    assert Try.objects.filter(counted=Try.Counted.ACCOUNT).count() == 5


def test_one_accounts_tries_are_not_anothers(cast, code):
    past_misses(cast.boris_account, 100)
    assert make.redeem(cast.ana_account, cast.alma, code)


def test_an_address_is_limited_only_widely(cast, code):
    past_misses(cast.boris_account, tries.ADDRESS_TRIES - 1, address="203.0.113.5")
    assert make.redeem(cast.ana_account, cast.alma, code, address="203.0.113.5")


def test_too_many_wrong_tries_from_one_address_make_it_wait(cast, code):
    past_misses(cast.boris_account, tries.ADDRESS_TRIES, address="203.0.113.5")
    miss(cast.ana_account, cast.alma, code, address="203.0.113.5", refusal=refusals.TooManyTries)
    assert make.redeem(cast.ana_account, cast.alma, code, address="203.0.113.6")


def test_an_address_is_free_again_after_an_hour(cast, code):
    past_misses(cast.boris_account, tries.ADDRESS_TRIES, address="203.0.113.5")
    assert make.redeem(cast.ana_account, cast.alma, code, address="203.0.113.5", at=NOW + 60 * MINUTE)


def test_addresses_are_not_kept_in_the_clear(cast):
    miss(cast.ana_account, cast.alma, address="203.0.113.5", **NO_SUCH)
    assert "203.0.113.5" not in repr(list(Try.objects.values()))


def test_ids_that_exist_and_ids_that_do_not_count_alike(cast, code):
    miss(cast.ana_account, cast.alma, birth_date=date(2000, 1, 1))
    miss(cast.ana_account, cast.alma, **NO_SUCH)
    assert list(Try.objects.values_list("counted", flat=True)) == ["account", "account"]
