"""What does a night cost? First sync, next night and unchanged sync, beside a bare load of the same files.

Every step is a process of its own from start to end, Python's start and Django's included. Its ratio is to the floor of the
same files, taken right before it: for PostgreSQL a COPY, for SQLite a batched insert (bench.bare).
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import databases
from bench.databases import Home
from bench.districts import District
from bench.machine import say
from bench.processes import OPENHOUSE, Measured, measure
from bench.tables import table

HEADINGS = (
    "Sync",
    "Rows read",
    "Rows written",
    "Wall s",
    "Floor s",
    "Ratio",
    "CPU s",
    "Floor CPU s",
    "Peak MiB",
    "Floor MiB",
)
STEPS = ("first sync", "next night", "unchanged")


@dataclass(frozen=True)
class Step:
    """One sync and its floor. `read` counts the files' rows, `written` the mirror's that are new, changed or ended."""

    name: str
    read: int
    written: int
    own: Measured
    floor: Measured


def figures(district: District, database: str, runs: int) -> str:
    """The table for one size on one database: medians over the runs."""
    steps: list[Step] = []
    for run in range(runs):
        say(f"sync: {district.students:,} students on {database}, run {run + 1} of {runs}")
        with databases.fresh(database, district.folder / f"sync-{database}") as home:
            steps += night_by_night(home, district)
    rows = (_row([step for step in steps if step.name == name]) for name in STEPS)
    return table(HEADINGS, rows)


def night_by_night(home: Home, district: District) -> Iterator[Step]:
    """The three syncs of one fresh portal."""
    for name, folder in zip(STEPS, (district.first_night, district.second_night, district.second_night), strict=True):
        floor = bare(home, folder)
        own = measure(*OPENHOUSE, "sync", str(folder), "--json", environment=home.environment)
        told = json.loads(own.output)
        written = sum(told[what] for what in ("new", "changed", "ended"))
        yield Step(name, told["read"], written, own, floor)


def bare(home: Home, folder: Path) -> Measured:
    """The floor: the same files into tables of their own beside the portal's."""
    target = f"postgresql:{home.url}" if home.url else f"sqlite:{home.folder / 'bare.sqlite3'}"
    return measure(sys.executable, "-m", "bench.bare", str(folder), target, environment=home.environment)


def _row(steps: list[Step]) -> list[str]:
    ratio = statistics.median(step.own.wall / step.floor.wall for step in steps)
    return [
        steps[0].name,
        f"{steps[0].read:,}",
        f"{steps[0].written:,}",
        f"{statistics.median(step.own.wall for step in steps):.1f}",
        f"{statistics.median(step.floor.wall for step in steps):.2f}",
        f"{ratio:.1f}",
        f"{statistics.median(step.own.cpu for step in steps):.1f}",
        f"{statistics.median(step.floor.cpu for step in steps):.2f}",
        f"{max(step.own.peak for step in steps) / 2**20:.0f}",
        f"{max(step.floor.peak for step in steps) / 2**20:.0f}",
    ]
