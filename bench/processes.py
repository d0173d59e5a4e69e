"""Programs run as processes of their own: how long, how much memory, how much processor time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
OPENHOUSE = (sys.executable, "-m", "openhouse")
LAUNCH = Path(__file__).with_name("launch.py")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Measured:
    """One process, and all that it started, from start to end: wall and processor seconds, and the most memory that they held
    at once, in bytes."""

    wall: float
    cpu: float
    peak: int
    output: str


class ProgramFailed(Exception):
    """A program that the bench started did not end well. The text is what it said."""


def measure(*command: str, environment: Mapping[str, str]) -> Measured:
    """Run a command, named by its path, to its end. Raises ProgramFailed where its exit status is not 0."""
    with tempfile.NamedTemporaryFile("r") as report:
        launched = (sys.executable, "-I", str(LAUNCH), report.name, *command)
        done = subprocess.run(launched, env=environment, cwd=CHECKOUT, capture_output=True, text=True)
        if done.returncode:
            raise ProgramFailed(f"{' '.join(command[1:])}: {(done.stderr or done.stdout)[-2000:]}")
        wall, cpu, largest, together = report.read().split()
        return Measured(float(wall), float(cpu), max(_bytes(int(largest)), int(together)), done.stdout)


def _bytes(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def cpu_seconds(root: int) -> float:
    """Processor time, user and system, that a process and all below it have used so far. Needs Linux's /proc."""
    found = _table()
    return sum(found[pid][2] for pid in (root, *below(root)) if pid in found) / TICKS


def below(root: int) -> set[int]:
    """The processes below one: those that it started, those that they started, and so on."""
    found, ours = _table(), {root}
    while more := {pid for pid, (parent, _state, _ticks) in found.items() if parent in ours} - ours:
        ours |= more
    return ours - {root}


def ended(pid: int) -> bool:
    """Whether a process is no more; one that is dead and that nobody asked after yet has ended too."""
    found = _table().get(pid)
    return found is None or found[1] in "ZX"


def alive_in(group: int) -> bool:
    """Whether anybody of a process group still runs."""
    return any(not ended(pid) for pid in _table() if _group(pid) == group)


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _table() -> dict[int, tuple[int, str, int]]:
    """Parent, state and processor ticks of every process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        found[int(path.parent.name)] = int(fields[1]), fields[0], int(fields[11]) + int(fields[12])
    return found
