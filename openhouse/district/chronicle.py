"""A student's chronicle: every version of what the SIS said of the student, and since when and until when the portal knew it.

Of the schools and guardians only names are told: how to reach somebody is no part of who could see what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from openhouse.district.models import Mirrored, PastStudent, Student

FACTS: dict[str, tuple[str, ...]] = {
    "student": ("name", "number", "birth_date", "home_language", "eligible_ground"),
    "enrolment": ("grade", "begin_date", "end_date"),
    "guardianship": (
        "relation", "legal", "restriction", "lives_with", "emergency_contact", "priority", "begin_date", "end_date",
    ),
    "school": ("name",),
    "guardian": ("name",),
}  # fmt: skip
"""What is told of each thing."""
ENDS = {"enrolment": "school", "guardianship": "guardian"}
"""The other end of each pair."""
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Version:
    """One version of a thing: its facts, and from when until when (None: still) the portal knew them.

    `other` is the school of an enrolment, or the guardian of a guardianship.
    """

    what: str
    thing: Mirrored
    facts: Mapping[str, Any] = field(hash=False)
    since: datetime
    until: datetime | None
    other: Mirrored | None = None

    def held(self, moment: datetime) -> bool:
        """Whether it is what the portal knew at that moment."""
        return self.since <= moment and (self.until is None or moment < self.until)


@dataclass(frozen=True)
class Change:
    """What a night changed: a version came (`new`), took another's place (`changed`), came back (`returned`) or `ended`.

    `facts` are those that differ, each with what it was (None where there was nothing before) and what it is.
    """

    at: datetime
    kind: str
    version: Version
    facts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict, hash=False)


def end_of(day: date) -> datetime:
    """The last instant of a day in the district's time zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) - INSTANT


def find(number: str) -> QuerySet[Student]:
    """The students who have, or once had, this Student ID; those whom the SIS still names first."""
    plain = "".join(number.split()).upper()
    had = PastStudent.objects.filter(Q(number__iexact=plain) | Q(number__iexact=number.strip())).values("thing")
    found = Student.objects.filter(Q(number__upper=plain) | Q(pk__in=had))
    return found.order_by(F("valid_until").desc(nulls_first=True), "pk")


def of(student: Student) -> list[Version]:
    """Every version of the student, of their enrolments and guardianships, and of the names at the other ends."""
    found = list(_versions("student", student))
    for what, rows in (("enrolment", student.enrolments), ("guardianship", student.guardianships)):
        end = ENDS[what]
        pairs: Any = rows.select_related(end).prefetch_related("past", f"{end}__past").order_by("pk")
        for pair in pairs:
            other = getattr(pair, end)
            found += _versions(what, pair, other)
            found += _versions(end, other)
    return found


def _versions(what: str, thing: Any, other: Mirrored | None = None) -> Iterator[Version]:
    """Of a pair or a person, in the order of time."""
    for row in [*sorted(thing.past.all(), key=lambda past: past.valid_from), thing]:
        facts = {name: getattr(row, name) for name in FACTS[what]}
        yield Version(what, thing, facts, row.valid_from, row.valid_until, other)


def on(versions: Iterable[Version], moment: datetime, *whats: str) -> list[Version]:
    """What held at that moment, of the things asked for (else of all)."""
    return [each for each in versions if each.held(moment) and (not whats or each.what in whats)]


def name_of(versions: Iterable[Version], thing: Mirrored | None, moment: datetime) -> str:
    """What a school or a person was called then; where nothing held then, what they were called last before, or first."""
    own = [each for each in versions if thing is not None and each.thing == thing and "name" in each.facts]
    before = [each for each in own if each.since <= moment] or own[:1]
    return str(before[-1].facts["name"]) if before else ""


def changes(versions: Iterable[Version]) -> list[Change]:
    """What happened to the student and their pairs, the newest first. Of schools and guardians: new names alone."""
    lives: dict[Mirrored, list[Version]] = {}
    for each in versions:
        lives.setdefault(each.thing, []).append(each)
    found = [change for life in lives.values() for change in _life(life)]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _life(life: Sequence[Version]) -> Iterator[Change]:
    is_end = life[0].what in ENDS.values()
    for before, each, after in zip([None, *life[:-1]], life, [*life[1:], None], strict=True):
        was = before.facts if before else {}
        differ = {
            name: (was.get(name), fact) for name, fact in each.facts.items() if _said(was.get(name)) != _said(fact)
        }
        unbroken = before is not None and before.until == each.since
        kind = "new" if before is None else "changed" if unbroken else "returned"
        if (before is not None and differ) if is_end else (differ or not unbroken):
            yield Change(each.since, kind, each, differ)
        if each.until and not is_end and not (after and after.since == each.until):
            yield Change(each.until, "ended", each)


def _said(fact: Any) -> Any:
    return "" if fact is None else fact
