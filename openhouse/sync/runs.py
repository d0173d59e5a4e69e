"""One run: stage, check, compare, and land everything in one transaction, or nothing."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.utils import timezone

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.policy import values
from openhouse.sync import databases, facts, landing, narrowing, openings, rehearsal, shortcut, waiting
from openhouse.sync.intake import Progress, Watched, day, prepared
from openhouse.sync.memory import Memory
from openhouse.sync.models import LookedUp, SyncRun
from openhouse.sync.refusals import SourceRefused, SyncHeld, SyncOutOfOrder, reason_of
from openhouse.sync.report import Report
from openhouse.sync.schedule import Night
from openhouse.sync.sources import Source
from openhouse.sync.staging import Stage, staged

State = SyncRun.State


@dataclass(frozen=True)
class Wish:
    """How a run is to go: see `land`."""

    whole: bool = False
    rehearse: bool = False
    only_restrictions: bool = False


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
    whole: bool = False,
    rehearse: bool = False,
    only_restrictions: bool = False,
    night: Night | None = None,
) -> Report:
    """Bring in what a source states, whole, at one instant; returns what came of it.

    `without` names files that the last run had and this source need not have: what they said stays as it was. `older` lets
    in a source that was written before the last one that landed; `whole` reads and compares everything, as if nothing were
    remembered. `rehearse` changes nothing and says what would change; `only_restrictions` brings in endings and new
    restrictions alone. Where the brake holds the run and nobody has decided so, it waits (`report.state`), and nothing changed.
    Raises SyncRefused, with the mirror as it was, for a source that cannot be read as a whole, SyncOutOfOrder for an older one,
    and SyncHeld while another run goes on. `night` is the night that the run belongs to.
    """
    with databases.of(connection).alone(connection) as alone:
        if not alone:
            raise SyncHeld(whoever_holds())
        bury(at)
        last = SyncRun.objects.filter(state=State.LANDED).order_by("-started_at").first()
        run = begin(source, last, at=at, by=by, night=night)
        started = time.monotonic()
        if isinstance(progress, Watched):
            progress.begin(run.pk)
        try:
            newest(source, last, older=older)
            complete(source, last, without)
            wish = Wish(whole=whole, rehearse=rehearse, only_restrictions=only_restrictions)
            return _land(run, source, last, wish, at=at, by=by, progress=progress)
        except BaseException as error:
            fail(run, by=by, at=at + timedelta(seconds=time.monotonic() - started), reason=reason_of(error))
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
    """Write down that a run goes on. Raises SyncOutOfOrder where one landed later than this moment, or where the export says that
    it was written later: all exports until then would be older than it.
    """
    if source.written_at > max(at, timezone.now()) + timedelta(days=1):
        raise SyncOutOfOrder(
            f"This export says it is of {day(source)}, which is still to come. Say the right day with --on."
        )
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
    overtaken = last is not None and last.snapshot > day(source)
    if (
        last and last.written_at and "delta" in source.files.values()
    ):  # the order of what changed counts within a day too
        overtaken = last.written_at > source.written_at
    if last and overtaken and not older:
        of, before = (f"{day(source)}", f"{last.snapshot}")
        if of == before and last.written_at:
            of, before = (f"{timezone.localtime(each):%Y-%m-%d %H:%M}" for each in (source.written_at, last.written_at))
        raise SyncOutOfOrder(
            f"This export is of {of}, the last one was of {before}: it would undo what the SIS changed since. "
            "Bring in a newer one. If the day is wrong, say the right one with --on; to go back all the same, say --older."
        )


def complete(source: Source, last: SyncRun | None, without: Collection[str]) -> None:
    """Raise SourceRefused where a file is missing that the last export of this kind had: what it adds would go unnoticed."""
    if "delta" in source.files.values() or not source.files:  # what says what changed may leave out what did not
        return
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


def _land(
    run: SyncRun, source: Source, last: SyncRun | None, wish: Wish, *, at: datetime, by: Actor, progress: Progress
) -> Report:
    started = time.monotonic()
    policy = values.at(at)
    fingerprint = shortcut.fingerprint(source, policy)
    if last and fingerprint == last.fingerprint != "" and wish == Wish():
        with transaction.atomic():
            found = shortcut.repeat(run, last)
            waiting.supersede(before=run, at=at)
            _record(run, found, last.statement, fingerprint, at=at, by=by, seconds=time.monotonic() - started)
        return found
    with (
        staged(connection) as stage,
        prepared(stage, source, policy, progress, None if wish.whole else last) as intake,
        stage.database.filling(connection),
    ):
        intake.read()
        found = intake.compare(run, on=timezone.localdate(at))
        goes_on = may_land(stage, found, wish, at=at)
        intake.keep() if goes_on and not found.narrowed else intake.leave()
        stage.database.filled(connection)
        found.seconds = time.monotonic() - started
        if not goes_on:
            stop(stage, run, found, intake.memory, rehearse=wish.rehearse, by=by, at=at)
            return found
        progress("landing", 0, landing.STEPS)
        is_in = not found.narrowed and landing.put_in_ahead(stage, at, progress)
        with transaction.atomic():
            landing.show(stage) if is_in else landing.put_in(stage, found.entities, at, progress)
            keep_rows(stage, run, intake.memory)
            LookedUp.objects.filter(at__lte=source.written_at).delete()
            run.position = str(getattr(source, "position", None) or "")
            waiting.supersede(before=run, at=at + timedelta(seconds=found.seconds))
            token, fingerprint = ("", "") if found.narrowed else (intake.token, fingerprint)
            _record(run, found, token, fingerprint, at=at, by=by, seconds=time.monotonic() - started)
    progress("landing", landing.STEPS, landing.STEPS)
    found.seconds = time.monotonic() - started
    return found


def _record(
    run: SyncRun, found: Report, statement: str, fingerprint: str, *, at: datetime, by: Actor, seconds: float
) -> None:
    """Write down that the run landed; last in its transaction, for the trail's head is held until then."""
    found.seconds = seconds
    record(event=Event.SYNC_LANDED, by=by, at=at, detail=summary(found))
    found.audit_head = trail.head()
    SyncRun.objects.filter(pk=run.pk).update(
        state=State.LANDED,
        ended_at=at + timedelta(seconds=seconds),
        report=found.plain(),
        statement=statement,
        fingerprint=fingerprint,
        differences=found.differences,
        position=run.position,
    )


