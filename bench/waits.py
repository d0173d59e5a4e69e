"""How long does somebody wait who writes a small row while a sync lands on SQLite, which has one writer at a time?

A process of its own writes one every 20 ms (bench.writer): first while nothing else goes on, then during a first sync, the
next night, and the same files again. A wait is from BEGIN IMMEDIATE to the end of COMMIT.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench import databases
from bench.bare import into_sqlite
from bench.databases import Home
from bench.districts import District
from bench.machine import say
from bench.processes import CHECKOUT, OPENHOUSE, ProgramFailed, measure
from bench.tables import table

HEADINGS = (
    "Meanwhile",
    "Wall s",
    "× bare",
    "Writes",
    "Failed",
    "Median ms",
    "p99 ms",
    "Over 100 ms",
    "Over 2 s",
    "Longest s",
)
QUIET = 5.0
"""Seconds of writing with nothing else going on."""


@dataclass
class Waits:
    """What the writer met while something went on that took `wall` seconds, and a bare load of the same files `bare`."""

    meanwhile: str
    wall: float = 0.0
    bare: float = 0.0
    taken: list[float] = field(default_factory=list)
    failed: int = 0

    def over(self, seconds: float) -> int:
        """How many took longer."""
        return sum(each > seconds for each in self.taken)


def figures(district: District) -> str:
    """The table for one size."""
    say(f"waits: {district.students:,} students on sqlite")
    nights = (district.first_night, district.second_night, district.second_night)
    found = []
    with databases.fresh("sqlite", district.folder / "waits") as home:
        with writing(home, "nothing") as quiet:
            time.sleep(QUIET)
        found.append(quiet)
        for name, folder in zip(("first sync", "next night", "same files again"), nights, strict=True):
            floor = home.folder / "floor.sqlite3"
            started = time.perf_counter()
            into_sqlite(folder, str(floor))
            bare = time.perf_counter() - started
            floor.unlink()
            with writing(home, name) as waits:
                waits.wall = measure(*OPENHOUSE, "sync", str(folder), environment=home.environment).wall
                waits.bare = bare
            found.append(waits)
    return table(HEADINGS, map(_row, found))


@contextmanager
def writing(home: Home, meanwhile: str) -> Iterator[Waits]:
    """A writer while the block runs; what it met is known afterwards."""
    waits = Waits(meanwhile)
    command = [sys.executable, "-m", "bench.writer", str(home.folder / "db.sqlite3")]
    writer = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    if writer.stdout.readline() != "writing\n":
        raise ProgramFailed("the writer did not begin")
    try:
        yield waits
    finally:
        told, _error = writer.communicate("")
    taken = [seconds for _began, seconds in json.loads(told)]
    waits.taken = sorted(seconds for seconds in taken if seconds is not None)
    waits.failed = taken.count(None)


def _row(waits: Waits) -> list[str]:
    taken = waits.taken
    return [
        waits.meanwhile,
        f"{waits.wall or QUIET:.1f}",
        f"{waits.wall / waits.bare:.1f}" if waits.bare else "–",
        f"{len(taken):,}",
        str(waits.failed),
        f"{statistics.median(taken) * 1000:.1f}",
        f"{taken[math.ceil(0.99 * len(taken)) - 1] * 1000:.1f}",
        str(waits.over(0.1)),
        str(waits.over(2.0)),
        f"{taken[-1]:.2f}",
    ]
