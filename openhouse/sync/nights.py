"""Nights on record: which try should begin now, and what a try that came to nothing leaves behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import catalogue, databases, runs, schedule
from openhouse.sync.intake import Progress
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SyncHeld, reason_of
from openhouse.sync.report import Report
from openhouse.sync.schedule import Night
from openhouse.sync.sources import Source
from openhouse.sync.waiting import unfollowed

State = SyncRun.State
CAME_TO_NOTHING = (State.FAILED, State.DIED)
WHOLE_EVERY = timedelta(days=7)


def take_over(*, at: datetime) -> bool:
    """Whether nobody syncs now. Runs that say they do and whose process is gone are buried."""
    if not SyncRun.objects.filter(state=State.RUNNING).exists():
        return True
    with databases.of(connection).alone(connection) as alone:
        if alone:
            runs.bury(at)
        return alone


def waiting(*, at: datetime) -> Night | None:
    """The try that should begin now: the first of the newest night, the next one where that came to nothing, or one more of a
    night of which somebody decided that it comes in."""
    policy = values.at(at)
    due_at = _due(at, policy)
    return (_next_try(due_at, policy, at) if due_at else None) or _try_decided(policy, at)


def _next_try(due_at: datetime, policy: Policy, at: datetime) -> Night | None:
    last = _tries(due_at).last()
    if last is None:
        return Night(due_at, 1)
    again_at = _again_at(last, policy)
    return Night(due_at, last.attempt + 1) if again_at and again_at <= at else None


def _try_decided(policy: Policy, at: datetime) -> Night | None:
    """Once after a decision, and again where that came to nothing. One that was asked for by hand was due when it was decided."""
    decided = unfollowed(at=at) if catalogue.configured() else None
    if decided is None or decided.decided_at is None:
        return None
    due_at = decided.due_at or decided.decided_at
    since = SyncRun.objects.filter(started_at__gte=decided.decided_at).exclude(state=State.REHEARSED)
    if since.exclude(state__in=CAME_TO_NOTHING).exists():  # other differences wait, or it goes on
        return None
    last = _tries(due_at).last()
    if last and last.started_at >= decided.decided_at:
        return _next_try(due_at, policy, at)
    return Night(due_at, last.attempt + 1 if last else 1)


def missed(*, at: datetime) -> SyncRun | None:
    """The last try of the newest night, where that night has come to nothing for good."""
    policy = values.at(at)
    due_at = _due(at, policy)
    last = _tries(due_at).last() if due_at else None
    return last if last and last.state in CAME_TO_NOTHING and _again_at(last, policy) is None else None


def bring_in(night: Night, *, at: datetime, by: Actor, progress: Progress = runs.silent) -> Report:
    """Bring in what the SIS says for this try of this night. Raises SyncRefused; SyncHeld where another process does it."""
    try:
        source = _open(at)
        return runs.land(source, at=at, by=by, progress=progress, night=night, whole=_is_whole(source, at))
    except SyncHeld:
        raise
    except IntegrityError as error:
        if _row(night).exclude(started_at=at).exists():
            raise SyncHeld("Another process has begun this try of the night.") from error
        raise
    except BaseException as error:
        keep_failure(night, at=timezone.now(), by=by, reason=reason_of(error))
        raise


def _open(at: datetime) -> Source:
    """The SIS, asked for what changed since the last run that landed, where it can tell and that is remembered."""
    since = changes_since(at=at)
    return catalogue.open_configured(since=since) if since is not None else catalogue.open_configured()


def _is_whole(source: Source, at: datetime) -> bool:
    """Whether to read and compare everything, as once a week: what a small night passed over wrongly would not last."""
    lately = SyncRun.objects.filter(state=State.LANDED, started_at__gt=at - WHOLE_EVERY, report__scope="everything")
    return "delta" not in source.files.values() and bool(source.files) and not lately.exists()


def changes_since(*, at: datetime) -> datetime | int | None:
    """Since when a SIS over the network need only say what changed; None where everything is to be asked for: the first time, once
    a week (what a SIS forgets to tell is then found), after a night that failed, and where little is remembered.
    """
    address = catalogue.configured()
    last = SyncRun.objects.filter(state=State.LANDED).order_by("-started_at").first()
    if address is None or address.kind not in catalogue.SERVERS or last is None or not last.statement:
        return None
    recent = SyncRun.objects.filter(state=State.LANDED, started_at__gt=at - WHOLE_EVERY).values_list("files", flat=True)
    if not any("delta" not in files.values() for files in recent) or _failed_since(last):
        return None
    if address.kind == "ed-fi":
        return int(last.position) if last.position else None
    return last.written_at


def _failed_since(last: SyncRun) -> bool:
    return SyncRun.objects.filter(state__in=CAME_TO_NOTHING, started_at__gt=last.started_at).exists()


def keep_failure(night: Night, *, at: datetime, by: Actor, reason: str) -> None:
    """Write down why a try failed before its run began; does nothing where it had begun."""
    address = catalogue.configured()
    told = {"source": address.kind if address else "", "snapshot": timezone.localdate(at), "actor": by.key}
    failed = {"state": State.FAILED, "started_at": at, "ended_at": at, "reason": reason}
    with transaction.atomic():
        run, made = SyncRun.objects.get_or_create(
            due_at=night.due_at, attempt=night.attempt, defaults={**told, **failed}
        )
        if made:
            record(event=Event.SYNC_FAILED, by=by, at=at, detail={"run": run.pk, "reason": reason})


def _due(at: datetime, policy: Policy) -> datetime | None:
    return schedule.due(at, policy, timezone.get_default_timezone()) if catalogue.configured() else None


def _tries(due_at: datetime) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(due_at=due_at).order_by("attempt")


def _row(night: Night) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(due_at=night.due_at, attempt=night.attempt)


def _again_at(last: SyncRun, policy: Policy) -> datetime | None:
    """When a night is tried again after its last try; None where it is over. One that died waits from its last sign of life."""
    if last.state not in CAME_TO_NOTHING:
        return None
    died_at = last.beat_at or last.started_at
    return schedule.retry_at(policy, last.attempt, died_at if last.state == State.DIED else last.ended_at or died_at)
