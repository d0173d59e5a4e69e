"""Races, with connections of their own: what must happen once happens once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from openhouse.access import pins, refusals
from openhouse.access.models import Association, Pin, PinEnd, Tie
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import NOW, SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


@pytest.fixture
def cast(transactional_db):
    return make.Cast()


def at_once(doings: Iterable[Callable[[], object]]) -> list[object]:
    """Do all at the same moment, each on a connection of its own. Gives what each returned, or the refusal it met."""
    doings = list(doings)
    gate = threading.Barrier(len(doings))

    def do(doing: Callable[[], object]) -> object:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            return doing()
        except refusals.Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as threads:
        return list(threads.map(do, doings))


def kinds(outcomes: Iterable[object]) -> Counter:
    return Counter(type(each).__name__ for each in outcomes)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_one_pin_redeemed_by_twenty_accounts_at_once_succeeds_once(cast, _round):
    code = make.give(cast.ana_of_alma)
    accounts = [make.account(f"{number}@home.example") for number in range(20)]
    found = at_once([lambda account=each: make.redeem(account, cast.alma, code) for each in accounts])
    assert kinds(found) == {"Association": 1, "PinRefused": 19}
    assert (Tie.objects.count(), Association.objects.count(), Pin.objects.get().end) == (1, 1, PinEnd.USED)
    assert trail.verify().broken_at is None


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_one_account_that_sends_its_pin_twice_gets_one_association(cast, _round):
    code = make.give(cast.ana_of_alma)
    found = at_once([lambda: make.redeem(cast.ana_account, cast.alma, code)] * 4)
    assert kinds(found) == {"Association": 1, "PinRefused": 3}
    assert Association.objects.filter(valid_until=None).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_simultaneous_fifth_students_at_most_one_gets_in(cast, _round):
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    make.end(cast.carla_of[cast.carlas_children[0]], at=NOW)
    last = [(child, make.give(cast.carla_of[child])) for child in cast.carlas_children[4:]]
    found = at_once([lambda c=child, k=code: make.redeem(cast.carla_account, c, k) for child, code in last])
    assert kinds(found) == {"Association": 1, "LimitReached": 1}
    assert Pin.objects.filter(ended_at=None).get().wrong_tries == 0


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_accounts_never_share_one_guardian(cast, _round):
    """Ana's PINs for two children, entered by two accounts: the guardian's row makes the second wait."""
    codes = [(cast.alma, make.give(cast.ana_of_alma)), (cast.abel, make.give(cast.ana_of_abel))]
    pairs = zip((cast.ana_account, cast.arturo_account), codes, strict=True)
    found = at_once([lambda a=account, s=child, c=code: make.redeem(a, s, c) for account, (child, code) in pairs])
    assert kinds(found) == {"Association": 1, "GuardianTaken": 1}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_printing_twice_at_once_makes_one_pin(cast, _round):
    found = at_once([lambda: make.give(cast.ana_of_alma)] * 4)
    assert len(set(found)) == 1
    assert Entry.objects.filter(event=Event.PIN_MADE).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_new_pins_at_once_leave_one_live(cast, _round):
    found = at_once([lambda: pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)] * 4)
    assert kinds(found) == {"Pin": 4}
    assert Pin.objects.filter(ended_at=None).count() == 1
    assert Pin.objects.filter(end=PinEnd.REPLACED).count() == 3


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_codes_made_at_once_for_both_parents_differ(cast, monkeypatch, _round):
    drawn = iter([3] * 2 + list(range(4, 99)))
    monkeypatch.setattr(pins.secrets, "randbelow", lambda _limit: next(drawn))
    found = at_once([lambda g=each: make.give(g) for each in (cast.ana_of_alma, cast.arturo_of_alma)])
    assert len(set(found)) == 2


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_wrong_tries_at_once_are_all_counted(cast, _round):
    code = make.give(cast.ana_of_alma)
    accounts = [make.account(f"{number}@home.example") for number in range(8)]
    at_once([lambda a=each: make.redeem(a, cast.alma, make.wrong(code)) for each in accounts])
    assert (Pin.objects.get().wrong_tries, Pin.objects.get().end) == (5, PinEnd.LOCKED)
    assert Entry.objects.filter(event=Event.PIN_LOCKED).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_new_pin_and_redemption_at_once_leave_no_unasked_access(cast, _round):
    """Either the old code died first, or the access it gave must be revalidated."""
    code = make.give(cast.ana_of_alma)
    renew = lambda: pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)  # noqa: E731
    found = at_once([lambda: make.redeem(cast.ana_account, cast.alma, code), renew])
    assert isinstance(found[0], refusals.PinRefused) or Association.objects.get().revalidate_since == NOW


def test_entries_written_at_once_keep_one_chain(cast):
    def write() -> None:
        for _ in range(5):
            trail.record(event=Event.SIGNED_IN, by=SYSTEM, at=NOW)

    at_once([write] * 8)
    assert (Entry.objects.count(), trail.verify().entries, trail.verify().broken_at) == (40, 40, None)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_guardian_whom_two_employees_add_at_once_has_one_pin(cast, _round):
    found = at_once([lambda: pins.add(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)] * 4)
    assert kinds(found) == {"Pin": 1, "NoneType": 3}
    assert Pin.objects.count() == Entry.objects.filter(event=Event.GUARDIAN_ADDED).count() == 1
