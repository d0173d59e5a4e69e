"""Why?: for every standing the decision's own answer, a reason, and the facts it rests on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from openhouse import access
from openhouse.access import explanation, ties
from openhouse.access.explanation import REASONS
from openhouse.access.models import Association, Way
from openhouse.access.standing import Standing
from openhouse.accounts import activity
from openhouse.district.models import Student
from openhouse.policy import values
from tests import cast as make
from tests.cast import NOW, SINCE, SYSTEM

DAY = timedelta(days=1)
ASKED = {"within": Student.objects.all(), "sis_name": "the SIS"}


def inactive(cast):
    cast.ana_account = activity.deactivate(account=cast.ana_account, for_cause=False, by=SYSTEM, at=NOW)


def restricted(cast):
    make.change(cast.ana_of_alma, at=NOW, restriction="no contact")


def held(cast):
    make.change(cast.ana_of_alma, at=NOW, restriction="see file 12-B")


def ended(cast):
    make.end(cast.ana_of_alma, at=NOW)


def eligible(cast):
    make.change(cast.alma, at=NOW, birth_date=NOW.date().replace(year=NOW.year - 18))


def revalidate(cast):
    Association.objects.update(revalidate_since=NOW)


def disabled(cast):
    Association.objects.update(way=Way.IMPORTED, valid_from=NOW - 90 * DAY)


def grace(cast):
    Association.objects.update(way=Way.IMPORTED, valid_from=NOW - DAY)


def active(cast):
    pass


CASES = {
    Standing.ACCOUNT_INACTIVE: (inactive, "deactivated"),
    Standing.RESTRICTED: (restricted, "restricted"),
    Standing.HELD: (held, "held: policy cannot read it"),
    Standing.ENDED: (ended, "Ana Reyes: not named"),
    Standing.ELIGIBLE_STUDENT: (eligible, "18 or older"),
    Standing.REVALIDATE: (revalidate, "yes"),
    Standing.DISABLED: (disabled, ""),
    Standing.GRACE: (grace, ""),
    Standing.ACTIVE: (active, "Ana Reyes, mother: legal guardian"),
}


@pytest.mark.parametrize("standing", Standing)
def test_each_standing_has_its_reason_and_the_fact_that_decided(cast, standing):
    make.join(cast.ana_account, cast.ana, cast.alma)
    begin, says = CASES[standing]
    begin(cast)
    found = explanation.of_account(account=cast.ana_account, student=cast.alma, **ASKED, at=NOW)
    assert found.decision == access.decide(account=cast.ana_account, student=cast.alma, at=NOW)
    assert found.decision.standing is standing and found.reason == REASONS[standing]("the SIS")
    assert not says or says in [fact.says for fact in found.facts]


def test_the_past_is_explained_by_what_was_known_then(cast):
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.change(cast.ana_of_alma, at=NOW - DAY, restriction="no contact")
    before = explanation.of_guardianship(guardianship=cast.ana_of_alma, **ASKED, at=NOW - 2 * DAY)
    assert before.allowed and not [fact for fact in before.facts if fact.says == "restricted"]
    [pair] = [fact for fact in before.facts if fact.what == "Guardianship"]
    assert pair.until == NOW - DAY
    assert not explanation.of_guardianship(guardianship=cast.ana_of_alma, **ASKED, at=NOW).allowed


def test_a_guardian_without_an_account_and_one_whose_tie_ended(cast):
    assert explanation.of_guardianship(guardianship=cast.ana_of_alma, **ASKED, at=NOW).decision is None
    make.join(cast.ana_account, cast.ana, cast.alma)
    ties.end(tie=cast.ana_account.ties.get(), by=SYSTEM, at=NOW)
    assert explanation.of_guardianship(guardianship=cast.ana_of_alma, **ASKED, at=NOW).decision is None
    assert explanation.of_guardianship(guardianship=cast.ana_of_alma, **ASKED, at=NOW - DAY).allowed


def test_an_account_that_never_added_the_student(cast):
    found = explanation.of_account(account=cast.ana_account, student=cast.bella, **ASKED, at=NOW)
    assert not found.allowed and found.reason == "The account had not added this student."


def test_a_blank_flag_names_the_policy_and_since_when(cast):
    make.change(cast.ana_of_alma, at=SINCE, legal=None)
    values.choose(name="blank_legal_flag", text="legal_for_relations", by=SYSTEM, at=NOW - DAY)
    make.join(cast.ana_account, cast.ana, cast.alma)
    found = explanation.of_account(account=cast.ana_account, student=cast.alma, **ASKED, at=NOW)
    [flag] = [fact for fact in found.facts if fact.what == "Legal flag"]
    assert found.allowed and flag.since == NOW - DAY and flag.source == "the portal's policy"


@pytest.mark.parametrize(
    ("days", "says"),
    [
        ({"begin_date": date(2026, 8, 13)}, " (from 08/13/2026)"),
        ({"end_date": date(2027, 6, 10)}, " (until 06/10/2027)"),
        ({"begin_date": date(2026, 8, 13), "end_date": date(2027, 6, 10)}, " (08/13/2026 – 06/10/2027)"),
        ({}, ""),
    ],
)
def test_the_sis_s_own_dates_are_told_where_it_gives_them(cast, days, says):
    make.change(cast.ana_of_alma, at=NOW - DAY, **days)
    found = explanation.of_guardianship(guardianship=cast.ana_of_alma, **ASKED, at=NOW)
    [pair] = [fact for fact in found.facts if fact.what == "Guardianship"]
    assert pair.says == f"Ana Reyes, mother: legal guardian{says}"
