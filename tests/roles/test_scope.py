"""Scope: an employee reaches the students of the schools that their roles name, and nobody else."""

import pytest

from openhouse.access import parents
from openhouse.access.models import Association, Tie
from openhouse.accounts.models import Account
from openhouse.district.models import Employee, Guardian, Guardianship, School
from openhouse.policy import values
from openhouse.roles import scope
from openhouse.roles.models import Grant
from openhouse.roles.roles import HELD, MAY, WHAT_FOR, Permission, Role
from openhouse.roles.scope import Only
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


def of(account, at=NOW):
    return scope.of(account, at)


def students(account, at=NOW, permission=Permission.FIND_STUDENTS):
    return set(scope.students(of(account, at), permission))


def test_an_employee_reaches_their_own_schools_students(cast):
    assert cast.alma in students(cast.olga) and cast.abel not in students(cast.olga)
    assert cast.abel in students(cast.ben) and cast.alma not in students(cast.ben)


def test_two_roles_reach_two_schools(cast):
    Grant.objects.create(account=cast.olga, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code="1002", valid_from=NOW)
    assert {cast.alma, cast.abel} <= students(cast.olga)


def test_a_student_at_two_schools_is_reached_from_both_and_listed_once(cast):
    make.enrol(cast.alma, cast.cedar)
    assert cast.alma in students(cast.olga) and cast.alma in students(cast.ben)
    Grant.objects.create(account=cast.olga, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code="1002", valid_from=NOW)
    assert list(scope.students(of(cast.olga), Permission.FIND_STUDENTS)).count(cast.alma) == 1


def test_a_withdrawn_student_is_reached_by_nobody(cast):
    assert cast.will not in students(cast.olga)


@pytest.mark.parametrize("permission", [Permission.SEARCH_PARENTS, Permission.SEE_HISTORY, Permission.SEE_REPORTS])
def test_rows_that_lead_to_students_are_reached_as_the_students_are(cast, permission):
    make.enrol(cast.alma, cast.cedar)
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.tie(cast.arturo_account, cast.arturo)  # no student added yet
    make.associate(cast.carla_account, cast.abel)  # the tie was ended
    for over in (make.tie(cast.berta_account, cast.berta), make.associate(cast.boris_account, cast.bella)):
        over.valid_until = NOW
        over.save()
    Grant.objects.create(account=cast.ben, role=Role.HELP_DESK, valid_from=NOW)
    Grant.objects.create(account=cast.olga, role=Role.DISTRICT_ADMINISTRATOR, valid_from=NOW)
    for account in (cast.olga, cast.ben):
        found = of(account)
        reached, now = scope.students(found, permission), {"valid_until": None}
        pairs = Guardianship.objects.filter(student__in=reached, **now)
        ties = Tie.objects.filter(guardian__in=pairs.values("guardian"), **now)
        own = Association.objects.filter(student__in=reached, **now)
        guardians = {pair.guardian_id for pair in pairs}
        accounts = {row.account_id for row in (*own, *ties)}
        for model, links, expected in (
            (Guardian, parents.PAIRED, guardians),
            (Account, parents.OWN_AND_TIED, accounts),
        ):
            linked = model.objects.filter(scope.linked_at(scope.here(found, permission), links))
            assert expected and set(linked.values_list("pk", flat=True)) == expected


def test_over_the_summer_a_student_is_reached_until_the_day_policy_names(cast):
    values.choose(name="summer_from", text="2026-11-01", by=SYSTEM, at=NOW)
    values.choose(name="summer_until", text="2026-11-25", by=SYSTEM, at=NOW)
    assert cast.will in students(cast.olga)
    assert cast.will not in students(cast.olga, at=NOW + 6 * DAY)


def test_a_student_or_a_school_that_the_sis_no_longer_states_is_out_of_reach(cast):
    make.end(cast.alma, at=NOW)
    assert cast.alma not in students(cast.olga)
    make.end(cast.cedar, at=NOW)
    assert students(cast.ben) == set()


def test_a_grant_reaches_from_its_first_moment_to_its_end(cast):
    Grant.objects.filter(account=cast.olga).update(valid_from=NOW, valid_until=NOW + DAY)
    found = [of(cast.olga, NOW + days * DAY).allows(Permission.FIND_STUDENTS) for days in (-1, 0, 1)]
    assert found == [False, True, False]


