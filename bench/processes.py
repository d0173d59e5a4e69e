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
    """One process from start to end: wall and processor seconds, and the most memory it held at once, in bytes."""

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
        wall, cpu, maxrss = report.read().split()
        return Measured(float(wall), float(cpu), _bytes(int(maxrss)), done.stdout)


def _bytes(maxrss: int) -> int:
    return maxrss if sys.platform == "darwin" else maxrss * 1024


def cpu_seconds(root: int) -> float:
    """Processor time, user and system, that a process and all below it have used so far. Needs Linux's /proc."""
    parents, ticks = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # ended meanwhile
            continue
        pid = int(path.parent.name)
        parents[pid], ticks[pid] = int(fields[1]), int(fields[11]) + int(fields[12])
    ours = {root}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks.get(pid, 0) for pid in ours) / TICKS
