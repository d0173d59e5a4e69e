"""One run: stage, check, compare, and land everything in one transaction, or nothing."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from django.db import Error, connection, transaction
from django.utils import timezone

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.district import mirror
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import checks, databases, facts, pairs, report
from openhouse.sync.memory import Memory
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SourceRefused, SyncHeld, SyncOutOfOrder, SyncRefused
from openhouse.sync.report import Report
from openhouse.sync.schedule import Night
from openhouse.sync.sources import Notices, Source
from openhouse.sync.staging import Stage, staged

State = SyncRun.State


class Progress(Protocol):
    """Told how far a run is: the step's name, how much of it is done, and how much there is."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


def day(source: Source) -> date:
    """The day on which the SIS wrote it, in the district's time zone."""
    return timezone.localdate(source.written_at)


def silent(step: str, done: int, total: int) -> None:
    """Progress for nobody."""


def land(
    source: Source,
    *,
    at: datetime,
    by: Actor,
    progress: Progress = silent,
    without: Collection[str] = (),
    older: bool = False,
    night: Night | None = None,
) -> Report:
    """Bring in what a source states, whole, at one instant; returns what came of it.

    `without` names files that the last run had and this source need not have: what they said stays as it was. `older` lets
    in a source that was written before the last one that landed. `night` is the night that the run belongs to. Raises
    SyncRefused, with the mirror as it was, for a source that cannot be read as a whole, SyncOutOfOrder for an older one, and
    SyncHeld while another run goes on.
    """
    with databases.of(connection).alone(connection) as alone:
        if not alone:
            raise SyncHeld(whoever_holds())
        bury(at)
        last = SyncRun.objects.filter(state=State.LANDED).order_by("-started_at").first()
        run = begin(source, last, at=at, by=by, night=night)
        started = time.monotonic()
        try:
            newest(source, last, older=older)
            whole(source, last, without)
            return _land(run, source, at=at, by=by, progress=progress)
        except BaseException as error:
            reason = str(error) if isinstance(error, SyncRefused) else type(error).__name__
            fail(run, by=by, at=at + timedelta(seconds=time.monotonic() - started), reason=reason)
            raise


def whoever_holds() -> str:
    """Who is syncing, since when."""
    run = SyncRun.objects.filter(state=State.RUNNING).order_by("-started_at").first()
    since = f" since {run.started_at:%Y-%m-%d %H:%M} UTC (run {run.pk}, {run.actor})" if run else ""
    return f"Another sync is going on{since}. Wait until it is over; two at once could not both be last."


def bury(at: datetime) -> None:
    """Whoever holds the lock is the only one alive: runs that still say they are running died."""
    SyncRun.objects.filter(state=State.RUNNING).update(
        state=State.DIED, ended_at=at, reason="Its process ended before it did; the mirror stayed as it was."
    )


def begin(source: Source, last: SyncRun | None, *, at: datetime, by: Actor, night: Night | None = None) -> SyncRun:
    """Write down that a run goes on. Raises SyncOutOfOrder where one landed later than this moment."""
    if last and last.started_at >= at:
        raise SyncOutOfOrder("A sync landed later than the moment given. Look at the machine's clock.")
    return SyncRun.objects.create(
        source=source.name,
        snapshot=day(source),
        written_at=source.written_at,
        files=dict(source.files),
        actor=by.key,
        started_at=at,
        due_at=night.due_at if night else None,
        attempt=night.attempt if night else 1,
    )


def newest(source: Source, last: SyncRun | None, *, older: bool) -> None:
    """Raise SyncOutOfOrder where the last export was written on a later day: this one would lift what has been set since."""
    if last and last.snapshot > day(source) and not older:
        raise SyncOutOfOrder(
            f"This export is of {day(source)}, the last one was of {last.snapshot}: it would undo what the SIS changed since. "
            "Bring in a newer one. If the day is wrong, say the right one with --on; to go back all the same, say --older."
        )


