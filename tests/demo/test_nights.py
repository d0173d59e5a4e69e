"""A night changes about one family in a hundred, always the same ones, and the story's two."""

from dataclasses import replace
from itertools import pairwise

import pytest

from openhouse.demo import district, oneroster
from openhouse.demo.district import DistrictPlan
from openhouse.demo.schools import survey

type Sheets = dict[str, list[dict[str, str]]]
type Families = dict[str, frozenset[oneroster.Row]]


def families_of(plan: DistrictPlan) -> Families:
    """All rows of a student's household by the student's sourcedId."""
    found = {}
    for h in district.everyone(plan, survey(plan)):
        rows = frozenset((*oneroster.users(h), *oneroster.roles(h), *oneroster.guardianships(h)))
        found.update({student.sourced_id: rows for student in h.students})
    return found


@pytest.fixture(scope="module")
def nights(plan: DistrictPlan) -> list[Families]:
    return [families_of(replace(plan, night=night)) for night in (1, 2, 3)]


def test_about_one_percent_changes_each_night(nights: list[Families]) -> None:
    for before, after in pairwise(nights):
        touched = sum(before.get(student) != rows for student, rows in after.items())
        assert 0.005 < touched / len(after) < 0.02


def test_no_student_vanishes_and_some_arrive(nights: list[Families]) -> None:
    assert nights[0].keys() < nights[1].keys() < nights[2].keys()


def test_the_ended_is_gone_in_the_second_night(plan: DistrictPlan, sheets: Sheets, next_sheets: Sheets) -> None:
    case = district.cast(plan)["the_ended"]
    pair = {"studentSourcedId": case.student.sourced_id, "guardianSourcedId": case.guardian.sourced_id}
    assert any(pair.items() <= row.items() for row in sheets["guardianships.csv"])
    assert not any(pair.items() <= row.items() for row in next_sheets["guardianships.csv"])
    [student] = [row for row in next_sheets["users.csv"] if row["sourcedId"] == case.student.sourced_id]
    assert student["agentSourcedIds"] == case.guardians[1].sourced_id


def test_the_newly_restricted_has_no_contact_from_the_second_night(
    plan: DistrictPlan, sheets: Sheets, next_sheets: Sheets
) -> None:
    sourced_id = district.cast(plan)["the_newly_restricted"].guardian.sourced_id
    before, after = (
        [row["restriction"] for row in s["guardianships.csv"] if row["guardianSourcedId"] == sourced_id]
        for s in (sheets, next_sheets)
    )
    assert (before, after) == ([""], ["no contact"])


def test_the_rest_of_the_cast_never_changes(plan: DistrictPlan) -> None:
    first, later = district.cast(plan), district.cast(replace(plan, night=90))
    told = {"the_ended", "the_newly_restricted"}
    for name in first.keys() - told:
        assert [h.guardianships for h in first[name].households] == [h.guardianships for h in later[name].households]


def test_every_kind_of_change_happens(plan: DistrictPlan) -> None:
    """Over eighty nights every family changes once: moves, new links, ends, restrictions, enrolments, withdrawals."""
    later = replace(plan, students=400, night=81)
    households = list(district.everyone(later, survey(later)))
    students = [student for h in households for student in h.students]
    bonds = [bond for h in households for bond in h.guardianships]
    after = plan.on.isoformat()
    assert any(len(student.enrolments) > 1 for student in students)
    assert any(student.enrolments[-1].end > after for student in students)
    assert any(student.enrolments[0].begin > after for student in students)
    assert any(bond.begin > after for bond in bonds)
    assert any(bond.end > after for bond in bonds)
    assert any(bond.restriction for bond in bonds)
