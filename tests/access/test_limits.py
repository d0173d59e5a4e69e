"""The limit of students on one account, and the exception that lifts it."""

import pytest

from openhouse.access import imports, limits, pins, refusals
from openhouse.access.models import LimitException
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.cast import NOW, SYSTEM


@pytest.fixture
def carla(cast):
    """Carla's account with four of her six children."""
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    return cast.carla_account


def refuse_over(account, student):
    limits.refuse_over(account=account, student=student, at=NOW)


def test_a_fifth_student_is_refused(carla, cast):
    with pytest.raises(refusals.LimitReached):
        refuse_over(carla, cast.carlas_children[4])


def test_a_fourth_is_not(cast):
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:3])
    refuse_over(cast.carla_account, cast.carlas_children[3])


def test_a_student_whom_the_account_has_is_never_one_too_many(carla, cast):
    refuse_over(carla, cast.carlas_children[0])


def test_an_association_whose_guardianship_ended_does_not_count(carla, cast):
    make.end(cast.carla_of[cast.carlas_children[0]], at=NOW)
    refuse_over(carla, cast.carlas_children[4])


def test_an_association_that_ended_does_not_count(carla, cast):
    carla.associations.filter(student=cast.carlas_children[0]).update(valid_until=NOW)
    refuse_over(carla, cast.carlas_children[4])


def test_an_association_that_waits_for_a_new_pin_counts(carla, cast):
    carla.associations.update(revalidate_since=NOW)
    with pytest.raises(refusals.LimitReached):
        refuse_over(carla, cast.carlas_children[4])


def test_policy_sets_the_limit(carla, cast):
    values.choose(name="student_limit", text="5", by=SYSTEM, at=NOW)
    refuse_over(carla, cast.carlas_children[4])


def test_an_exception_lifts_the_limit_for_this_account_alone(carla, cast):
    assert limits.lift(account=carla, by=SYSTEM, at=NOW) is True
    refuse_over(carla, cast.carlas_children[4])
    assert not LimitException.objects.exclude(account=carla).exists()


def test_a_second_exception_changes_nothing(carla):
    assert limits.lift(account=carla, by=SYSTEM, at=NOW) is True
    assert limits.lift(account=carla, by=SYSTEM, at=NOW) is False
    assert Entry.objects.filter(event=Event.LIMIT_LIFTED).count() == 1


def test_an_exception_that_ended_no_longer_lifts(carla, cast):
    limits.lift(account=carla, by=SYSTEM, at=NOW)
    LimitException.objects.update(valid_until=NOW)
    with pytest.raises(refusals.LimitReached):
        refuse_over(carla, cast.carlas_children[4])


def test_an_exception_is_ended_once_and_kept(carla, cast):
    assert limits.restore(account=carla, by=SYSTEM, at=NOW) is False
    limits.lift(account=carla, by=SYSTEM, at=NOW)
    assert limits.restore(account=carla, by=SYSTEM, at=NOW) is True
    with pytest.raises(refusals.LimitReached):
        refuse_over(carla, cast.carlas_children[4])
    assert LimitException.objects.get().valid_until == NOW
    assert Entry.objects.filter(event=Event.LIMIT_RESTORED).count() == 1


@pytest.fixture
def cora(cast):
    """One of the six children who are all on Carla's account, which has no exception; a new PIN of hers."""
    make.join(cast.carla_account, cast.carla, *cast.carlas_children)
    cora = cast.carlas_children[0]
    pins.renew(guardianship=cast.carla_of[cora], by=SYSTEM, at=NOW)
    return cora


def test_a_student_who_is_there_is_validated_whatever_the_limit(cast, cora):
    """After an exception was removed, or policy lowered the limit."""
    assert make.redeem(cast.carla_account, cora, make.give(cast.carla_of[cora]))


def test_a_family_of_six_from_an_earlier_portal_enters_its_pins(cast):
    numbers = " ".join(child.number for child in cast.carlas_children)
    row = {"email": "carla@home.example", "guardian": cast.carla.sourced_id, "students": numbers}
    account = imports.bring_in(row=row, by=SYSTEM, at=NOW)
    for child in cast.carlas_children:
        assert make.redeem(account, child, make.give(cast.carla_of[child]))
