"""When a student turns 18 and holds the rights, and who does soon (domain rule 14): pure rules, and their twin for queries."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from openhouse.access.standing import GROUNDS_AT_18, adult_since
from openhouse.district.models import Student
from openhouse.policy.values import Policy

NOTICES = (7, 30, 90)
"""How many days before the birthday guardians are told; the nearest first."""


def adult_on(birth_date: date) -> date:
    """The day on which somebody turns 18. Who was born on 29 February turns 18 on 1 March."""
    try:
        return birth_date.replace(year=birth_date.year + 18)
    except ValueError:
        return date(birth_date.year + 18, 3, 1)


def coming(student: Student, policy: Policy, on: date) -> date | None:
    """The day on which the rights pass to the student, within the next 90 days; None where they do not, or not so soon."""
    if not policy.rights_pass_at_18 or student.birth_date is None or student.eligible_ground in GROUNDS_AT_18:
        return None
    day = adult_on(student.birth_date)
    return day if on < day <= on + timedelta(days=max(NOTICES)) else None


def approaching(on: date, under: str = "") -> Q:
    """Students of whom `coming` says a day, where policy lets rights pass. `under` leads to them in another table's query."""
    latest = adult_since(on + timedelta(days=max(NOTICES)))
    born = Q((f"{under}birth_date__gt", adult_since(on)), (f"{under}birth_date__lte", latest))
    return born & ~Q((f"{under}eligible_ground__in", GROUNDS_AT_18))


def due(day: date, on: date) -> int:
    """Which notice is the nearest one due before that day: after a missed night one goes, never three. Expects a coming day."""
    return next(days for days in NOTICES if (day - on).days <= days)
