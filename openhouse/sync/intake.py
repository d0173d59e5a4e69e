"""One night: read what the SIS states, look at what changed or at everything, and compare it with the mirror.

Writes the statement and temporary tables alone; `sync.runs` lands what it found.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from typing import Protocol, runtime_checkable

from django.utils import timezone

from openhouse.district import mirror
from openhouse.policy.values import Policy
from openhouse.sync import beside, brake, checks, facts, lookups, neighbourhood, pairs, report
from openhouse.sync.memory import Memory
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import NothingRemembered
from openhouse.sync.report import Report
from openhouse.sync.sources import Notices, Source
from openhouse.sync.staging import Stage
from openhouse.sync.statement import Statement, settings


class Progress(Protocol):
    """Told how far a run is: the step's name, how much of it is done, and how much there is."""

    def __call__(self, step: str, done: int, total: int) -> None: ...


@runtime_checkable
class Watched(Protocol):
    """Progress that others see too: it is told which run it is of (sync.progress)."""

    def begin(self, run: int) -> None: ...


def day(source: Source) -> date:
    """The day on which the SIS wrote it, in the district's time zone."""
    return timezone.localdate(source.written_at)


class Intake:
    """What a source states, on its way to the mirror. `last` is the run before that landed."""

    def __init__(self, stage: Stage, source: Source, policy: Policy, progress: Progress, last: SyncRun | None) -> None:
        self.stage, self.source, self.policy, self.progress, self.last = stage, source, policy, progress, last
        self.notices = Notices()
        self.token = secrets.token_hex(16)
        self.statement = Statement(stage)
        self.continues = self.statement.continues(last, source, policy)
        self.memory = Memory(self.statement.recall if self.continues else None)
        self.is_delta = "delta" in source.files.values() or not source.files
        self.is_small = False
        self.merged = not self.continues

    def prepare(self) -> None:
        """Empty the statement where it is of no use any more, in a transaction of its own.

        On PostgreSQL 15 an unlogged table that a transaction made or emptied which was then given up can keep a server that was
        killed right after from starting again: so no transaction does that and goes on for a minute.
        """
        if not self.continues and not self.is_delta:
            self.statement.clear()

    def read(self) -> None:
        """Stage the rows that are new, or all where nothing is remembered."""
        if self.continues:
            if self.is_delta:
                self._refuse_gap()
            self.stage.freshen()
        elif self.is_delta:
            raise NothingRemembered(
                "This export says what changed since one that the portal does not remember. Send a whole one (bulk) first."
            )
        vendor = self.stage.connection.vendor
        with (
            self.stage.pouring(),
            closing(beside.batches(self.source, self.policy, self.notices, self.memory, vendor)) as batches,
        ):
            for done, batch in batches:
                self.stage.put(batch)
                self.progress("reading", done, self.source.size)
        self.stage.squeeze_numbers()
        neighbourhood.note_gone(self.stage, self.memory.gone)
        if self.is_delta:
            self.statement.hold_on()
        if self.continues:
            self._narrow()

    def _refuse_gap(self) -> None:
        """A delta in files builds on the one before: where that failed or waits, what it said would be lost. A SIS that is asked is
        asked since the last run that landed.
        """
        if not self.source.mark():
            return
        since = self.last.started_at if self.last else self.source.written_at
        lost = SyncRun.objects.filter(started_at__gt=since, written_at__lt=self.source.written_at)
        if self.last and self.last.written_at:  # one that was refused for being older is none that is missing
            lost = lost.filter(written_at__gte=self.last.written_at)
        lost = lost.exclude(state__in=("landed", "rehearsed", "running")).exclude(written_at=None)
        if any("delta" in files.values() for files in lost.values_list("files", flat=True)):
            raise NothingRemembered(
                "An export before this one, which said what changed, did not come in. Bring it in first, or a whole one (bulk)."
            )

    def _narrow(self) -> None:
        """Look at the people whom the changes concern, or, where they are many, at everybody."""
        stated = sum(map(len, self.memory.again.values()))
        if neighbourhood.is_small(self.stage, stated):
            since = self.last.snapshot if self.last else day(self.source)
            patched = self.is_delta or self.statement.is_patched()
            neighbourhood.gather(self.stage, since=since, until=day(self.source), patched=patched)
            self.is_small = True
        elif self.is_delta:
            neighbourhood.show_everything(self.stage)
        else:
            self.statement.merge()
            self.merged = True

    def compare(self, run: SyncRun, *, on: date) -> Report:
        """Check what is staged, find the differences to the mirror, and ask the brake, as of a day."""
        stage, notices = self.stage, self.notices
        stage.database.step_aside(stage.connection)
        self.progress("checking", 0, 2)
        if passed := lookups.protect(stage, self.source.written_at):
            notices.warnings["row about somebody who was looked up since; passed over"] += passed
        checks.check(stage, notices, policy=self.policy, snapshot=day(self.source).isoformat())
        pairs.check(stage, notices)
        self.progress("checking", 1, 2)
        files = {name for name in facts.STAYING if self.statement.has(name)} | set(self.source.files)
        facts.prepare(stage, files=files)
        report.warn_of_codes(stage, notices)
        self.progress("checking", 2, 2)
        found = Report(run.pk, self.source.name, day(self.source).isoformat(), dict(notices.read), self._differences())
        found.notes, found.groups = report.notes(stage, self.source.files), report.groups(stage)
        found.warnings = sorted(notices.warnings.items())
        found.scope = "changes" if self.is_small else "everything"
        read = sum(notices.read.values())
        found.brakes = brake.reasons(stage, found.entities, policy=self.policy, read=read, on=on)
        return found

    def _differences(self) -> dict[str, mirror.Counts]:
        stage, counts = self.stage, {}
        for number, entity in enumerate(mirror.ENTITIES, start=1):
            within = neighbourhood.within(entity) if self.is_small else ""
            counts[entity.name] = facts.compare(stage, entity, within=within)
            self.progress("comparing", number, len(mirror.ENTITIES))
        return counts

    def leave(self) -> None:
        """What was stated does not land, or not all of it: the next run must not build on it."""
        if self.merged:
            self.statement.forget()
        self.stage.withdraw()

    def keep(self) -> None:
        """Keep what was stated, for the next night."""
        self.statement.settle(
            self.memory,
            token=self.token,
            read_as=settings(self.policy, self.source),
            merged=self.merged,
            is_delta=self.is_delta,
        )
        self.stage.withdraw()


@contextmanager
def prepared(
    stage: Stage, source: Source, policy: Policy, progress: Progress, last: SyncRun | None
) -> Iterator[Intake]:
    """The intake of one run, with the statement's tables ready, before the run's own transaction begins."""
    Statement(stage).open()
    intake = Intake(stage, source, policy, progress, last)
    intake.prepare()
    yield intake
