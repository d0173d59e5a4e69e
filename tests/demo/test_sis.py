"""The demo's SIS: the portal's own lookup asks it over HTTP, and its desk enrols."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from openhouse.demo import district
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import survey
from openhouse.demo.sis.records import BASE
from openhouse.demo.sis.register import Register
from openhouse.demo.sis.server import CLIENT, Mood, Sis
from openhouse.policy.values import Policy
from openhouse.sync.batches import BirthDate, Org, Pair, Person, Role
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_rest import Asked
from openhouse.sync.sources.oneroster_rest.lookup import open_lookup
from openhouse.sync.wire import AnswerRefused, Credentials

TODAY = date(2026, 11, 20)


@pytest.fixture
def sis(plan: DistrictPlan, tmp_path: Path) -> Iterator[Sis]:
    """The SIS of the made-up district, open."""
    made = Sis()
    made.open(replace(plan, students=60), tmp_path)
    yield made
    made.close()


def find(sis: Sis, number: str, seconds: float = 5.0) -> list[Any]:
    """Everything that a lookup learns of a Student ID."""
    credentials = Credentials(f"{sis.root}/token", CLIENT, sis.secret)
    lookup = open_lookup(sis.root + BASE, credentials, asked=Asked(guardianships=True))
    batches = lookup.find(number, Policy(), Notices(), deadline=time.monotonic() + seconds)
    return [row for batch in batches for row in batch]


def desk(sis: Sis, what: str = "", **told: str) -> Any:
    """What the desk says, or the status with which it refuses."""
    answer = httpx.request("POST" if what else "GET", f"{sis.root}/desk/{what}", auth=(CLIENT, sis.secret), json=told)
    return answer.json() if answer.status_code == 200 else answer.status_code


def of(rows: list[Any], kind: type) -> list[Any]:
    return [row for row in rows if isinstance(row, kind)]


def test_it_knows_every_family_of_the_district_as_the_night_after_shows_it(sis: Sis) -> None:
    assert sis.register
    plan = sis.register.plan
    for household in district.everyone(plan, survey(plan)):
        again = sis.register.of_student(household.students[0].number)
        assert again
        assert [each.given for each in again.guardians] == [each.given for each in household.guardians]
        assert [bond.restriction for bond in again.guardianships][:1] == [
            bond.restriction for bond in household.guardianships
        ][:1]
    assert plan.night == 2


def test_a_lookup_learns_the_student_the_school_and_both_parents(sis: Sis) -> None:
    assert sis.register
    student = district.cast(sis.register.plan)["ordinary"].student
    rows = find(sis, student.number)
    assert [row.family_name for row in of(rows, Person)] == [student.family] * 3
    assert [row.birth_date for row in of(rows, BirthDate)] == [student.birth_date]
    assert student.school.code in [row.code for row in of(rows, Org)]
    assert [row.legal for row in of(rows, Pair)] == [True, True]


def test_a_guardian_who_works_in_the_district_is_found_too(sis: Sis) -> None:
    assert sis.register
    case = district.cast(sis.register.plan)["employee_parent"]
    rows = find(sis, case.student.number)
    assert case.guardian.sourced_id in [row.sourced_id for row in of(rows, Person)]
    assert case.guardian.sourced_id in [row.person for row in of(rows, Role)]


def test_nobody_has_a_number_that_was_not_given_out(sis: Sis) -> None:
    assert find(sis, "000000X000") == []
    assert find(sis, "' or '1'='1") == []


def test_the_desk_enrols_one_student_with_two_legal_guardians_at_the_school(sis: Sis) -> None:
    school = desk(sis)["schools"][1]
    [family] = desk(sis, "families", school=school["code"])["arrivals"]
    [student] = family["students"]
    rows = find(sis, student["number"])
    assert [row.code for row in of(rows, Org) if row.is_school] == [school["code"]]
    assert [(row.relation, row.legal) for row in of(rows, Pair)] == [("mother", True), ("father", True)]


@pytest.mark.parametrize("place", range(8))
def test_nobody_who_enrols_at_the_desk_is_eighteen_or_shares_a_number(sis: Sis, place: int) -> None:
    school = desk(sis)["schools"][place]
    for _time in range(3):
        told = desk(sis, "families", school=school["code"])
    children = [child for family in told["arrivals"] for child in family["students"]]
    assert all(date.fromisoformat(child["born"]) > date(2008, 11, 30) for child in children)
    assert len({child["number"] for child in children}) == 3


def test_a_guardian_comes_to_a_student_of_the_district_and_of_the_desk(sis: Sis) -> None:
    assert sis.register
    old = district.cast(sis.register.plan)["ordinary"].student.number
    new = desk(sis, "families", school=desk(sis)["schools"][0]["code"])["arrivals"][0]["students"][0]["number"]
    for number in (old, new):
        desk(sis, "guardians", student_number=number)
        assert [row.legal for row in of(find(sis, number), Pair)] == [True] * 3


def test_the_desk_tells_the_newest_first_and_the_number_of_who_came(sis: Sis) -> None:
    assert sis.register
    old = district.cast(sis.register.plan)["ordinary"].student.number
    school = desk(sis)["schools"][0]["code"]
    assert desk(sis, "guardians", student_number=old)["number"] == old
    first, second = desk(sis, "families", school=school), desk(sis, "families", school=school)
    newest = [family["students"][0]["number"] for family in second["arrivals"]]
    assert newest == [second["number"], first["number"], old]
    assert desk(sis, "guardians", student_number=old)["arrivals"][0]["students"][0]["number"] == old


def test_what_the_desk_did_is_there_after_a_restart(sis: Sis, tmp_path: Path) -> None:
    assert sis.register
    number = district.cast(sis.register.plan)["ordinary"].student.number
    desk(sis, "families", school=desk(sis)["schools"][0]["code"])
    desk(sis, "guardians", student_number=number)
    again = Register(replace(sis.register.plan, night=1), tmp_path)
    assert again.arrivals() == sis.register.arrivals() != []


@pytest.mark.parametrize(
    ("what", "told"),
    [("families", {"school": "9"}), ("guardians", {"student_number": "9"}), ("mood", {"mood": "odd"}), ("x", {})],
)
def test_the_desk_refuses_what_it_does_not_know(sis: Sis, what: str, told: dict[str, str]) -> None:
    assert desk(sis, what, **told) == 404
    assert desk(sis)["arrivals"] == []


def test_nobody_is_told_anything_without_the_secret(sis: Sis) -> None:
    with pytest.raises(AnswerRefused) as refused:
        sis.secret, secret = "another", sis.secret
        credentials = Credentials(f"{sis.root}/token", CLIENT, secret)
        list(open_lookup(sis.root + BASE, credentials).find("1", Policy(), Notices(), deadline=time.monotonic() + 5))
    assert refused.value.status == 401
    for path in ("/desk/", f"{BASE}/students"):
        assert httpx.get(sis.root + path).status_code == 401


@pytest.mark.parametrize("mood", [Mood.SLOW, Mood.DEAD])
def test_slow_or_dead_it_leaves_a_lookup_without_an_answer_and_the_desk_works(sis: Sis, mood: Mood) -> None:
    desk(sis, "mood", mood=mood)
    with pytest.raises(AnswerRefused) as refused:
        find(sis, "1", seconds=0.3)
    assert refused.value.status == 0
    assert desk(sis, "mood", mood="prompt")["mood"] == "prompt"
    assert find(sis, "1") == []
