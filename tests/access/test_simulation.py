"""What a change of policy would do, counted before it is made, is what it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from openhouse import access
from openhouse.access import decision, limits, simulation
from openhouse.access.models import LimitException, Way
from openhouse.access.simulation import Outcome, Shift, Tally, Thing
from openhouse.access.standing import Standing, standing
from openhouse.accounts.models import Account
from openhouse.policy import document, readings, values
from openhouse.policy.values import Policy
from tests.access.test_twins import World, build, policies, worlds
from tests.cast import DAY, NOW, SYSTEM, Cast, associate, change, end, give, join

ACTIVE, ENDED, HELD, GRACE = Standing.ACTIVE, Standing.ENDED, Standing.HELD, Standing.GRACE


def simulate(**chosen: Any) -> Outcome:
    present = values.at(NOW)
    changed = document.changes(present, chosen)
    return simulation.of(present=present, candidate=replace(present, **chosen), changed=changed, at=NOW)


def tally(outcome: Outcome, thing: Thing) -> tuple[int, int]:
    return next((each.before, each.after) for each in outcome.tallies if each.thing == thing)


@given(worlds, policies)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_count_is_what_the_decision_says_under_the_other_policy(db: None, world: World, chosen: dict[str, Any]):
    with transaction.atomic():
        association = build(world)
        facts = decision.gather(
            association=association, account=association.account, student=association.student, at=NOW
        )
        candidate = replace(Policy(), **chosen)
        others = {name: getattr(candidate, name) for name in values.FIELDS}
        before, after = standing(facts), standing(replace(facts, policy=candidate))
        found = simulate(**others)
        assert found.shifts == ([Shift(before, after, 1, 1)] if before != after else [])
        assert found.families == (before != after)
        assert (found.gaining, found.losing) == (
            after.lets_in and not before.lets_in,
            before.lets_in and not after.lets_in,
        )
        transaction.set_rollback(True)


def test_a_family_that_sees_two_students_otherwise_counts_once(cast: Cast):
    for child in cast.carlas_children[:2]:
        change(child, at=NOW - DAY, birth_date=NOW.date() - timedelta(days=19 * 366))
    join(cast.carla_account, cast.carla, *cast.carlas_children[:3])
    found = simulate(rights_pass_at_18=False)
    assert found.shifts == [Shift(Standing.ELIGIBLE_STUDENT, ACTIVE, 1, 2)]
    assert (found.families, found.gaining, found.losing) == (1, 1, 0)


def test_counting_changes_nothing_and_choosing_does_what_was_counted(cast: Cast):
    join(cast.drew_account, cast.drew, cast.david)
    assert simulate(rights_pass_at_18=False).gaining == 1
    assert not access.decide(account=cast.drew_account, student=cast.david, at=NOW).allowed
    values.choose(name="rights_pass_at_18", text="false", by=SYSTEM, at=NOW)
    assert access.decide(account=cast.drew_account, student=cast.david, at=NOW).allowed


def test_grace_that_is_shorter_shuts_out_imported_accounts_alone(cast: Cast):
    join(cast.ana_account, cast.ana, cast.alma, way=Way.IMPORTED, at=NOW - 30 * DAY)
    join(cast.berta_account, cast.berta, cast.bella)
    assert simulate(grace_days=20).shifts == [Shift(GRACE, Standing.DISABLED, 1, 1)]


def test_blank_legal_flags_are_counted_as_guardianships_and_as_families(cast: Cast):
    associate(cast.drew_account, cast.finn)
    join(cast.mia_account, cast.flora, cast.finn)
    found = simulate(blank_legal_flag="legal_for_relations")
    assert tally(found, Thing.LEGAL) == (0, 1)
    assert found.shifts == [Shift(ENDED, ACTIVE, 1, 1)]


def test_restriction_words_are_counted_as_they_would_be_read(cast: Cast):
    join(cast.boris_account, cast.boris, cast.bella)
    found = simulate(restriction_words=())
    assert (tally(found, Thing.RESTRICTED), tally(found, Thing.HELD)) == ((1, 0), (0, 1))
    assert found.shifts == [Shift(Standing.RESTRICTED, HELD, 1, 1)] and found.losing == 0


def test_the_limit_counts_the_accounts_that_can_add_no_more(cast: Cast):
    join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    assert tally(simulate(student_limit=2), Thing.FULL) == (1, 2)
    assert tally(simulate(student_limit=5), Thing.FULL) == (1, 0)
    assert limits.is_full(4, values.at(NOW))
    LimitException.objects.create(account=cast.carla_account, valid_from=NOW)
    assert tally(simulate(student_limit=2), Thing.FULL) == (0, 1)


def test_a_student_whose_standing_has_ended_leaves_a_place_in_the_account(cast: Cast):
    join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    assert tally(simulate(student_limit=3), Thing.FULL) == (1, 1)
    end(cast.carla_of[cast.carlas_children[0]], at=NOW - DAY)
    assert tally(simulate(student_limit=3), Thing.FULL) == (0, 1)
    end(cast.carlas_children[1].enrolments.get(), at=NOW - DAY)
    assert tally(simulate(student_limit=3), Thing.FULL) == (0, 0)


def test_accounts_that_rest_are_those_that_are_deactivated(cast: Cast):
    for account in (cast.ana_account, cast.arturo_account):
        account.last_login = NOW - 100 * DAY
        account.save()
    cast.ana_account.deactivated_at, cast.ana_account.deactivated_for_cause = NOW - DAY, False
    cast.ana_account.save()
    assert tally(simulate(inactivity_days=90), Thing.RESTING) == (0, 1)


def test_guardians_without_a_birth_date_may_have_a_pin_by_last_name(cast: Cast):
    assert tally(simulate(missing_birth_date="last_name"), Thing.WITHOUT_BIRTH_DATE) == (0, 1)


def test_live_pins_stay_and_the_guess_risk_is_told_of_both_lengths(cast: Cast, clock: Any):
    give(cast.ana_of_alma)
    found = simulate(pin_length=4)
    assert found.tallies == [Tally(Thing.LIVE_PINS, 1, 1)] and found.families == 0
    assert found.risks
    assert [each.misses for each in found.risks] == [False, True]


def test_one_pin_for_a_family_changes_the_guess_risk(db: None):
    found = simulate(one_pin_per_family=True)
    assert found.risks
    assert [each.misses for each in found.risks] == [False, True]


def test_a_second_step_for_all_counts_the_accounts_without_one(cast: Cast):
    for kind in (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES):
        Authenticator.objects.create(user=cast.ana_account, type=kind, data={})
    Authenticator.objects.create(user=cast.berta_account, type=Authenticator.Type.RECOVERY_CODES, data={})
    active = Account.objects.filter(employee_key=None, deactivated_at=None).exclude(email_confirmed_at=None).count()
    assert tally(simulate(guardian_second_factor="required"), Thing.TO_SET_UP) == (0, active - 1)


@pytest.mark.parametrize("name", ["district_name", "sync_time", "pin_days", "brake_gains"])
def test_a_value_that_concerns_nobody_s_access_counts_nobody(db: None, name: str, django_assert_max_num_queries: Any):
    before = getattr(Policy(), name)
    after = readings.text("03:00") if isinstance(before, str) else before + 1
    with django_assert_max_num_queries(4):  # the policy, two counts, and on PostgreSQL how it is to plan
        found = simulate(**{name: after})
    assert (found.shifts, found.families, found.flips, found.risks) == ([], 0, [], None)
