"""Differences of a run with the names of whom they are about: from the mirror, or from the run itself where somebody is new."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openhouse.district import restrictions
from openhouse.district.models import Employee, Guardian, Guardianship, School, Student
from openhouse.policy.values import Policy
from openhouse.sync.models import Difference, SyncRun

ENDS = {"guardianship": "guardian", "enrolment": "school"}
"""What the other end of a pair is; the first is the student."""
NAMED: dict[str, Any] = {"school": School, "student": Student, "guardian": Guardian, "employee": Employee}
NAMES = ("name", "given_name", "middle_name", "family_name")
OF_ENDED = {"guardianship": ("relation", "legal", "restriction"), "enrolment": ("grade",), "student": ("number",)}
"""What is told of a thing that ends."""
type Fact = tuple[str, Any, Any]


@dataclass(frozen=True)
class Row:
    """A difference: whom it is about, the facts that differ (name, before, after), and whether somebody is restricted on the
    student's record. `student` is the key of a student whom the mirror knows."""

    change: str
    name: str
    other: str
    facts: list[Fact]
    student: uuid.UUID | None
    restricted: bool

    @property
    def has_before(self) -> bool:
        """Whether the facts are told as before and after: of what is new or ends, there is only one side."""
        return self.change in ("changed", "returned")


def of(run: SyncRun, found: Iterable[Difference], policy: Policy) -> list[Row]:
    """The differences as rows, with as many questions to the database for many as for one."""
    shown = list(found)
    names = {what: _names(run, what, ids) for what, ids in _ids(shown).items()}
    students = dict(Student.objects.filter(sourced_id__in=names.get("student", {})).values_list("sourced_id", "key"))
    restricted = _restricted(run, list(names.get("student", {})), policy)
    return [
        Row(
            change=each.change,
            name=names[_first(each)][each.key],
            other=names[ENDS[each.entity]][each.other] if each.entity in ENDS else "",
            facts=_facts(each),
            student=students.get(each.key) if _first(each) == "student" else None,
            restricted=_first(each) == "student" and each.key in restricted,
        )
        for each in shown
    ]


def _first(each: Difference) -> str:
    return "student" if each.entity in ENDS else each.entity


def _ids(shown: Sequence[Difference]) -> dict[str, set[str]]:
    ids: dict[str, set[str]] = {}
    for each in shown:
        ids.setdefault(_first(each), set()).add(each.key)
        if each.entity in ENDS:
            ids.setdefault(ENDS[each.entity], set()).add(each.other)
    return ids


def _names(run: SyncRun, what: str, ids: set[str]) -> dict[str, str]:
    """The name for each id; the id itself where nobody knows one."""
    names = {each.sourced_id: each.name for each in NAMED[what].objects.filter(sourced_id__in=ids)}
    new = Difference.objects.filter(run=run, entity=what, change="new", key__in=ids - names.keys())
    return {each: each for each in ids} | {each.key: _name(each.after or {}) or each.key for each in new} | names


def _name(facts: dict[str, Any]) -> str:
    return " ".join(str(facts[part]) for part in NAMES if facts.get(part))


def _facts(each: Difference) -> list[Fact]:
    before, after = each.before or {}, each.after or {}
    if each.change == "ended":
        return [(name, None, before.get(name)) for name in OF_ENDED.get(each.entity, ()) if _said(before.get(name))]
    told = {name: (before.get(name), after.get(name)) for name in {**before, **after}}
    if each.change == "new":
        return [(name, was, now) for name, (was, now) in told.items() if _said(now) and name not in NAMES]
    return [(name, was, now) for name, (was, now) in told.items() if was != now]


def _said(fact: Any) -> bool:
    return fact not in (None, "")


def _restricted(run: SyncRun, ids: Sequence[str], policy: Policy) -> set[str]:
    """Of these students those on whose record somebody is restricted or held, now or after this run."""
    stated = Guardianship.objects.filter(student__sourced_id__in=ids, valid_until=None).exclude(restriction="")
    texts = list(stated.values_list("student__sourced_id", "restriction"))
    coming = Difference.objects.filter(run=run, entity="guardianship", key__in=ids).exclude(change="ended")
    texts += [(each.key, str((each.after or {}).get("restriction") or "")) for each in coming]
    none = restrictions.Reading.NONE
    return {student for student, text in texts if restrictions.reading(text, policy) is not none}
