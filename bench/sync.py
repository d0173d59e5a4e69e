"""What does a night cost? Each sync beside two floors of the same files, each taken right before it.

The syncs, in this order: the first one; the next night, of which about one row in a hundred is another; the same files again,
with the shortcut for bytes that were seen before and without it. The floors: *bare*, the files as text into tables without
an index (bench.bare), and *kept*, the files typed, in logged tables with their keys (bench.kept; PostgreSQL alone). Every one
is a process of its own from start to end, Python's start and Django's included; a checkpoint comes before each, so that none
pays for what another has written.
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
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
    "Bare s",
    "× bare",
    "Kept s",
    "× kept",
    "CPU s",
    "Peak MiB",
    "Limit",
    "Within",
)
WHOLE = ("--no-shortcut", "--whole")
"""Names of the option that reads files although the very same were read before: the first that the command knows."""
STEPS = ("first sync", "next night", "same files again", "same files, compared")
LIMITS: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "postgresql": {
        "first sync": ("kept", 2.5),
        "next night": ("bare", 2.0),
        "same files again": ("bare", 0.2),
    },
    "sqlite": {"first sync": ("bare", 6.0)},
}
"""What each may cost, as a multiple of which floor. On SQLite the first sync may cost 6 times *bare* where nobody ever waits
100 ms for it, and 2.5 times where somebody waits up to 2 s once (bench.waits)."""
MEMORY = 500_000_000
"""Bytes that the processes of a sync may hold in memory together."""


@dataclass(frozen=True)
class Step:
    """One sync and its floors. `read` counts the files' rows, `written` the mirror's that are new, changed or ended."""

    name: str
    read: int
    written: int
    own: Measured
    bare: Measured
    kept: Measured | None


def figures(district: District, database: str, runs: int) -> str:
    """The table for one size on one database: medians over the runs."""
    steps: list[Step] = []
    for run in range(runs):
        say(f"sync: {district.students:,} students on {database}, run {run + 1} of {runs}")
        with databases.fresh(database, district.folder / f"sync-{database}") as home:
            steps += night_by_night(home, district)
    found = [[step for step in steps if step.name == name] for name in STEPS]
    rows = [_row(each, LIMITS[database].get(each[0].name)) for each in found if each]
    differing, total = district.differences
    share = f"Of the next night's {total:,} rows, {differing:,} ({differing / total:.2%}) are others than the first night's."
    return f"{table(HEADINGS, rows)}\n\n{share}"


def night_by_night(home: Home, district: District) -> Iterator[Step]:
    """The syncs of one fresh portal."""
    first, second, whole = district.first_night, district.second_night, _whole(home)
    syncs: list[tuple[Path, Sequence[str]]] = [(first, ()), (second, ()), (second, ())]
    if whole:
        syncs.append((second, whole))
    for name, (folder, options) in zip(STEPS, syncs, strict=False):
        bare, kept = floor(home, folder, "bare"), floor(home, folder, "kept") if home.url else None
        home.settle()
        command = (*OPENHOUSE, "sync", str(folder), "--json", *options)
        own = measure(*command, environment=home.environment)
        told = json.loads(own.output)
        written = sum(told.get(what, 0) for what in ("new", "changed", "ended"))
        say(f"sync: {name}: {own.wall:.1f} s, bare {bare.wall:.1f} s" + (f", kept {kept.wall:.1f} s" if kept else ""))
        yield Step(name, told.get("read", 0), written, own, bare, kept)


def floor(home: Home, folder: Path, which: str) -> Measured:
    """A floor: the same files into tables of their own beside the portal's, gone afterwards."""
    home.settle()
    file = home.folder / "floor.sqlite3"
    target = f"postgresql:{home.url}" if home.url else f"sqlite:{file}"
    command = (sys.executable, "-m", f"bench.{which}", str(folder), target)
    measured = measure(*command, environment=home.environment)
    for path in home.folder.glob(f"{file.name}*"):
        path.unlink()
    home.drop(f"{which}\\_%")
    return measured


def _whole(home: Home) -> Sequence[str]:
    """The option that switches the shortcut off, or nothing where the command has none."""
    offered = measure(*OPENHOUSE, "sync", "--help", environment=home.environment).output
    return [name for name in WHOLE if name in offered][:1]


def _row(steps: list[Step], limit: tuple[str, float] | None) -> list[str]:
    def median(of: Sequence[float]) -> float:
        return statistics.median(of)

    walls, bare = [step.own.wall for step in steps], [step.bare.wall for step in steps]
    kept = [step.kept.wall for step in steps if step.kept]
    ratios = {"bare": median([own / least for own, least in zip(walls, bare, strict=True)])}
    if kept:
        ratios["kept"] = median([own / least for own, least in zip(walls, kept, strict=True)])
    peak = max(step.own.peak for step in steps)
    within = peak < MEMORY and (limit is None or ratios[limit[0]] <= limit[1])
    return [
        steps[0].name,
        f"{steps[0].read:,}",
        f"{steps[0].written:,}",
        f"{median(walls):.1f}",
        f"{median(bare):.2f}",
        f"{ratios['bare']:.2f}",
        f"{median(kept):.2f}" if kept else "–",
        f"{ratios['kept']:.2f}" if kept else "–",
        f"{median([step.own.cpu for step in steps]):.1f}",
        f"{peak / 2**20:.0f}",
        f"{limit[1]} × {limit[0]}" if limit else "–",
        ("yes" if limit else "–") if within else "**no**",
    ]