def test_a_school_code_is_matched_whole_and_in_its_own_case(cast):
    School.objects.filter(pk=cast.maple.pk).update(code="AB1")
    for code, reached in (("AB", False), ("ab1", False), ("AB1", True)):
        Grant.objects.filter(account=cast.olga).update(school_code=code)
        assert (cast.alma in students(cast.olga)) is reached


def test_two_schools_that_share_a_code_are_both_reached_and_one_that_ended_is_not(cast):
    School.objects.filter(pk=cast.cedar.pk).update(code=cast.maple.code)
    assert {cast.alma, cast.abel} <= students(cast.olga) and students(cast.ben) == set()
    narrowed = scope.of(cast.olga, NOW, Only(cast.maple.code, "Maple"))
    assert {cast.alma, cast.abel} <= set(scope.students(narrowed, Permission.FIND_STUDENTS))
    make.end(cast.cedar, at=NOW)
    assert cast.alma in students(cast.olga) and cast.abel not in students(cast.olga)


def test_an_employee_without_a_role_and_a_guardian_reach_nobody(cast):
    teacher = make.employee("Theo", None)
    for account in (teacher, cast.ana_account):
        assert students(account) == set()
        assert not any(of(account).allows(permission) for permission in Permission)


@pytest.mark.parametrize("who", ["dora", "rhea"])
def test_a_role_over_the_district_or_its_figures_finds_no_students_by_itself(cast, who):
    assert students(getattr(cast, who)) == set()


@pytest.mark.parametrize("role", [Role.SITE_ADMINISTRATOR, Role.REPORTING])
def test_a_role_without_the_permission_reaches_nobody_with_it(cast, role):
    account = make.employee("Sam", role, cast.maple)
    assert students(account) == set()
    assert not scope.guardianships(of(account), Permission.GIVE_PINS).exists()


def test_a_permission_of_one_role_does_not_travel_to_another_roles_school(cast):
    account = make.employee("Rita", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple)
    Grant.objects.create(account=account, role=Role.REPORTING, school_code="1002", valid_from=NOW)
    assert cast.abel not in students(account)
    assert scope.school_codes(of(account), Permission.SEE_REPORTS) == ["1001", "1002"]


def test_the_help_desk_reaches_every_school(cast):
    assert {cast.alma, cast.abel} <= students(cast.hank)


def test_guardianships_are_current_and_in_scope(cast):
    reached = set(scope.guardianships(of(cast.olga), Permission.SEE_PINS))
    assert {cast.ana_of_alma, cast.arturo_of_alma} <= reached and cast.ana_of_abel not in reached
    make.end(cast.arturo_of_alma, at=NOW)
    assert cast.arturo_of_alma not in scope.guardianships(of(cast.olga), Permission.SEE_PINS)


def test_every_role_says_what_it_may_and_where():
    assert set(MAY) == set(HELD) == set(WHAT_FOR) == set(Role)
    assert all(HELD.values()) and all(permission.label for permission in Permission)


def test_only_the_parent_access_administrator_gives_pins():
    assert [role for role in Role if Permission.GIVE_PINS in MAY[role]] == [Role.PARENT_ACCESS_ADMINISTRATOR]


def test_an_employee_whom_the_school_system_names_no_more_has_no_scope(cast):
    Employee.objects.filter(sourced_id="employee-Olga").update(valid_until=NOW)
    assert not scope.of(cast.olga, NOW).grants


@pytest.fixture
def regions(cast):
    """Maple is in the region North with Birch, Cedar in South."""
    for school, region in ((cast.maple, "North"), (cast.cedar, "South")):
        school.local_district = region
        school.save()
    cast.birch = make.school("1003", "Birch Middle", local_district="North")
    cast.bo = make.student("Bo", "Lin", cast.birch)
    return cast


def in_region(name, region, role=Role.HELP_DESK):
    account = make.employee(name, None)
    Grant.objects.create(account=account, role=role, region=region, valid_from=NOW)
    return account


def test_a_region_s_help_desk_reaches_the_schools_that_the_sis_names_in_it(regions):
    assert {regions.alma, regions.bo} <= students(in_region("Nils", "North"))
    assert regions.abel not in students(in_region("Nora", "North"))
    assert students(in_region("Nick", "Nowhere")) == set()


