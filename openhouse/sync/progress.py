"""How far a run is: shown on a terminal, and written beside the run so that others see it and see that it lives."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from django.db import Error, connection
from django.utils import timezone

from openhouse.sync.intake import Progress
from openhouse.sync.models import SyncRun
from openhouse.sync.runs import silent

BEAT = 1.0
"""Seconds between two beats."""
UPDATE = f"UPDATE {SyncRun._meta.db_table} SET step = %s, done = %s, total = %s, beat_at = %s WHERE id = %s"  # noqa: S608


class Beats:
    """A run's progress, which `begin` gives its run; until then it is shown and not written.

    It writes on a connection of its own, for the run's own is inside a long transaction that nobody sees into. It waits for
    nobody: where the row or the database is locked (SQLite has one writer), this beat is left out.
    """

    def __init__(self, shown: Progress = silent) -> None:
        self._shown = shown
        self._run: int | None = None
        self._step, self._beat = "", 0.0
        self._connection = connection.copy()
        options = self._connection.settings_dict["OPTIONS"]  # a copy too
        if connection.vendor == "sqlite":
            options["timeout"] = 0
        else:
            options["connect_timeout"] = 2

    def begin(self, run: int) -> None:
        """From now on write beside this run."""
        self._run = run

    def __call__(self, step: str, done: int, total: int) -> None:
        """Progress: shown each time, written once a second and when a step begins."""
        self._shown(step, done, total)
        now = time.monotonic()
        if self._run is not None and (step != self._step or now - self._beat >= BEAT):
            self._step, self._beat = step, now
            self._write(self._run, step, done, total)

    def _write(self, run: int, step: str, done: int, total: int) -> None:
        beat_at = self._connection.ops.adapt_datetimefield_value(timezone.now())
        try:
            with self._connection.cursor() as cursor:
                if self._connection.vendor == "postgresql":
                    cursor.execute("SET lock_timeout = '50ms'")
                cursor.execute(UPDATE, [step, done, total, beat_at, run])
        except Error:
            self._connection.close()  # the next beat tries again, on a new one

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()
