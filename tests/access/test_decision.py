"""`access.decide`, now and at past moments: facts are ended, never overwritten."""

from datetime import timedelta

import pytest

from openhouse import access
from openhouse.access import associations
from openhouse.access.models import Association, Tie, Way
from openhouse.access.standing import Standing
from openhouse.accounts import activity
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SINCE, SYSTEM


@pytest.fixture
def ana(cast):
    """Ana sees Alma."""
    make.join(cast.ana_account, cast.ana, cast.alma)
    return cast.ana_account


def standing(account, student, at=NOW):
    return access.decide(account=account, student=student, at=at).standing


def test_a_tied_account_sees_its_student(ana, cast):
    decision = access.decide(account=ana, student=cast.alma, at=NOW)
    assert decision.allowed and decision.standing is Standing.ACTIVE


def test_an_account_without_an_association_is_told_nothing(ana, cast):
    decision = access.decide(account=ana, student=cast.abel, at=NOW)
    assert (decision.allowed, decision.standing, decision.facts) == (False, None, None)


def test_the_other_parents_restriction_does_not_shut_out(cast):
    make.join(cast.berta_account, cast.berta, cast.bella)
    assert standing(cast.berta_account, cast.bella) is Standing.ACTIVE


def test_a_restricted_guardian_is_shut_out(cast):
    make.join(cast.boris_account, cast.boris, cast.bella)
    assert standing(cast.boris_account, cast.bella) is Standing.RESTRICTED


def test_access_ends_with_the_guardianship_and_the_past_stays_answerable(ana, cast):
    make.end(cast.ana_of_alma, at=NOW)
    assert standing(ana, cast.alma, NOW) is Standing.ENDED
    assert standing(ana, cast.alma, NOW - timedelta(seconds=1)) is Standing.ACTIVE


def test_a_restriction_that_was_lifted_still_answers_for_its_time(ana, cast):
    make.change(cast.ana_of_alma, at=NOW - 10 * DAY, restriction="no contact")
    make.change(cast.ana_of_alma, at=NOW - 5 * DAY, restriction="")
    found = [standing(ana, cast.alma, NOW - days * DAY) for days in (11, 10, 6, 5, 0)]
    assert found == ["active", "restricted", "restricted", "active", "active"]


def test_an_enrolment_that_ended_and_began_again_leaves_its_gap(ana, cast):
    enrolment = cast.alma.enrolments.get()
    make.end(enrolment, at=NOW - 10 * DAY)
    make.change(enrolment, at=NOW - 5 * DAY)
    found = [standing(ana, cast.alma, NOW - days * DAY) for days in (11, 8, 4)]
    assert found == ["active", "ended", "active"]


def test_before_the_portal_knew_the_student_nobody_saw_them(ana, cast):
    assert standing(ana, cast.alma, SINCE - DAY) is None


def test_a_birth_date_that_was_corrected_counts_from_then_on(cast):
    make.join(cast.drew_account, cast.drew, cast.david)
    make.change(cast.david, at=NOW - DAY, birth_date=cast.david.birth_date.replace(year=2009))
    assert standing(cast.drew_account, cast.david, NOW - 2 * DAY) is Standing.ELIGIBLE_STUDENT
    assert standing(cast.drew_account, cast.david, NOW) is Standing.ACTIVE


def test_a_tie_that_ended_ends_the_standing(ana, cast):
    Tie.objects.filter(account=ana).update(valid_until=NOW)
    assert standing(ana, cast.alma) is Standing.ENDED
    assert standing(ana, cast.alma, NOW - DAY) is Standing.ACTIVE


def test_a_deactivated_account_sees_nobody_until_it_is_activated(ana, cast):
    account = activity.deactivate(account=ana, for_cause=False, by=SYSTEM, at=NOW - 3 * DAY)
    account = activity.activate(account=account, by=SYSTEM, at=NOW - DAY)
    found = [standing(account, cast.alma, NOW - days * DAY) for days in (4, 3, 2, 1)]
    assert found == ["active", "account inactive", "account inactive", "active"]


def test_an_unconfirmed_email_sees_nobody(cast):
    account = make.account("new@home.example", confirmed=False)
    make.join(account, cast.ana, cast.alma)
    assert standing(account, cast.alma) is Standing.ACCOUNT_INACTIVE


def test_policy_of_the_time_decides(cast):
    flora = make.account("flora@home.example")
    make.join(flora, cast.flora, cast.finn)
    values.choose(name="blank_legal_flag", text="legal_for_relations", by=SYSTEM, at=NOW - DAY)
    assert standing(flora, cast.finn, NOW) is Standing.ACTIVE
    assert standing(flora, cast.finn, NOW - 2 * DAY) is Standing.ENDED


def test_revalidation_is_asked_from_its_moment_on(ana, cast):
    Association.objects.filter(account=ana).update(revalidate_since=NOW)
    assert standing(ana, cast.alma, NOW) is Standing.REVALIDATE
    assert standing(ana, cast.alma, NOW - DAY) is Standing.ACTIVE


def test_grace_counts_its_days_down(cast):
    make.join(cast.ana_account, cast.ana, cast.alma, way=Way.IMPORTED, at=NOW - 10 * DAY)
    decision = access.decide(account=cast.ana_account, student=cast.alma, at=NOW)
    assert (decision.standing, decision.days_left) == (Standing.GRACE, 50)


def test_a_student_whom_the_sis_no_longer_states_is_ended_on_both_sides(ana, cast):
    make.end(cast.alma, at=NOW)
    assert standing(ana, cast.alma) is Standing.ENDED
    assert [each.standing for each in associations.of(account=ana, at=NOW)] == [Standing.ENDED]


def test_siblings_across_schools_are_in_one_list(ana, cast):
    make.associate(ana, cast.abel)
    assert set(associations.visible(account=ana, at=NOW)) == {cast.alma, cast.abel}


def test_one_account_never_sees_another_accounts_students(ana, cast):
    make.join(cast.berta_account, cast.berta, cast.bella)
    assert set(associations.visible(account=ana, at=NOW)) == {cast.alma}
