"""The columns of the Registered Parents Report's two lists: the page and the files show the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.access.pins import State
from openhouse.reports.files import Cell


@dataclass(frozen=True)
class Column:
    """Its head, how a row's cell is read, and what kind of thing that is: student, name, number, word, state, day or count."""

    head: str | Promise
    cell: Callable[[Any], Cell]
    kind: str


def _day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


STUDENT = (
    Column(_("Student Name"), lambda row: row.student.name, "student"),
    Column(_("Student ID"), lambda row: row.student.number, "number"),
    Column(_("Grade"), lambda row: row.grade, "word"),
)
COLUMNS = {
    "students": (
        *STUDENT,
        Column(_("Legal guardians"), lambda row: row.legal_guardians, "count"),
        Column(_("Registered"), lambda row: _day(row.registered_at), "day"),
    ),
    "guardians": (
        *STUDENT,
        Column(_("Parent Name"), lambda row: row.guardian.name, "name"),
        Column(_("Pin"), lambda row: str(State(row.pin_state).label), "state"),
        Column(_("Date Used"), lambda row: _day(row.pin_used_at), "day"),
        Column(_("Registered"), lambda row: _day(row.registered_at), "day"),
    ),
}
"""By the list. A PIN is its state, never its code."""