def test_a_role_at_a_school_and_one_in_a_region_reach_both(regions):
    nils = in_region("Nils", "South")
    Grant.objects.create(
        account=nils, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code=regions.maple.code, valid_from=NOW
    )
    reached = students(nils)
    assert {regions.alma, regions.abel} <= reached and regions.bo not in reached


def test_a_school_that_changes_its_region_changes_who_reaches_it(regions):
    nils = in_region("Nils", "North")
    regions.birch.local_district = "South"
    regions.birch.save()
    assert regions.bo not in students(nils)


def test_reporting_is_held_at_a_school_in_a_region_or_for_the_district(regions):
    wide = make.employee("Wim", Role.REPORTING)
    found = [
        set(scope.schools(of(account), Permission.SEE_REPORTS))
        for account in (regions.rhea, in_region("Nils", "North", Role.REPORTING), wide)
    ]
    assert found == [{regions.cedar}, {regions.maple, regions.birch}, {regions.maple, regions.birch, regions.cedar}]


def test_a_school_s_role_that_names_no_school_reaches_none(regions):
    account = make.employee("Nell", Role.PARENT_ACCESS_ADMINISTRATOR)
    assert students(account) == set()
    assert not of(account).reaches(Permission.SEE_PINS, make.school("1009", "Of no region"))


@pytest.mark.parametrize("who", ["olga", "ben", "hank", "dora", "rhea", "nils"])
@pytest.mark.parametrize("permission", [*Permission])
def test_narrowing_never_widens(regions, who, permission):
    regions.nils = in_region("Nils", "North")
    account = getattr(regions, who)
    whole = of(account)
    for school in (regions.maple, regions.birch, regions.cedar):
        narrow = scope.of(account, NOW, scope.Only(school.code, school.name))
        at_school = scope.schools(whole, permission).filter(pk=school.pk)
        assert set(scope.schools(narrow, permission)) == set(at_school)
        assert narrow.reaches(permission, school) == at_school.exists() == whole.reaches(permission, school)
        assert not narrow.is_district_wide(permission)
        assert set(scope.students(narrow, permission)) <= set(scope.students(whole, permission))
        assert set(scope.guardianships(narrow, permission)) <= set(scope.guardianships(whole, permission))
        assert set(scope.remembered(narrow)) <= set(scope.remembered(whole))


@pytest.fixture
def boris_at_work(cast):
    """A clerk of the school where the SIS restricts him for a student."""
    return make.employee("Boris", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple, sourced_id=cast.boris.sourced_id)


def test_nobody_reaches_a_student_from_whom_the_sis_keeps_them_away(cast, boris_at_work):
    reached = students(boris_at_work)
    assert cast.alma in reached
    assert cast.bella not in reached
    pairs = scope.guardianships(of(boris_at_work), Permission.SEE_PINS).filter(student=cast.bella)
    assert not pairs.exists()


def test_nor_by_the_email_that_the_sis_has_for_both(cast):
    make.change(cast.boris, at=NOW - DAY, email="boris@district.example")
    for role in (Role.PARENT_ACCESS_ADMINISTRATOR, Role.DISTRICT_ADMINISTRATOR):
        school = cast.maple if role is Role.PARENT_ACCESS_ADMINISTRATOR else None
        boris = make.employee("Boris", role, school, sourced_id=f"boris-{role}", email="Boris@district.example")
        assert cast.bella not in scope.students(of(boris), Permission.SEE_HISTORY)
        assert cast.bella not in scope.remembered(of(boris))


def test_nor_by_another_record_of_the_employee(cast):
    facts = {"email": "boris@district.example"}
    make.employee("Boris", None, sourced_id=cast.boris.sourced_id, **facts)
    again = make.employee("Boris", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple, sourced_id="boris-again", **facts)
    assert cast.alma in students(again)
    assert cast.bella not in students(again)


def test_a_text_that_restricts_nobody_keeps_nobody_away(cast, boris_at_work):
    values.choose(name="no_restriction_words", text="no contact", by=SYSTEM, at=NOW - DAY)
    values.choose(name="restriction_words", text="stay away", by=SYSTEM, at=NOW - DAY)
    assert cast.bella in students(boris_at_work)


def test_a_restriction_that_is_lifted_keeps_nobody_away(cast, boris_at_work):
    make.change(cast.boris_of_bella, at=NOW - DAY, restriction="")
    assert cast.bella in students(boris_at_work)
