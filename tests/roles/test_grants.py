"""Roles end with the school year, are renewed and revoked; the district is never without an administrator."""

from datetime import date, datetime

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee
from openhouse.policy import values
from openhouse.roles import grants, refusals, scope
from openhouse.roles.models import Grant
from openhouse.roles.places import Place
from openhouse.roles.roles import Permission, Role
from tests import cast as make
from tests.cast import DAY, NOW, SINCE, SYSTEM

MAPLE = Place(school_code="1001")
REPORTING = Role.REPORTING


def day(text):
    return timezone.make_aware(datetime.fromisoformat(text))


def give(account, by, role=REPORTING, place=MAPLE, at=NOW):
    return grants.give(account=account, role=role, place=place, by=by, actor=actor.of(by), at=at)[0]


def renew(grant, by, at):
    return grants.renew(grant=grant, by=by, actor=actor.of(by), at=at)


def revoke(grant, by, at=NOW):
    return grants.revoke(grant=grant, reason="Moved to the library.", by=by, actor=actor.of(by), at=at)


@pytest.fixture
def held(cast):
    cast.theo = make.employee("Theo", None)
    return give(cast.theo, cast.dora)


def test_a_role_ends_with_the_school_year(cast, held):
    assert held.expires_at == day("2027-07-01")
    assert held.last_date == date(2027, 6, 30)
    assert scope.of(cast.theo, day("2027-06-30")).allows(Permission.SEE_REPORTS)
    assert not scope.of(cast.theo, day("2027-07-01")).grants


def test_the_school_year_is_the_district_s(cast):
    values.choose(name="school_year_start", text="08-15", by=SYSTEM, at=NOW)
    assert give(cast.rhea, cast.dora).expires_at == day("2027-08-15")


def test_a_district_administrator_s_role_has_no_end(cast, held):
    assert give(cast.theo, cast.dora, Role.DISTRICT_ADMINISTRATOR, Place()).expires_at is None


def test_a_role_is_renewed_for_a_school_year_once(cast, held):
    june = day("2027-06-10")
    renewed = renew(held, cast.dora, june)
    assert (renewed.valid_from, renewed.expires_at) == (june, day("2028-07-01"))
    for again, refused in ((held, refusals.EndedAlready), (renewed, refusals.NotDue)):
        with pytest.raises(refused):
            renew(again, cast.dora, june)
    assert Entry.objects.filter(event=Event.ROLE_RENEWED).count() == 1


def test_a_role_that_ended_is_renewed_and_the_gap_stays_on_record(cast, held):
    august = day("2027-08-20")
    assert renew(held, cast.dora, august).expires_at == day("2028-07-01")
    reached = [scope.of(cast.theo, day(when)).allows(Permission.SEE_REPORTS) for when in ("2027-07-15", "2027-08-21")]
    assert reached == [False, True]


def test_nobody_renews_a_role_of_their_own(cast):
    own = give(cast.dora, cast.hank)
    with pytest.raises(refusals.OwnRole):
        renew(own, cast.dora, day("2027-06-10"))


def test_those_that_end_soon_or_ended_of_people_still_here_can_be_renewed(cast, held):
    def due(at):
        return list(grants.renewable(Grant.objects.all(), at))

    assert [due(day(when)) for when in ("2027-04-01", "2027-06-10", "2027-09-01")] == [[], [held], [held]]
    assert due(day("2028-02-01")) == []
    make.end(Employee.objects.get(sourced_id="employee-Theo"), at=NOW)
    assert due(day("2027-06-10")) == []


def test_a_revoked_role_is_gone_at_once_and_its_holder_is_told(cast, held, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ended = revoke(held, cast.dora)
    assert (ended.valid_until, ended.ended_by, ended.end_reason) == (NOW, cast.dora, "Moved to the library.")
    assert not scope.of(cast.theo, NOW).grants
    assert [each.to for each in mail.outbox] == [["theo@district.example"]]
    assert "Moved to the library." in mail.outbox[0].body
    with pytest.raises(refusals.EndedAlready):
        revoke(held, cast.dora)
    assert Entry.objects.filter(event=Event.ROLE_REVOKED).count() == 1


def test_the_last_district_administrator_stays(cast):
    only = cast.dora.grants.get()
    with pytest.raises(refusals.LastAdministrator):
        revoke(only, cast.dora)
    gone = make.employee("Gwen", Role.DISTRICT_ADMINISTRATOR)
    make.end(Employee.objects.get(sourced_id="employee-Gwen"), at=SINCE)
    with pytest.raises(refusals.LastAdministrator):
        revoke(only, gone)
    make.employee("Iris", Role.DISTRICT_ADMINISTRATOR)
    assert revoke(only, cast.dora).valid_until == NOW


def test_two_administrators_whose_clocks_cross_do_not_revoke_each_other(cast):
    iris = make.employee("Iris", Role.DISTRICT_ADMINISTRATOR)
    revoke(iris.grants.get(), cast.dora, at=NOW + DAY)
    with pytest.raises(refusals.LastAdministrator):
        revoke(cast.dora.grants.get(), iris, at=NOW)


def test_a_role_given_twice_is_held_once_and_one_that_ran_out_is_given_anew(cast, held):
    assert give(cast.theo, cast.dora) == held
    anew = give(cast.theo, cast.dora, at=day("2027-09-01"))
    held.refresh_from_db()
    assert (held.valid_until, anew.expires_at) == (day("2027-07-01"), day("2028-07-01"))


def test_a_role_names_a_school_or_a_region_and_never_two(cast):
    with pytest.raises(ValueError):
        Place(school_code="1001", region="North")
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.create(account=cast.rhea, role=REPORTING, school_code="1001", region="North", valid_from=NOW)


def test_nobody_appoints_themselves(cast):
    dora = Employee.objects.get(sourced_id="employee-Dora")
    with pytest.raises(refusals.OwnRole):
        grants.appoint(
            employee=dora, role=Role.SITE_ADMINISTRATOR, place=MAPLE, by=cast.dora, actor=actor.of(cast.dora), at=NOW
        )
    assert scope.of(cast.dora, NOW + DAY).grants == scope.of(cast.dora, NOW).grants
