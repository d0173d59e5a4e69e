"""Activate and deactivate: by whom, after how long, and what it means for the students (rule 8)."""

from datetime import timedelta

import pytest

from openhouse import access
from openhouse.access import activation, refusals
from openhouse.access.standing import Standing
from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


@pytest.fixture
def ana(cast):
    """Ana's account with Alma, signed in to yesterday, deactivated today."""
    make.join(cast.ana_account, cast.ana, cast.alma)
    return rest(cast.ana_account, DAY)


def rest(account, since, for_cause=False):
    account.last_login = NOW - since
    account.save()
    activation.deactivate(account=account, for_cause=for_cause, by=SYSTEM, at=NOW)
    return account


def activate(account, by=SYSTEM, over_cause=False):
    return activation.activate(account=account, over_cause=over_cause, by=by, at=NOW)


def standing(cast, account):
    account.refresh_from_db()
    return access.decide(account=account, student=cast.alma, at=NOW).standing


def test_a_deactivated_account_sees_nothing_and_an_activated_one_sees_again(cast, ana):
    assert standing(cast, ana) is Standing.ACCOUNT_INACTIVE
    assert activate(ana) == activation.Activated(True, 0)
    assert standing(cast, ana) is Standing.ACTIVE


@pytest.mark.parametrize(("days", "expected"), [(180, Standing.ACTIVE), (181, Standing.REVALIDATE)])
def test_after_more_than_180_days_of_rest_a_new_pin_is_needed(cast, ana, days, expected):
    activate(ana)
    activate(rest(ana, timedelta(days=days)))
    assert standing(cast, ana) is expected


def test_policy_says_how_long_an_account_may_rest(cast, ana):
    values.choose(name="inactivity_days", text="1", by=SYSTEM, at=NOW)
    activate(ana)
    assert activate(rest(ana, 2 * DAY)) == activation.Activated(True, 1)
    assert Entry.objects.get(event=Event.REVALIDATION_ASKED).detail == {"associations": 1}


def test_an_account_that_never_signed_in_has_rested_since_it_began(cast, ana):
    type(ana).objects.filter(pk=ana.pk).update(last_login=None, joined_at=NOW - 200 * DAY)
    assert activate(ana).asked_to_revalidate == 1


def test_a_second_time_changes_nothing(cast, ana):
    activate(ana)
    assert activate(ana).is_new is False
    assert activation.deactivate(account=ana, for_cause=False, by=SYSTEM, at=NOW) is True
    assert activation.deactivate(account=ana, for_cause=True, by=SYSTEM, at=NOW) is False
    assert Entry.objects.filter(event=Event.ACCOUNT_ACTIVATED).count() == 1


def test_what_was_deactivated_for_cause_only_the_help_desk_activates(cast):
    account = rest(cast.ana_account, DAY, for_cause=True)
    with pytest.raises(refusals.DeactivatedForCause):
        activate(account, by=actor.of(cast.olga))
    assert activate(account, by=actor.of(cast.hank), over_cause=True).is_new


def test_an_employee_switches_nothing_of_their_own_family_even_before_a_student_was_added(cast):
    make.tie(cast.mia_account, cast.mia)
    account, mia = rest(cast.mia_account, DAY), actor.of(cast.mia_at_work)
    with pytest.raises(refusals.OwnFamily):
        activate(account, by=mia)
    activate(account)
    with pytest.raises(refusals.OwnFamily):
        activation.deactivate(account=account, for_cause=False, by=mia, at=NOW)


def test_a_restriction_on_a_student_of_the_account_takes_two(cast):
    make.join(cast.berta_account, cast.berta, cast.bella)
    with pytest.raises(refusals.SecondPersonNeeded):
        activate(rest(cast.berta_account, DAY), by=actor.of(cast.olga))
    cast.berta_account.refresh_from_db()
    assert not cast.berta_account.is_active
