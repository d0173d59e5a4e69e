"""The watch: looked at every few seconds by the worker, or by cron, it says what to do now."""

from __future__ import annotations

from datetime import datetime

from openhouse.sync import alarms, nights
from openhouse.sync.schedule import Night


def tick(*, at: datetime) -> Night | None:
    """Bury who died, raise and clear alarms, and return the try of a night that should begin now, if any.

    Costs a few queries. Any number of processes may call it at once: the database lets one of them begin a try.
    """
    free = nights.take_over(at=at)
    alarms.look(at=at)
    return nights.waiting(at=at) if free else None
