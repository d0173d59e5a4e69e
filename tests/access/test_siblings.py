"""One PIN per family: whom a PIN lets in without another, and all that must not be let in so."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from openhouse import access
from openhouse.access import explanation, limits, pins, refusals, siblings, ties
from openhouse.access.models import Association, LimitException, Tie, Way
from openhouse.accounts import activity, actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Student
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


@pytest.fixture
def family(cast):
    """Policy is on, and a PIN for Alma has tied Ana's account."""
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW - DAY)
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    return cast


def offered(account, at=NOW):
    found = siblings.offered(account=account, policy=values.at(at), at=at)
    return [each.guardianship.student for each in found]


def add(account, student, at=NOW):
    return siblings.add(account=account, student=student, by=actor.of(account), at=at)


def test_a_pin_offers_the_guardian_s_other_students_and_nobody_else_s(family):
    assert offered(family.ana_account) == [family.abel]
    assert offered(family.carla_account) == []


def test_nobody_is_offered_unless_policy_says_so(family):
    values.choose(name="one_pin_per_family", text="false", by=SYSTEM, at=NOW)
    assert offered(family.ana_account) == []
    with pytest.raises(refusals.NotOffered):
        add(family.ana_account, family.abel)


def test_adding_says_its_way_tells_by_mail_and_is_on_record(family, django_capture_on_commit_callbacks):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        made = add(family.ana_account, family.abel)
    assert (made.way, made.through.student, made.valid_from) == (Way.FAMILY, family.alma, NOW)
    assert access.decide(account=family.ana_account, student=family.abel, at=NOW).allowed
    entry = Entry.objects.get(event=Event.ASSOCIATION_MADE)
    assert (entry.student, entry.guardian) == (str(family.abel.key), str(family.ana.key))
    assert entry.detail == {"way": "family", "through": str(family.alma.key)}
    assert [each.to for each in mail.outbox] == [["ana@home.example"]]


def test_adding_twice_is_adding_once(family):
    assert add(family.ana_account, family.abel) == add(family.ana_account, family.abel)


@pytest.mark.parametrize("way", [Way.STAFF, Way.IMPORTED])
def test_a_tie_that_no_pin_made_offers_nobody(family, way):
    Tie.objects.update(way=way)
    assert offered(family.ana_account) == []


@pytest.mark.parametrize("way", [Way.STAFF, Way.IMPORTED])
def test_an_association_that_no_pin_made_offers_nobody(family, way):
    Association.objects.update(way=way)
    assert offered(family.ana_account) == []


def restricted(cast):
    make.change(cast.ana_of_abel, at=NOW, restriction="no contact")


def held(cast):
    make.change(cast.ana_of_abel, at=NOW, restriction="see the file")


def another_is_restricted(cast):
    make.link(cast.abel, cast.arturo, restriction="no contact")


def not_legal(cast):
    make.change(cast.ana_of_abel, at=NOW, legal=False)


def ended(cast):
    make.end(cast.ana_of_abel, at=NOW)


def over(cast):
    make.change(cast.ana_of_abel, at=NOW, end_date=NOW.date())


def withdrawn(cast):
    make.end(cast.abel.enrolments.get(), at=NOW)


def eighteen(cast):
    make.change(cast.abel, at=NOW, birth_date=date(2008, 11, 20))


def without_birth_date(cast):
    make.change(cast.abel, at=NOW, birth_date=None)


def pin_replaced(cast):
    pins.renew(guardianship=cast.ana_of_alma, by=SYSTEM, at=NOW)


def first_student_restricted(cast):
    make.change(cast.ana_of_alma, at=NOW, restriction="no contact")


def tie_ended(cast):
    ties.end(tie=Tie.objects.get(), by=SYSTEM, at=NOW)


def account_deactivated(cast):
    activity.deactivate(account=cast.ana_account, for_cause=False, by=SYSTEM, at=NOW)


CHANGES = [
    restricted, held, another_is_restricted, not_legal, ended, over, withdrawn, eighteen, without_birth_date, pin_replaced,
    first_student_restricted, tie_ended, account_deactivated,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_student_is_not_offered_nor_added_once_the_facts_have_changed(family, change):
    change(family)
    assert offered(family.ana_account) == []
    with pytest.raises(refusals.NotOffered):
        add(family.ana_account, family.abel)
    assert Entry.objects.filter(event=Event.SIBLING_REFUSED).count() == 1
    assert not Association.objects.filter(student=family.abel).exists()


def test_at_eighteen_a_ground_lets_the_student_be_offered(family):
    make.change(family.abel, at=NOW, birth_date=date(2008, 11, 20), eligible_ground="dependent")
    assert offered(family.ana_account) == [family.abel]


def test_the_limit_holds_and_an_exception_lifts_it(cast):
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW - DAY)
    first, *others = cast.carlas_children
    make.redeem(cast.carla_account, first, make.give(cast.carla_of[first]))
    assert len(offered(cast.carla_account)) == 5
    for child in others[:3]:
        add(cast.carla_account, child)
    with pytest.raises(refusals.LimitReached):
        add(cast.carla_account, others[3])
    assert Entry.objects.filter(event=Event.LIMIT_REACHED, student=str(others[3].key)).exists()
    LimitException.objects.create(account=cast.carla_account, valid_from=NOW)
    assert limits.is_lifted(cast.carla_account) and add(cast.carla_account, others[3])


def test_what_exists_stays_when_policy_is_turned_off(family):
    add(family.ana_account, family.abel)
    values.choose(name="one_pin_per_family", text="false", by=SYSTEM, at=NOW)
    assert access.decide(account=family.ana_account, student=family.abel, at=NOW).allowed


def test_a_new_pin_asks_anew_for_all_that_the_old_one_brought(family):
    add(family.ana_account, family.abel)
    pins.renew(guardianship=family.ana_of_alma, by=SYSTEM, at=NOW)
    for student in (family.alma, family.abel):
        assert access.decide(account=family.ana_account, student=student, at=NOW).standing == "revalidate"


def test_a_new_pin_of_one_student_reopens_that_one_alone(family):
    add(family.ana_account, family.abel)
    pins.renew(guardianship=family.ana_of_alma, by=SYSTEM, at=NOW)
    code = pins.give(guardianship=family.ana_of_alma, given="printed", by=SYSTEM, at=NOW)[1]
    make.redeem(family.ana_account, family.alma, code)
    assert offered(family.ana_account) == []
    with pytest.raises(refusals.NotOffered):
        add(family.ana_account, family.abel)
    assert access.decide(account=family.ana_account, student=family.abel, at=NOW).standing == "revalidate"


def test_a_restriction_shuts_out_of_that_student_alone(family):
    add(family.ana_account, family.abel)
    make.change(family.ana_of_abel, at=NOW, restriction="no contact")
    assert access.decide(account=family.ana_account, student=family.abel, at=NOW).standing == "restricted"
    assert access.decide(account=family.ana_account, student=family.alma, at=NOW).allowed


def said(cast, within):
    found = explanation.of_account(
        account=cast.ana_account, student=cast.abel, within=within, sis_name="the SIS", at=NOW
    )
    return next(fact.source for fact in found.facts if fact.what == "Student added")


def test_why_says_through_whose_pin_and_names_nobody_out_of_reach(family):
    add(family.ana_account, family.abel)
    assert said(family, Student.objects.all()) == "one PIN per family, through the PIN for Alma Reyes"
    assert said(family, Student.objects.none()).endswith("through the PIN for a student at another school")
