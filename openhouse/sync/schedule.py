"""When a night is due, and when it is tried again: rules that need no query."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openhouse.policy.values import Policy

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Night:
    """One try of one night: the instant at which it was due, and the try's number from 1."""

    due_at: datetime
    attempt: int


def due(now: datetime, policy: Policy, zone: ZoneInfo) -> datetime | None:
    """The newest instant, not after `now`, at which a night's sync was due; None where policy has none. In UTC."""
    if not policy.sync_time:
        return None
    today, hour = now.astimezone(zone).date(), time.fromisoformat(policy.sync_time)
    nights = (instant(today - timedelta(days=back), hour, zone) for back in range(3))
    return max(night for night in nights if night <= now)


def instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """When the clock on the wall says this hour on this day, in UTC.

    An hour that the clock shows twice is its first one. One that the clock leaves out (in spring; or a whole day, where a
    country changes sides of the date line) is the moment at which it does.
    """
    wall = datetime.combine(day, hour, tzinfo=zone)
    first = wall.astimezone(UTC)  # fold=0: of two the first, of none as far after the gap's begin as it lies in it
    if first.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return first
    before, old = wall.replace(fold=1).astimezone(UTC), wall.utcoffset()
    offsets = range(int((first - before) / SECOND))
    return before + SECOND * bisect_left(
        offsets, True, key=lambda each: (before + SECOND * each).astimezone(zone).utcoffset() != old
    )


def retry_at(policy: Policy, attempt: int, ended_at: datetime) -> datetime | None:
    """When a night is tried again whose try of this number ended then; None where that was the last."""
    if attempt >= policy.sync_tries:
        return None
    return ended_at + timedelta(minutes=policy.sync_retry_minutes * 2 ** (attempt - 1))
