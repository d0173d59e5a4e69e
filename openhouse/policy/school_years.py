"""School years: from which day to which, by policy's month and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from openhouse.policy.values import Policy


@dataclass(frozen=True)
class SchoolYear:
    """A school year; both days belong to it."""

    first: date
    last: date


def at(policy: Policy, on: date) -> SchoolYear:
    """The school year that the day is in."""
    start = date.fromisoformat(f"{on.year}-{policy.school_year_start}")
    return _from(start if start <= on else start.replace(year=on.year - 1))


def after(year: SchoolYear) -> SchoolYear:
    """The next one."""
    return _from(year.last + timedelta(days=1))


def _from(first: date) -> SchoolYear:
    return SchoolYear(first, first.replace(year=first.year + 1) - timedelta(days=1))
