"""Runs as the pages show them: with the names of who started them and who decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openhouse.audit import trail
from openhouse.sync.models import SyncRun


@dataclass(frozen=True)
class Line:
    """A run, and two names."""

    run: SyncRun
    by: str
    decided_by: str

    @property
    def percent(self) -> int:
        """How much of its step is done."""
        return min(100, 100 * self.run.done // self.run.total) if self.run.total else 0


def of(runs: Iterable[SyncRun]) -> list[Line]:
    """The runs with the names that the trail remembers; a part of the portal has its own name for a key."""
    shown = list(runs)
    names = trail.names(key for run in shown for key in (run.actor, run.decided_by) if key)
    return [Line(run, names.get(run.actor, run.actor), names.get(run.decided_by, run.decided_by)) for run in shown]
