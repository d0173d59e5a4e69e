"""What is kept no longer than policy says, of the whole portal: of the sync (`sync.retention`), and here all the rest.

Rows go some at a time, each time in a transaction of its own with its entry in the trail. The trail itself stays: it is the proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django_tasks_db.models import DBTaskResult

from openhouse.access import pins
from openhouse.access.models import Pin, PinEnd, Slip, Try
from openhouse.accounts.models import Session
from openhouse.audit import trail
from openhouse.audit.models import Entry, Name
from openhouse.audit.trail import Actor
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import retention
from openhouse.sync.retention import Outdated

TASK_DAYS = 14
"""Days that the result of a finished task is kept, to look at what went wrong."""


@dataclass(frozen=True)
class _Kind:
    what: str
    before: datetime
    rows: QuerySet[Any]
    drop: Callable[[QuerySet[Any]], object] = QuerySet.delete


def count(*, at: datetime) -> list[Outdated]:
    """What `prune` would delete at that moment."""
    return [
        *(Outdated(each.what, each.before, each.rows.count()) for each in _kinds(values.at(at), at)),
        *retention.count(at=at),
    ]


def prune(*, by: Actor, at: datetime) -> list[Outdated]:
    """Delete it. Raises SyncHeld while a sync goes on, when all but what is the sync's is gone."""
    found = [
        Outdated(each.what, each.before, retention.drop(each.what, each.rows, by=by, at=at, how=each.drop))
        for each in _kinds(values.at(at), at)
    ]
    return [*found, *retention.prune(by=by, at=at)]


def _kinds(policy: Policy, at: datetime) -> Iterator[_Kind]:
    """Wrong tries that still count against an account stay: they are what locks it. Their network addresses go."""
    before, tasks = at - timedelta(days=policy.try_days), at - timedelta(days=TASK_DAYS)
    old = Try.objects.filter(at__lt=before)
    yield _Kind("tries", before, old.exclude(counted=Try.Counted.ACCOUNT))
    counting = old.filter(counted=Try.Counted.ACCOUNT).exclude(address_digest="")
    yield _Kind("network addresses of wrong tries", before, counting, lambda rows: rows.update(address_digest=""))
    expired = Pin.objects.filter(ended_at=None, expires_at__lte=at)
    yield _Kind("codes of expired PINs", at, expired, lambda rows: pins.close(rows, end=PinEnd.EXPIRED, at=at))
    yield _Kind("slips of ended PINs", before, Slip.objects.filter(pin__ended_at__lt=before))
    yield _Kind("expired sessions", at, Session.objects.filter(expire_date__lt=at))
    yield _Kind("results of tasks", tasks, DBTaskResult.objects.finished().filter(finished_at__lt=tasks))
    if policy.trail_name_years:
        since = retention.years_before(at, policy.trail_name_years)
        yield _Kind("names in the trail", since, _long_unnamed(since))


def _long_unnamed(since: datetime) -> QuerySet[Name]:
    """Names of those about whom, and by whom, nothing was recorded since. Erased ones stay erased."""
    boundary = Entry.objects.filter(at__lt=since).order_by("-at").values_list("position", flat=True).first() or 0
    recent = Entry.objects.filter(position__gt=boundary)
    rows = Name.objects.exclude(name=trail.ERASED)
    for column in ("actor", "account", "student", "guardian"):
        own = recent.filter(**{column: OuterRef("subject")})
        rows = rows.filter(~Exists(own if column == "actor" else own.exclude(**{column: ""})))
    return rows
