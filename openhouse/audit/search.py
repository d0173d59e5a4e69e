"""Finding entries: any of student, person, employee, time and kind together, newest first, at any length of the trail.

Each question is answered from an index that ends in the position, so that the newest rows of it come without a sort; a time is
turned into a range of positions first. An entry is written within a day of its moment, which a day at both ends allows for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Q, QuerySet

from openhouse.audit.models import Entry

LATE = timedelta(days=1)
"""How long after its moment an entry is written at the latest: a sync's moment is when it began."""
AT_ONCE = 2000


@dataclass(frozen=True)
class Sought:
    """What is asked for; what is left out matters not. `students` are keys of students, `people` of accounts and
    guardians, and `employees` of theirs, who may have acted or be whom it is about.
    Nothing by or about those in `without` is found."""

    students: Sequence[str] | None = None
    people: Sequence[str] = ()
    employees: Sequence[str] = ()
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None
    without: Sequence[str] = ()


def entries(sought: Sought, *, before: int | None = None) -> QuerySet[Entry]:
    """The entries sought, newest first; those before a position only, where one is given."""
    rows = Entry.objects.order_by("-position")
    if sought.students is not None:
        rows = rows.filter(student__in=sought.students).exclude(student="")
    if sought.people:
        people = list(sought.people)
        acted = Q(actor__in=people)
        account, guardian = Q(account__in=people) & ~Q(account=""), Q(guardian__in=people) & ~Q(guardian="")
        rows = rows.filter(acted | account | guardian)
    if sought.employees:
        rows = rows.filter(Q(actor__in=sought.employees) | Q(account__in=sought.employees) & ~Q(account=""))
    if sought.event:
        rows = rows.filter(event=sought.event)
    if sought.without:
        for column in ("student", "account", "guardian", "actor"):
            rows = rows.exclude(**{f"{column}__in": sought.without})
    if before is not None:
        rows = rows.filter(position__lt=before)
    return _in_time(rows, sought)


def in_batches(sought: Sought) -> Iterator[list[Entry]]:
    """All of them, some at a time, each asked for anew: nothing is held open and nothing grows."""
    before: int | None = None
    while batch := list(islice(entries(sought, before=before)[:AT_ONCE], AT_ONCE)):
        yield batch
        before = batch[-1].position


def _in_time(rows: QuerySet[Entry], sought: Sought) -> QuerySet[Entry]:
    if sought.since:
        first = Entry.objects.filter(at__lt=sought.since - LATE).order_by("-at").values_list("position", flat=True)[:1]
        rows = rows.filter(at__gte=sought.since, position__gt=next(iter(first), 0))
    if sought.until:
        last = Entry.objects.filter(at__gte=sought.until + LATE).order_by("at").values_list("position", flat=True)[:1]
        rows = rows.filter(at__lt=sought.until)
        rows = rows.filter(position__lt=found) if (found := next(iter(last), None)) else rows
    return rows
