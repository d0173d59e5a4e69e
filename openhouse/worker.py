"""`openhouse worker`: does the work that waits in the database, and brings the SIS's facts in every night.

Mails go out in this process. A night is brought in by a process of its own, and so are chores done between nights: they may
take memory, and be killed, without stopping the mails.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhouse.sync.schedule import Night

log = logging.getLogger(__name__)

LOOK = 20.0
"""Seconds between two looks at the schedule."""
GRACE = 30.0
"""Seconds that a sync has to stop in when the worker is told to."""
PRUNED_EVERY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""After a chore that came to nothing, because a sync went on for one."""
TAKEN_UP_AFTER = timedelta(hours=1)
"""After a task failed, or a worker began it and was never heard of again."""
TAKEN_UP_FOR = timedelta(days=1)
TRIES_OF_A_TASK = 5
NOTICES_FROM = time(8)
"""When guardians are told of birthdays, on the clock in the district: after the night's sync, and by day."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often to look."""
    parser.add_argument("--interval", type=float, default=1.0, metavar="SECONDS", help="default: %(default)s")
    parser.add_argument(
        "--look", type=float, default=LOOK, metavar="SECONDS", help="between two looks at the schedule: %(default)s"
    )
    parser.add_argument(
        "--without-schedule", action="store_true", help="leave the nights to cron, with `openhouse sync --due`"
    )


def run(options: argparse.Namespace) -> int:
    """Runs until it is told to stop; two may run at once. 1 where policy has a value that is not allowed."""
    from django.conf import settings
    from django.core.management import call_command

    from openhouse.policy import command

    if not command.is_in_order():
        return 1
    with Nights(options.look) if not options.without_schedule and not settings.DEMO else contextlib.nullcontext():
        call_command("db_worker", interval=options.interval, verbosity=0)
    return 0


class Nights:
    """Looks at the schedule in a thread of its own, while the block runs, and starts a process where a night is due."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="nights", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        from django.db import connection

        child: Child | None = None
        chores = Chores()
        while not self._stopped.wait(self._every):
            try:
                child = look(child, chores)
            except Exception:  # a database that restarts, for one: this thread must outlive it
                log.exception("The schedule could not be looked at; it will be again.")
                connection.close()
        if child:
            child.stop()
        connection.close()


class Child:
    """A process that does one command of this program: brings in one try of a night, or does a chore."""

    def __init__(self, *command: str, night: Night | None = None) -> None:
        self.command, self.night = command, night
        program = [sys.executable, "-m", "openhouse", *command]
        # Ctrl-C in a terminal reaches the worker alone, which passes it on.
        self.process = subprocess.Popen(program, stdout=sys.stderr, process_group=0)  # noqa: S603

    def stop(self) -> None:
        """Tell it to stop, which it writes down where it can; at last kill it. A next worker buries it."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Chores:
    """What else is to be done while nobody syncs, one at a time; remembers what this worker has done."""

    seen: str = ""
    prune_at: datetime | None = None
    notices_on: date | None = None
    notices_at: datetime | None = None

    def next(self, *, at: datetime) -> list[str]:
        """The command that should run now, or nothing."""
        from openhouse.sync import indexes
        from openhouse.sync.models import SyncRun

        if SyncRun.objects.filter(state=SyncRun.State.RUNNING).exists():
            return []
        if (news := indexes.news(at=at)) != self.seen:
            self.seen = news
            if news:
                return ["index"]
        if self.prune_at is None or self.prune_at <= at:
            self.prune_at = at + PRUNED_EVERY
            return ["prune"]
        return ["notices"] if self._notices_are_due(at) else []

    def _notices_are_due(self, at: datetime) -> bool:
        """Once a day from the hour on, and again where that failed: what has been told is on record, and not told twice."""
        from django.utils import timezone

        now = timezone.localtime(at)
        if now.time() < NOTICES_FROM or self.notices_on == now.date() or (self.notices_at and at < self.notices_at):
            return False
        self.notices_on = now.date()
        return True

    def failed(self, command: Sequence[str], *, at: datetime) -> None:
        """A chore came to nothing; its own words are in the log. What cannot be indexed waits for the next export."""
        if command == ("prune",):
            self.prune_at = at + AGAIN
        if command == ("notices",):
            self.notices_on, self.notices_at = None, at + AGAIN


def take_up(*, at: datetime) -> int:
    """Put tasks back that failed, or whose worker was killed over them, five tries in all: no mail is lost to a mail server that
    is down for an hour. Returns how many.
    """
    from django.db.models import Q
    from django.tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    before = at - TAKEN_UP_AFTER
    left = Q(status=TaskResultStatus.RUNNING) | Q(status=TaskResultStatus.FAILED)
    rows = DBTaskResult.objects.filter(left, started_at__lt=before, started_at__gt=at - TAKEN_UP_FOR)
    again = [pk for pk, tries in rows.values_list("pk", "worker_ids") if len(tries) < TRIES_OF_A_TASK]
    return rows.filter(pk__in=again).update(status=TaskResultStatus.READY, finished_at=None)


def look(child: Child | None, chores: Chores) -> Child | None:
    """Look once: at the process that was started before, if any, and whether another should be. Returns the one that runs."""
    from django.db import close_old_connections
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import nights, watch

    close_old_connections()
    at = timezone.now()
    if child and (code := child.process.poll()) is not None:
        if code and not child.night:
            chores.failed(child.command, at=at)
        elif code and child.night:  # where its run had begun, that is on record already, or will be buried
            reason = f"The sync's process ended with {code} before it began; the worker's log says why."
            nights.keep_failure(child.night, at=at, by=Actor.system("sync"), reason=reason)
        child = None
    take_up(at=at)
    night = watch.tick(at=at)
    if child:
        return child
    if night:
        return Child("sync", "--due", night=night)
    command = chores.next(at=at)
    return Child(*command) if command else None
