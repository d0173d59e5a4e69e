"""Alarms: that a night failed, that the data is old, that a run waits for a person; each told once, and once that it is over."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import nights, waiting
from openhouse.sync.models import Alarm, SyncRun

Cause = Alarm.Cause
type Standing = Mapping[tuple[Cause, str], Mapping[str, Any]]
"""What somebody must know now: by cause and occasion, what the mail says of it."""

BY = Actor.system("sync")
ASK_AGAIN = timedelta(minutes=10)
"""After this time without an answer the worker is asked again: a mail server may have been away."""
HOUR = timedelta(hours=1)
log = logging.getLogger(__name__)


def look(*, at: datetime) -> None:
    """Raise what must be known, clear what is over, and have told what was not told yet."""
    standing = {**_night_missed(at), **_data_old(at, values.at(at)), **_runs_waiting(at)}
    for (cause, occasion), detail in standing.items():
        _raise(cause, occasion, detail, at=at)
    told = set()
    for alarm in Alarm.objects.filter(cleared_at=None).order_by("-pk"):
        if _is_over(alarm, standing):
            _clear(alarm, at=at, quietly=alarm.cause in told)
            told |= {alarm.cause} & {Cause.NIGHT_MISSED}  # after a bad week one mail says that it is over
    for alarm in Alarm.objects.filter(told_at=None, asked_at__lte=at - ASK_AGAIN):
        if Alarm.objects.filter(pk=alarm.pk, asked_at=alarm.asked_at).update(asked_at=at):
            tell.enqueue(alarm.pk)


@task
def tell(alarm_id: int) -> None:
    """Mail an alarm, or that it is over, to whom policy names; write it into the log where policy names nobody."""
    alarm = Alarm.objects.get(pk=alarm_id)
    if alarm.told_at:
        return
    policy = values.at(timezone.now())
    times = {name: parse_datetime(alarm.detail[name]) for name in ("due_at", "written_at") if name in alarm.detail}
    content = {"alarm": alarm, **alarm.detail, **times, "policy": policy, "url": settings.URL.geturl()}
    name = "all_clear" if alarm.cleared_at else "alarm"
    subject = render_to_string(f"mail/{name}_subject.txt", content).strip()
    if policy.alarm_emails:
        send_mail(subject, render_to_string(f"mail/{name}.txt", content), None, list(policy.alarm_emails))
    else:
        level = logging.WARNING if alarm.cleared_at else logging.ERROR
        log.log(level, "%s %s (alarm_emails names nobody to tell.)", subject, _line(alarm.detail))
    Alarm.objects.filter(pk=alarm.pk, cleared_at=alarm.cleared_at).update(told_at=timezone.now())


def counts(run: SyncRun, *, at: datetime) -> dict[str, int]:
    """How many new restrictions, and ends of guardianships and enrolments, wait with a run."""
    found = waiting.pending(run=run, at=at)
    return {"restrictions": found.restrictions, "endings": found.guardianships + found.enrolments}


def _night_missed(at: datetime) -> Standing:
    last = nights.missed(at=at)
    if last is None or last.due_at is None:
        return {}
    due_at = last.due_at.isoformat()
    detail = {"due_at": due_at, "tries": last.attempt, "run": last.pk, "reason": last.reason}
    return {(Cause.NIGHT_MISSED, due_at): detail}


def _data_old(at: datetime, policy: Policy) -> Standing:
    last = SyncRun.objects.filter(state=SyncRun.State.LANDED).order_by("-started_at").first()
    if last is None:
        return {}
    written_at = last.written_at or last.started_at
    if at - written_at <= policy.oldest_data_hours * HOUR:
        return {}
    detail = {"written_at": written_at.isoformat(), "hours": (at - written_at) // HOUR}
    return {(Cause.DATA_OLD, written_at.isoformat()): detail}


def _runs_waiting(at: datetime) -> Standing:
    told = set(Alarm.objects.filter(cause=Cause.RUN_WAITS, cleared_at=None).values_list("occasion", flat=True))
    runs = SyncRun.objects.filter(state=SyncRun.State.WAITING)
    return {
        (Cause.RUN_WAITS, f"run {run.pk}"): {"run": run.pk, **({} if f"run {run.pk}" in told else counts(run, at=at))}
        for run in runs
    }


def _raise(cause: Cause, occasion: str, detail: Mapping[str, Any], *, at: datetime) -> None:
    if Alarm.objects.filter(Q(occasion=occasion) | Q(cleared_at=None, cause=Cause.DATA_OLD), cause=cause).exists():
        return
    with transaction.atomic():
        alarm, made = Alarm.objects.get_or_create(
            cause=cause, occasion=occasion, defaults={"detail": dict(detail), "raised_at": at, "asked_at": at}
        )
        if made:
            tell.enqueue(alarm.pk)
            record(event=Event.ALARM_RAISED, by=BY, at=at, detail={"cause": cause.value, "occasion": occasion})


def _is_over(alarm: Alarm, standing: Standing) -> bool:
    """A missed night is over once anything lands; old data once it is new; a run that waited once it was decided."""
    match alarm.cause:
        case Cause.NIGHT_MISSED:
            landed = SyncRun.objects.filter(state=SyncRun.State.LANDED, ended_at__gte=alarm.raised_at)
            return landed.exists()
        case Cause.DATA_OLD:
            return not any(cause == Cause.DATA_OLD for cause, _occasion in standing)
    return (alarm.cause, alarm.occasion) not in standing


def _clear(alarm: Alarm, *, at: datetime, quietly: bool) -> None:
    with transaction.atomic():
        cleared = {"cleared_at": at, "asked_at": at, "told_at": at if quietly else None}
        if Alarm.objects.filter(pk=alarm.pk, cleared_at=None).update(**cleared):
            if not quietly:
                tell.enqueue(alarm.pk)
            record(event=Event.ALARM_CLEARED, by=BY, at=at, detail={"cause": alarm.cause, "occasion": alarm.occasion})


def _line(detail: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in detail.items())
