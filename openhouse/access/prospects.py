"""Students before and after a run that has not landed: the mirror's facts, and the same with the run's differences over them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from openhouse.access.standing import Facts
from openhouse.district.models import Enrolment, Guardianship, Student
from openhouse.district.restrictions import Reading, reading
from openhouse.policy.values import Policy
from openhouse.sync.models import Difference

TOUCHING = ("guardianship", "enrolment", "student")
"""The entities whose differences can touch a standing."""


@dataclass
class Stated:
    """A guardianship's or enrolment's facts; all that a standing asks of either."""

    relation: str = ""
    legal: bool | None = None
    restriction: str = ""
    begin_date: date | None = None
    end_date: date | None = None

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Stated:
        """Out of a row's columns, or out of a difference's JSON."""
        named = {each.name: facts[each.name] for each in fields(cls) if each.name in facts}
        return cls(**named | {name: _day(facts[name]) for name in ("begin_date", "end_date")})


@dataclass
class Side:
    """One student before or after the run. `pairs` by the guardian's sourcedId, `enrolments` by the school's."""

    known: bool = False
    birth_date: date | None = None
    ground: str = ""
    pairs: dict[str, Stated] = field(default_factory=dict)
    enrolments: dict[str, Stated] = field(default_factory=dict)

    def facts(self, guardians: Iterable[str], policy: Policy, on: date, **more: Any) -> Facts:
        """What a standing rests on, for whoever is all these guardians in the SIS."""
        pairs = tuple(self.pairs[guardian] for guardian in guardians if guardian in self.pairs)
        enrolments = tuple(self.enrolments.values()) if self.known else ()
        asked = {"account_active": True, "imported_on": None, "revalidate": False} | more
        return Facts(
            on=on, policy=policy, guardianships=pairs, enrolments=enrolments,
            birth_date=self.birth_date, eligible_ground=self.ground, **asked,
        )  # fmt: skip

    def is_restricted(self, policy: Policy) -> bool:
        """Whether somebody is restricted on the record."""
        return any(reading(each.restriction, policy) is not Reading.NONE for each in self.pairs.values())


@dataclass
class Prospect:
    """One student whom a run touches. `key` is None while the mirror does not know the student."""

    student: str
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    key: UUID | None = None
    name: str = ""

    @property
    def guardians(self) -> list[str]:
        """Everybody who is or would be a guardian, by sourcedId."""
        return sorted(self.before.pairs.keys() | self.after.pairs.keys())


def of(differences: Iterable[Difference], students: list[str]) -> Iterator[Prospect]:
    """These students (by sourcedId) as they are, and as the differences would have them."""
    found = {student: Prospect(student) for student in students}
    _read_mirror(found)
    touched = defaultdict(list)
    for each in differences:
        touched[each.key].append(each)
    for student, prospect in found.items():
        prospect.after = Side(
            prospect.before.known, prospect.before.birth_date, prospect.before.ground,
            dict(prospect.before.pairs), dict(prospect.before.enrolments),
        )  # fmt: skip
        for each in touched[student]:
            _turn(prospect, each)
        yield prospect


def _read_mirror(found: Mapping[str, Prospect]) -> None:
    for student in Student.objects.filter(sourced_id__in=found):
        prospect = found[student.sourced_id]
        prospect.key, prospect.name = student.key, student.name
        if student.valid_until is None:
            prospect.before = Side(True, student.birth_date, student.eligible_ground)
    current = {"valid_until": None, "student__sourced_id__in": list(found)}
    columns = ("relation", "legal", "restriction", "begin_date", "end_date")
    for row in Guardianship.objects.filter(**current).values("student__sourced_id", "guardian__sourced_id", *columns):
        found[row["student__sourced_id"]].before.pairs[row["guardian__sourced_id"]] = Stated.read(row)
    for row in Enrolment.objects.filter(**current).values(
        "student__sourced_id", "school__sourced_id", "begin_date", "end_date"
    ):
        found[row["student__sourced_id"]].before.enrolments[row["school__sourced_id"]] = Stated.read(row)


def _turn(prospect: Prospect, difference: Difference) -> None:
    after, facts = prospect.after, difference.after
    if difference.entity == "student":
        after.known = facts is not None
        if facts is not None:
            after.birth_date, after.ground = _day(facts["birth_date"]), facts["eligible_ground"]
            prospect.name = prospect.name or name_of(facts)
        return
    rows = after.pairs if difference.entity == "guardianship" else after.enrolments
    rows.pop(difference.other, None)
    if facts is not None:
        rows[difference.other] = Stated.read(facts)


def name_of(facts: Mapping[str, Any]) -> str:
    """A person's name out of a difference's facts."""
    return " ".join(facts[part] for part in ("given_name", "middle_name", "family_name") if facts[part])


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
