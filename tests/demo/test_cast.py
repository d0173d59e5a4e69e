"""The hard families are in every district, and are what their names say."""

from datetime import date

import pytest

from openhouse.demo import district
from openhouse.demo.cast import Case
from openhouse.demo.district import DistrictPlan
from openhouse.demo.playbill import BILL

type Sheets = dict[str, list[dict[str, str]]]
type Cast = dict[str, Case]


@pytest.fixture(scope="module")
def cast(plan: DistrictPlan) -> Cast:
    return district.cast(plan)


def bonds(case: Case) -> list[tuple[str, str, str]]:
    return [(b.relation, b.legal, b.restriction) for household in case.households for b in household.guardianships]


def test_the_smallest_district_has_the_whole_cast() -> None:
    cast = district.cast(DistrictPlan(students=40, seed=99, on=date(2026, 2, 28)))
    assert list(cast) == list(BILL)
    assert sum(len(case.students) for case in cast.values()) <= 40


def test_the_cast_stands_in_the_file_as_it_says(sheets: Sheets, cast: Cast) -> None:
    users = {row["sourcedId"]: row for row in sheets["users.csv"]}
    born = {row["sourcedId"]: row["birthDate"] for row in sheets["demographics.csv"]}
    for case in cast.values():
        for student in case.students:
            row = users[student.sourced_id]
            assert (row["identifier"], row["givenName"], row["familyName"]) == (
                student.number,
                student.given,
                student.family,
            )
            assert born[student.sourced_id] == student.birth_date
        for guardian in case.guardians:
            assert users[guardian.sourced_id]["email"] == guardian.email


def test_siblings_are_at_three_schools(cast: Cast) -> None:
    assert len({student.school.code for student in cast["three_schools"].students}) == 3


def test_a_family_has_six_children(cast: Cast) -> None:
    assert len(cast["six_children"].students) == 6


def test_two_homes_have_two_addresses_and_two_legal_guardians(cast: Cast) -> None:
    mother, father = cast["two_homes"].guardians
    assert mother.address != father.address
    assert {legal for _, legal, _ in bonds(cast["two_homes"])} == {"true"}


def test_a_foster_parent_is_legal_and_the_mother_is_not(cast: Cast) -> None:
    assert bonds(cast["foster"]) == [("foster parent", "true", ""), ("mother", "false", "")]


def test_a_grandmother_is_the_only_guardian(cast: Cast) -> None:
    assert bonds(cast["grandparent"]) == [("grandmother", "true", "")]


def test_a_restricted_father_stands_beside_a_legal_mother(cast: Cast) -> None:
    assert bonds(cast["restricted"]) == [("father", "true", "no contact"), ("mother", "true", "")]


def test_a_restriction_cannot_be_read(cast: Cast) -> None:
    assert bonds(cast["unreadable_restriction"])[0] == ("father", "true", "see file 12-B")


def test_an_employee_is_a_parent_at_the_school_of_work(sheets: Sheets, cast: Cast) -> None:
    case = cast["employee_parent"]
    roles = {
        (r["role"], r["orgSourcedId"]) for r in sheets["roles.csv"] if r["userSourcedId"] == case.guardian.sourced_id
    }
    assert roles == {("teacher", case.student.school.sourced_id), ("guardian", "district-1")}
    assert case.guardian.email.endswith("@district.example")


def test_two_parents_share_an_email(cast: Cast) -> None:
    first, second = cast["shared_email"].guardians
    assert first.email == second.email != ""


def test_guardians_have_no_email(cast: Cast) -> None:
    assert [guardian.email for guardian in cast["no_email"].guardians] == ["", ""]


def test_namesakes_differ_by_student_id_alone(cast: Cast) -> None:
    first, second = cast["namesake_students"].students
    assert (first.given, first.family, first.birth_date, first.school) == (
        second.given,
        second.family,
        second.birth_date,
        second.school,
    )
    assert first.number != second.number


def test_two_guardians_share_a_name(cast: Cast) -> None:
    first, second = cast["namesake_guardians"].guardians
    assert (first.given, first.family) == (second.given, second.family)
    assert first.sourced_id != second.sourced_id


@pytest.mark.parametrize(("name", "ground"), [("eighteen_without_ground", ""), ("eighteen_dependent", "dependent")])
def test_a_student_is_eighteen(cast: Cast, plan: DistrictPlan, name: str, ground: str) -> None:
    student = cast[name].student
    assert date(2007, 11, 20) <= date.fromisoformat(student.birth_date) <= date(2008, 11, 20)
    assert student.ground == ground


def test_a_withdrawn_student_has_left_before_the_day(cast: Cast, plan: DistrictPlan) -> None:
    [enrolment] = cast["withdrawn"].student.enrolments
    assert enrolment.begin < enrolment.end < plan.on.isoformat()


def test_a_legal_flag_is_blank(cast: Cast) -> None:
    assert [legal for _, legal, _ in bonds(cast["blank_legal"])] == ["", "true"]


def test_a_person_with_one_name_keeps_the_column_filled(cast: Cast) -> None:
    assert (cast["single_name"].guardian.given, cast["single_name"].guardian.family) == ("-", "Kartini")


def test_a_student_has_no_guardian(cast: Cast) -> None:
    assert cast["no_guardian"].guardians == ()


def test_a_mother_stands_twice(cast: Cast) -> None:
    first, second = cast["twice_recorded"].guardians
    assert (first.given, first.family) == (second.given, second.family)
    assert [len(household.guardianships) for household in cast["twice_recorded"].households] == [2]


def test_a_birth_date_is_not_on_file(cast: Cast) -> None:
    assert cast["no_birth_date"].student.birth_date == ""