def may_land(stage: Stage, found: Report, wish: Wish, *, at: datetime) -> bool:
    """Whether to go on, past the brake as a person decided; narrows the differences where that is what may land."""
    if not (wish.rehearse or wish.only_restrictions or found.brakes):
        return True
    found.differences = rehearsal.digest(stage)
    decided = waiting.decision(found=found.brakes, differences=found.differences, at=at)
    if not wish.rehearse and (wish.only_restrictions or (decided is not None and decided.state == State.LET_IN)):
        found.entities, found.narrowed = narrowing.narrow(stage, found.entities, on=timezone.localdate(at)), True
        return True
    return not wish.rehearse and decided is not None


def stop(stage: Stage, run: SyncRun, found: Report, memory: Memory, *, rehearse: bool, by: Actor, at: datetime) -> None:
    """Keep what a run would change and leave the mirror as it is: for a rehearsal, or until a person decides."""
    found.state = State.REHEARSED if rehearse else State.WAITING
    with transaction.atomic():
        keep_rows(stage, run, memory)
        found.kept = rehearsal.keep(stage, run)
        found.gains, found.losses, found.restricted = openings.totals(stage)
        run.state, run.ended_at = found.state, at + timedelta(seconds=found.seconds)
        run.differences, run.report, run.brakes = found.differences, found.plain(), found.plain()["brakes"]
        run.save()
        if not rehearse:
            waiting.begin(run=run, by=by, at=run.ended_at)
        found.audit_head = trail.head()


def keep_rows(stage: Stage, run: SyncRun, memory: Memory) -> None:
    """Keep where and why rows were set aside, on the lines where they stand tonight."""
    names = [row[0] for row in stage.rows("SELECT DISTINCT file FROM staged_aside")]
    for name in names:
        digests = {row[0] for row in stage.rows("SELECT digest FROM staged_aside WHERE file = %s", [name])}
        for digest, line in memory.places(name, digests).items():
            stage.execute("UPDATE staged_aside SET line = %s WHERE file = %s AND digest = %s", [line, name, digest])
    stage.execute(
        'INSERT INTO sync_setasiderow (run_id, file, line, "column", reason, value, digest)'
        " SELECT %s, file, line, column_name, reason, value, digest FROM staged_aside",
        [run.pk],
    )


def summary(found: Report) -> Mapping[str, Any]:
    """The counts that the audit trail keeps."""
    plain = found.plain()
    return {name: plain[name] for name in ("run", "source", "snapshot", "read", "new", "changed", "ended", "set_aside")}
