"""Races, with connections of their own: what must happen once happens once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from openhouse.access import (
    activation,
    associations,
    checks,
    limits,
    merging,
    pins,
    refusals,
    reminders,
    siblings,
    ties,
)
from openhouse.access.models import AdultNotice, Association, IdentityCheck, LimitException, Pin, PinEnd, Tie, Way
from openhouse.accounts import actor
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Student
from openhouse.policy import values
from openhouse.policy.models import Choice
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
def test_of_two_who_choose_two_values_at_once_one_has_to_look_again(transactional_db, _round):
    seen = values.seal(values.at(NOW))

    def choose(name: str, text: str) -> bool:
        try:
            values.choose(name=name, text=text, by=SYSTEM, at=NOW, seen=seen)
        except values.PolicyMoved:
            return False
        return True

    found = at_once([lambda: choose("grace_days", "90"), lambda: choose("student_limit", "6")])
    assert sorted(found) == [False, True]
    assert Choice.objects.count() == 1 and trail.verify().broken_at is None


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


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_clerks_who_activate_at_once_activate_once(cast, _round):
    make.join(cast.ana_account, cast.ana, cast.alma)
    cast.ana_account.last_login = NOW - 300 * make.DAY
    cast.ana_account.save()
    activation.deactivate(account=cast.ana_account, for_cause=False, by=SYSTEM, at=NOW)
    found = at_once([lambda: activation.activate(account=cast.ana_account, over_cause=False, by=SYSTEM, at=NOW)] * 4)
    assert Counter(each.is_new for each in found) == {True: 1, False: 3}
    assert Entry.objects.filter(event__in=[Event.ACCOUNT_ACTIVATED, Event.REVALIDATION_ASKED]).count() == 2


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_exceptions_at_once_are_one(cast, _round):
    found = at_once([lambda: limits.lift(account=cast.carla_account, by=SYSTEM, at=NOW)] * 4)
    assert (Counter(found), LimitException.objects.count()) == ({True: 1, False: 3}, 1)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_accounts_tied_by_staff_to_one_guardian_at_once(cast, _round):
    pair = (cast.ana_account, cast.arturo_account)
    how = {"way": Way.STAFF, "check": make.verified(cast.ana_of_alma, cast.olga), "by": actor.of(cast.olga), "at": NOW}
    tie = lambda account: ties.tie(account=account, guardian=cast.ana, **how)  # noqa: E731
    found = at_once([lambda account=each: tie(account) for each in pair])
    assert kinds(found) == {"Tie": 1, "GuardianTaken": 1}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_accounts_merged_into_each_other_at_once_leave_one_active(cast, _round):
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.join(cast.arturo_account, cast.arturo, cast.alma)
    reach, pair = Student.objects.all(), (cast.ana_account, cast.arturo_account)
    merge = lambda one, two: merging.merge(keeps=one, gives=two, within=reach, identity="", by=SYSTEM, at=NOW)  # noqa: E731
    found = at_once([lambda: merge(*pair), lambda: merge(*pair[::-1])])
    assert kinds(found) == {"Merged": 1, "AccountNotActive": 1}
    assert Association.objects.filter(valid_until=None).count() == 1
    assert Tie.objects.filter(valid_until=None).values("account").distinct().count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_merge_and_a_new_pin_at_once_leave_no_unasked_access(cast, _round):
    """Where the merge comes first, the new PIN's question meets the account that kept the student."""
    make.join(cast.ana_account, cast.ana, cast.alma)
    reach, other = Student.objects.all(), cast.arturo_account
    merge = lambda: merging.merge(keeps=other, gives=cast.ana_account, within=reach, identity="", by=SYSTEM, at=NOW)  # noqa: E731
    renew = lambda: pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)  # noqa: E731
    found = at_once([merge, renew])
    assert kinds(found) == {"Merged": 1, "Pin": 1}
    assert Association.objects.get(valid_until=None).revalidate_since == NOW


def test_entries_written_at_once_keep_one_chain(cast):
    def write() -> None:
        for _ in range(5):
            trail.record(event=Event.SIGNED_IN, by=SYSTEM, at=NOW)

    at_once([write] * 8)
    assert (Entry.objects.count(), trail.verify().entries, trail.verify().broken_at) == (40, 40, None)


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_six_simultaneous_identity_checks_of_one_guardian_three_begin(cast, _round):
    def ask(employee):
        who = {"employee": employee, "by": actor.of(employee)}
        return checks.ask(guardianship=cast.ana_of_alma, typed={}, at=NOW, **who)

    found = at_once([lambda employee=each: ask(employee) for each in (cast.olga, cast.otto, cast.hank) * 2])
    assert kinds(found) == {"IdentityCheck": 3, "TooManyChecks": 3}


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_pin_is_shown_once_to_whoever_presses_twice(cast, _round):
    check = IdentityCheck.objects.create(
        guardianship=cast.ana_of_alma, employee=cast.olga, asked_at=NOW, answers={}, outcome="verified", seen_at=NOW,
        place="video", document="passport",
    )  # fmt: skip
    olga = actor.of(cast.olga)
    found = at_once([lambda: checks.give(check=check, renewing=False, by=olga, at=NOW)] * 4)
    assert kinds(found) == {"tuple": 1, "CheckOver": 3}
    assert Entry.objects.filter(event=Event.PIN_SHOWN).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_guardian_whom_two_employees_add_at_once_has_one_pin(cast, _round):
    found = at_once([lambda: pins.add(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)] * 4)
    assert kinds(found) == {"Pin": 1, "NoneType": 3}
    assert Pin.objects.count() == Entry.objects.filter(event=Event.GUARDIAN_ADDED).count() == 1


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_brothers_added_without_a_pin_at_once_at_most_one_gets_in(cast, _round):
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW)
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:3])
    by, last = actor.of(cast.carla_account), cast.carlas_children[3:5]
    found = at_once(
        [lambda c=child: siblings.add(account=cast.carla_account, student=c, by=by, at=NOW) for child in last]
    )
    assert kinds(found) == {"Association": 1, "LimitReached": 1}
    assert Association.objects.filter(account=cast.carla_account, valid_until=None).count() == 4


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_a_new_pin_made_meanwhile_leaves_nobody_in_without_one(cast, _round):
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW)
    make.join(cast.ana_account, cast.ana, cast.alma)
    by = actor.of(cast.ana_account)
    found = at_once(
        [
            lambda: siblings.add(account=cast.ana_account, student=cast.abel, by=by, at=NOW),
            lambda: pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW),
        ]
    )
    assert kinds(found) in ({"Association": 1, "Pin": 1}, {"NotOffered": 1, "Pin": 1})
    assert not associations.visible(account=cast.ana_account, at=NOW).exists()


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_two_workers_at_once_send_each_notice_before_a_birthday_once(cast, _round):
    make.change(cast.abel, at=NOW, birth_date=date(2009, 2, 1))
    make.join(cast.ana_account, cast.ana, cast.abel)
    found = at_once([lambda: reminders.send(by=SYSTEM, at=NOW)] * 3)
    assert sorted(found) == [0, 0, 1]
    assert AdultNotice.objects.count() == Entry.objects.filter(event=Event.ADULT_NOTICE_SENT).count() == 1
