"""Whatever a night holds: its endings and restrictions alone let nobody in, and what is let in later is the whole night."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from openhouse.access import prospects
from openhouse.access.standing import standing
from openhouse.district import mirror
from openhouse.district.models import Guardianship, Student
from openhouse.district.restrictions import Reading, reading
from openhouse.policy.values import Policy
from tests.sync.export import Export, land
from tests.sync.trouble import choose, crowd, leaves, restricted, stepfather

TODAY = date(2026, 11, 19)
CHILDREN = [f"child-{number}" for number in range(8)]
CELLS: dict[str, tuple[str, ...]] = {
    "legal": ("true", "false", ""), "restriction": ("", "no contact", "see the file", "none"),
    "endDate": ("", "2026-11-01", "2027-06-01"), "beginDate": ("", "2027-01-01"), "relation": ("mother", "aunt"),
}  # fmt: skip


def some_night(dice: random.Random) -> Export:
    """A district in which anything may be so or otherwise."""
    export = crowd(stepfather(restricted(), dice.choice(["maya", "theo", "child-1"])), count=len(CHILDREN))
    for row in export.rows["guardianships.csv"]:
        for cell, values in CELLS.items():
            if dice.random() < 0.3:
                row[cell] = dice.choice(values)
    for row in export.rows["roles.csv"]:
        if row["role"] == "student" and dice.random() < 0.3:
            row |= dice.choice([{"orgSourcedId": "oak"}, {"orgSourcedId": "elm"}, {"endDate": "2026-11-01"}])
    for row in export.rows["users.csv"]:
        row["metadata.eligibleGround"] = dice.choice(["", "", "dependent"])
    return leaves(export, *dice.sample([*CHILDREN, "iris"], dice.randrange(3)))


def let_in() -> set[tuple[str, str]]:
    """The pairs whose guardian the mirror lets in."""
    found = set()
    for each in prospects.of([], list(Student.objects.values_list("sourced_id", flat=True))):
        for guardian in each.before.pairs:
            if standing(each.before.facts([guardian], Policy(), TODAY)).lets_in:
                found.add((each.student, guardian))
    return found


def current_students() -> set[str]:
    return set(Student.objects.filter(valid_until=None).values_list("sourced_id", flat=True))


def restrictions() -> set[tuple[str, str]]:
    """The pairs that are restricted, or held."""
    rows = Guardianship.objects.filter(valid_until=None).select_related("student", "guardian")
    shut = [each for each in rows if reading(each.restriction, Policy()) is not Reading.NONE]
    return {(each.student.sourced_id, each.guardian.sourced_id) for each in shut}


def current() -> dict[str, set[Any]]:
    found = {}
    for entity in mirror.ENTITIES:
        keys = [f"{end}__sourced_id" for end in entity.ends] or ["sourced_id"]
        found[entity.name] = set(
            entity.model.objects.filter(valid_until=None).values_list(*keys, *entity.facts)  # type: ignore[attr-defined]
        )
    return found


@pytest.fixture
def sync(db: None, tmp_path: Path) -> Callable[..., Any]:
    """`sync(number, export)`."""
    wide = {"set_aside", "students", "guardianships", "enrolments", "gains"}
    choose(brake_restricted="1000", brake_floor="1000", **{f"brake_{name}": "100" for name in wide})

    def sync(number: int, export: Export, **options: Any) -> Any:
        return land(export.zip(tmp_path / f"{number}.zip"), number, **options)

    return sync


@pytest.mark.parametrize("seed", range(8))
def test_a_narrowed_night_lets_nobody_in_and_the_rest_completes_it(sync: Callable[..., Any], seed: int) -> None:
    dice = random.Random(seed)
    sync(1, some_night(dice))
    sync(2, some_night(dice))
    before, known, tonight = let_in(), current_students(), some_night(dice)
    assert sync(3, tonight, only_restrictions=True).state == "landed"
    assert let_in() <= before
    between = restrictions()
    sync(4, tonight)
    assert {pair for pair in restrictions() if pair[0] in known} <= between
    whole = current()
    assert sync(5, tonight).nothing_changed
    assert current() == whole
