"""Ties: one guardian, one account; ended, never deleted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from openhouse import access
from openhouse.access import refusals, ties
from openhouse.access.models import Association, Tie, Way
from openhouse.access.standing import Standing
from openhouse.accounts import activity, actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import NOW, SYSTEM


def tie(account, guardian, way=Way.PIN):
    return ties.tie(account=account, guardian=guardian, way=way, by=SYSTEM, at=NOW)


def by_staff(cast, account, pair, *, at=NOW, check=None):
    """Olga ties the account after an identity check."""
    check = check or make.verified(pair, cast.olga)
    by = actor.of(cast.olga)
    return ties.tie(account=account, guardian=pair.guardian, way=Way.STAFF, check=check, by=by, at=at)


def end(account):
    ties.end(tie=account.ties.get(valid_until=None), by=SYSTEM, at=NOW)


def test_a_tie_is_on_record(cast):
    tie(cast.ana_account, cast.ana)
    assert Entry.objects.get(event=Event.TIE_MADE).guardian == str(cast.ana.key)


def test_the_same_tie_again_changes_nothing(cast):
    assert tie(cast.ana_account, cast.ana) == tie(cast.ana_account, cast.ana)
    assert Entry.objects.filter(event=Event.TIE_MADE).count() == 1


def test_a_guardian_is_tied_to_one_account_at_a_time(cast):
    tie(cast.ana_account, cast.ana)
    with pytest.raises(refusals.GuardianTaken):
        tie(cast.arturo_account, cast.ana)
    with pytest.raises(IntegrityError, match=r"one_account_per_guardian|access_tie\.guardian_id"), transaction.atomic():
        make.tie(cast.arturo_account, cast.ana)


def test_a_pin_ties_no_second_person_to_an_account_but_staff_can(cast):
    tie(cast.ana_account, cast.ana)
    again = make.guardian("Ana Maria", "Reyes")
    with pytest.raises(refusals.AccountTaken):
        tie(cast.ana_account, again)
    assert by_staff(cast, cast.ana_account, make.link(cast.alma, again))


def test_ending_a_tie_ends_its_associations_and_keeps_their_history(cast):
    make.join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    end(cast.ana_account)
    assert set(Association.objects.values_list("valid_until", flat=True)) == {NOW}
    assert Tie.objects.get().valid_until == NOW
    assert access.decide(account=cast.ana_account, student=cast.alma, at=NOW).standing is None


def test_ending_one_tie_spares_students_who_rest_on_another(cast):
    again = make.guardian("Ana Maria", "Reyes")
    make.link(cast.abel, again)
    make.join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    make.tie(cast.ana_account, again)
    ties.end(tie=Tie.objects.get(guardian=cast.ana), by=SYSTEM, at=NOW)
    assert Association.objects.get(valid_until=None).student == cast.abel
    assert access.decide(account=cast.ana_account, student=cast.abel, at=NOW).standing is Standing.ACTIVE


@pytest.mark.parametrize("text", ["no contact", "see file 12-B"])
def test_who_is_restricted_as_one_guardian_does_not_go_on_as_another_when_that_tie_ends(cast, text):
    again = make.guardian("Boris", "Novak", sourced_id="guardian-boris-again")
    make.link(cast.bella, again)
    make.change(cast.boris_of_bella, at=NOW, restriction=text)
    make.join(cast.boris_account, cast.boris, cast.bella)
    make.tie(cast.boris_account, again)
    assert not access.decide(account=cast.boris_account, student=cast.bella, at=NOW).allowed
    ties.end(tie=Tie.objects.get(guardian=cast.boris), by=actor.of(cast.olga), at=NOW)
    assert not access.decide(account=cast.boris_account, student=cast.bella, at=NOW).allowed


def test_ending_a_tie_leaves_the_other_parent_alone(cast):
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.join(cast.arturo_account, cast.arturo, cast.alma)
    end(cast.ana_account)
    assert access.decide(account=cast.arturo_account, student=cast.alma, at=NOW).allowed


def test_after_an_end_the_guardian_is_free_for_another_account(cast):
    make.join(cast.ana_account, cast.ana, cast.alma)
    end(cast.ana_account)
    assert tie(cast.arturo_account, cast.ana)


def test_ending_twice_changes_nothing(cast):
    make.join(cast.ana_account, cast.ana, cast.alma)
    made = cast.ana_account.ties.get()
    for _ in range(2):
        ties.end(tie=made, by=SYSTEM, at=NOW)
    assert Entry.objects.filter(event=Event.TIE_ENDED).count() == 1


def test_a_tie_by_staff_waits_for_a_second_person_where_a_restriction_stands(cast):
    with pytest.raises(refusals.SecondPersonNeeded):
        by_staff(cast, cast.berta_account, cast.berta_of_bella)


def test_nobody_ties_an_account_to_their_own_family(cast):
    with pytest.raises(refusals.OwnFamily):
        ties.tie(account=cast.mia_account, guardian=cast.mia, way=Way.STAFF, by=actor.of(cast.mia_at_work), at=NOW)


def test_a_guardian_to_whom_the_school_system_gave_a_new_id_comes_back(cast):
    make.join(cast.ana_account, cast.ana, cast.alma)
    for row in (cast.ana_of_alma, cast.ana_of_abel, cast.ana):
        make.end(row, at=NOW - make.DAY)
    again = make.link(cast.alma, make.guardian("Ana", "Reyes", sourced_id="guardian-anew"))
    make.redeem(cast.ana_account, cast.alma, make.give(again))
    assert access.decide(account=cast.ana_account, student=cast.alma, at=NOW).standing is Standing.ACTIVE
    assert [each.guardian for each in cast.ana_account.ties.filter(valid_until=None)] == [again.guardian]


def test_the_tie_of_an_account_deactivated_for_cause_is_the_help_desk_s_to_end(cast):
    make.join(cast.ana_account, cast.ana, cast.alma)
    activity.deactivate(account=cast.ana_account, for_cause=True, by=SYSTEM, at=NOW)
    made = cast.ana_account.ties.get()
    with pytest.raises(refusals.DeactivatedForCause):
        ties.end(tie=made, by=actor.of(cast.olga), at=NOW)
    assert ties.end(tie=made, over_cause=True, by=actor.of(cast.hank), at=NOW)


def test_a_tie_by_staff_takes_their_own_check_of_this_guardian_within_the_hour(cast):
    with pytest.raises(refusals.NotVerified):
        tie(cast.ana_account, cast.ana, Way.STAFF)
    for check, at in (
        (make.verified(cast.arturo_of_alma, cast.olga), NOW),
        (make.verified(cast.ana_of_alma, cast.otto), NOW),
        (make.verified(cast.ana_of_alma, cast.olga), NOW + timedelta(hours=1)),
    ):
        with pytest.raises(refusals.NotVerified):
            by_staff(cast, cast.ana_account, cast.ana_of_alma, at=at, check=check)
    assert by_staff(cast, cast.ana_account, cast.ana_of_alma)
    assert Entry.objects.get(event=Event.TIE_MADE).detail == {"way": "staff", "identity": "passport"}
