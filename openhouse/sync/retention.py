"""What is kept no longer than policy says: past versions of the mirror, and old runs with what they set aside.

Deleting is for good. It takes turns with the sync, and the trail keeps how much went.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.district import mirror
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import databases
from openhouse.sync.models import Difference, SetAsideRow, SyncRun
from openhouse.sync.refusals import SyncHeld

KEPT = (SyncRun.State.RUNNING, SyncRun.State.WAITING)
"""Runs that somebody still decides on, however old they are."""
AT_ONCE = 5000
"""How many rows go in one transaction."""


@dataclass(frozen=True)
class Outdated:
    """How many rows of one kind policy keeps no longer; `before` is the instant that decides."""

    what: str
    before: datetime
    count: int


def count(*, at: datetime) -> list[Outdated]:
    """What `prune` would delete at that moment."""
    return [Outdated(what, before, rows.count()) for what, before, rows in _rows(values.at(at), at)]


def prune(*, by: Actor, at: datetime) -> list[Outdated]:
    """Delete it. Raises SyncHeld while a sync goes on."""
    with databases.of(connection).alone(connection) as alone:
        if not alone:
            raise SyncHeld("A sync is going on. Wait until it is over: pruning takes turns with it.")
        kinds = reversed(list(_rows(values.at(at), at)))
        found = [Outdated(what, before, drop(what, rows, by=by, at=at)) for what, before, rows in kinds]
    return found[::-1]


def drop(
    what: str, rows: QuerySet[Any], *, by: Actor, at: datetime, how: Callable[[QuerySet[Any]], object] = QuerySet.delete
) -> int:
    """Delete rows (or what `how` does to them), some in each transaction, each with its entry. Returns how many."""
    dropped = 0
    while True:
        with transaction.atomic():
            keys = list(rows.values_list("pk", flat=True)[:AT_ONCE])
            if not keys:
                return dropped
            how(rows.filter(pk__in=keys))
            record(event=Event.RECORDS_PRUNED, by=by, at=at, detail={what: len(keys)})
        dropped += len(keys)


def _rows(policy: Policy, at: datetime) -> Iterator[tuple[str, datetime, QuerySet[Model]]]:
    """Each kind of row with what is outdated of it; what hangs on something comes after it."""
    runs_before = at - timedelta(days=policy.sync_run_days)
    old = _old_runs(runs_before)
    yield "sync runs", runs_before, old
    yield "set-aside rows", runs_before, SetAsideRow.objects.filter(run__in=old.values("pk"))
    yield "differences", runs_before, Difference.objects.filter(run__in=old.values("pk"))
    if policy.history_years:
        past_before = years_before(at, policy.history_years)
        for entity in mirror.ENTITIES:
            rows: QuerySet[Model] = entity.past._default_manager.filter(valid_until__lt=past_before)
            yield f"past versions: {entity.name}", past_before, rows


def _old_runs(before: datetime) -> QuerySet[SyncRun]:
    """Never the last that landed of each kind of source: the next one is held against it."""
    landed = SyncRun.objects.filter(state=SyncRun.State.LANDED).order_by("-started_at")
    newest: dict[str, int] = {}
    for pk, source in landed.values_list("pk", "source"):
        newest.setdefault(source, pk)
    over = SyncRun.objects.filter(Q(decided_at=None) | Q(decided_at__lt=before), ended_at__lt=before)
    return over.exclude(Q(state__in=KEPT) | Q(pk__in=list(newest.values())))


def years_before(at: datetime, years: int) -> datetime:
    """The same day so many years ago."""
    local = timezone.localtime(at)
    try:
        return local.replace(year=local.year - years)
    except ValueError:  # 29 February
        return local.replace(year=local.year - years, day=28)