def whole(source: Source, last: SyncRun | None, without: Collection[str]) -> None:
    """Raise SourceRefused where a file is missing that the last export of this kind had: what it adds would go unnoticed."""
    expected = facts.STAYING & set(last.files) if last and last.source == source.name else frozenset()
    if missing := sorted(expected - set(source.files) - set(without)):
        raise SourceRefused(
            f"{' and '.join(missing)}: in the last sync, missing now. Export it again, or sync with --without "
            f"{missing[0]}: what it said then stays as it was."
        )


def fail(run: SyncRun, *, by: Actor, at: datetime, reason: str) -> None:
    """Write down why a run failed. Where the database itself is gone, the next run finds that this one died."""
    try:
        with transaction.atomic():
            SyncRun.objects.filter(pk=run.pk).update(state=State.FAILED, ended_at=at, reason=reason)
            record(event=Event.SYNC_FAILED, by=by, at=at, detail={"run": run.pk, "reason": reason})
    except Error:
        pass


def _land(run: SyncRun, source: Source, *, at: datetime, by: Actor, progress: Progress) -> Report:
    started = time.monotonic()
    policy, notices = values.at(at), Notices()
    with staged(connection) as stage:
        with stage.database.filling(connection):
            for done, batch in source.batches(policy, notices, Memory()):
                stage.put(batch)
                progress("reading", done, source.size)
            entities = compare(stage, source, notices, policy=policy, progress=progress)
            found = Report(run.pk, source.name, day(source).isoformat(), dict(notices.read), entities)
            found.notes, found.groups = report.notes(stage, source.files), report.groups(stage)
        found.warnings = sorted(notices.warnings.items())
        progress("landing", 0, 1)
        with transaction.atomic():
            put_in(stage, entities, at)
            keep_rows(stage, run)
            found.seconds = time.monotonic() - started
            ended_at = at + timedelta(seconds=found.seconds)
            record(event=Event.SYNC_LANDED, by=by, at=at, detail=summary(found))
            found.audit_head = trail.head()
            SyncRun.objects.filter(pk=run.pk).update(state=State.LANDED, ended_at=ended_at, report=found.plain())
        progress("landing", 1, 1)
    found.seconds = time.monotonic() - started
    return found


def compare(
    stage: Stage, source: Source, notices: Notices, *, policy: Policy, progress: Progress
) -> dict[str, mirror.Counts]:
    """Check what is staged and find the differences to the mirror; writes temporary tables alone."""
    progress("checking", 0, 2)
    checks.check(stage, notices, policy=policy, snapshot=day(source).isoformat())
    pairs.check(stage, notices)
    progress("checking", 1, 2)
    facts.prepare(stage, files=source.files)
    report.warn_of_codes(stage, notices)
    progress("checking", 2, 2)
    counts = {}
    for number, entity in enumerate(mirror.ENTITIES, start=1):
        stage.tables.append(entity.changes)
        counts[entity.name] = mirror.compare(connection, entity, ready=facts.ready(entity), kept=facts.kept(entity))
        stage.index(entity.changes, ["id", ", ".join(entity.keys)])
        progress("comparing", number, len(mirror.ENTITIES))
    return counts


def put_in(stage: Stage, entities: Mapping[str, mirror.Counts], at: datetime) -> None:
    """Put the differences in. Pages lock guardianships first, then the guardian, and write to the trail last: so does this."""
    database = stage.database
    database.claim(connection, mirror.GUARDIANSHIP.table, mirror.GUARDIANSHIP.changes)
    for entity in mirror.ENTITIES:
        if entities[entity.name].differences:
            mirror.apply(connection, entity, ready=facts.ready(entity), at=at, new_key=database.NEW_KEY)
    database.settle(connection)


def keep_rows(stage: Stage, run: SyncRun) -> None:
    """Keep where and why rows were set aside."""
    stage.execute(
        'INSERT INTO sync_setasiderow (run_id, file, line, "column", reason, value, digest)'
        " SELECT %s, file, line, column_name, reason, value, digest FROM staged_aside",
        [run.pk],
    )


def summary(found: Report) -> Mapping[str, Any]:
    """The counts that the audit trail keeps."""
    plain = found.plain()
    return {name: plain[name] for name in ("run", "source", "snapshot", "read", "new", "changed", "ended", "set_aside")}
