"""Where and when figures were taken: without it no figure means anything."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bench import databases
from bench.processes import CHECKOUT

NOISE = (
    "The machine was shared with other work: single figures wander, so read medians and ratios to the floor, "
    "which was taken in the same run."
)


def described(arguments: Sequence[str]) -> str:
    """The command, the date, the machine and the versions, as lines of Markdown."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "psycopg", "granian"))
    lines = [
        f"Command: `{' '.join(['bin/bench', *arguments])}`",
        f"Date: {datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
        f"Code: {commit()}",
        f"Machine: {os.cpu_count()} cores ({processor()}), {memory():.1f} GiB memory, {platform.system()} {platform.release()}",
        f"Versions: Python {platform.python_version()}, {packages}, SQLite {sqlite3.sqlite_version}, PostgreSQL {postgresql()}",
        f"Load when it began: {load()}",
        NOISE,
    ]
    return "\n".join(f"- {line}" for line in lines)


def commit() -> str:
    """The commit that was measured, and whether anything was changed since."""
    command = ["git", "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
    except OSError:
        return "not known"
    return done.stdout.strip() or "not known"


def processor() -> str:
    """The processor's model as Linux knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def memory() -> float:
    """The machine's memory in GiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def load() -> str:
    """How many processes wanted a core, on average over the last minute and the last five."""
    one, five, _fifteen = os.getloadavg()
    return f"{one:.1f} over one minute, {five:.1f} over five"


def postgresql() -> str:
    """The server's version, or that there is none."""
    try:
        return databases.versions()
    except databases.Unreachable:
        return "not reachable"


def say(text: str) -> None:
    """Tell whoever waits what is being measured."""
    print(text, file=sys.stderr, flush=True)
