"""The school year that a day is in, as policy `school_year_start` has it."""

from __future__ import annotations

from datetime import date

from openhouse.policy.values import Policy


def began(policy: Policy, on: date) -> date:
    """The first day of the school year that a day is in."""
    start = _start(policy, on.year)
    return start if start <= on else _start(policy, on.year - 1)


def ends(policy: Policy, on: date) -> date:
    """The first day of the next one: exclusive, as all ends are."""
    return _start(policy, began(policy, on).year + 1)


def _start(policy: Policy, year: int) -> date:
    return date.fromisoformat(f"{year}-{policy.school_year_start}")
