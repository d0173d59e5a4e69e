"""Runs the checks one after the other, whatever the one before said, and sums up at the end. Called by bin/check."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import postgresql
from debian import Missing, library, program

TOOLS = {
    "format": ["ruff", "format", "--check", "--output-format", "concise", "."],
    "lint": ["ruff", "check", "--output-format", "concise", "."],
    "types": ["mypy"],
    "contracts": ["lint-imports"],
    "migrations": ["openhouse", "manage", "makemigrations", "--check", "--dry-run"],
}
SETTINGS = ("OPENHOUSE_", "DATABASE_", "DJANGO_")
CLOSING_LINE = re.compile(r"=+ .*\bin [\d.:]+.* =+")
NO_TEST_FOUND = 5
OUTPUT: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}


@dataclass
class Outcome:
    """How one check went: `state` is "passed", "FAILED" or "NOT RUN"; `closing` is pytest's last line."""

    name: str
    state: str
    seconds: float
    note: str = ""
    closing: str = ""


class Checks:
    """The checks, in an environment of their own: no settings of the developer, a folder that is deleted after."""

    def __init__(self, folder: Path, rest: contextlib.ExitStack) -> None:
        self.folder = folder
        self.rest = rest
        kept = {key: value for key, value in os.environ.items() if not key.startswith(SETTINGS)}
        path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
        self.environment = kept | {"PATH": path, "OPENHOUSE_DIR": str(folder / "home")}
        self.server: str | Missing | None = None

    def all(self) -> dict[str, Callable[[], tuple[int, str]]]:
        """Every check by name; each gives an exit status and what is worth repeating, or raises `Missing`."""
        tools = {name: lambda command=command: self.tool(command) for name, command in TOOLS.items()}
        return tools | {
            "tests on SQLite": lambda: self.tests("not journey"),
            "tests on PostgreSQL": lambda: self.tests("not journey", self.postgresql()),
            "journeys on SQLite": lambda: self.journeys(),
            "journeys on PostgreSQL": lambda: self.journeys(self.postgresql()),
        }

    def tool(self, command: list[str]) -> tuple[int, str]:
        """A command whose words matter only when it fails."""
        done = subprocess.run(command, env=self.environment, **OUTPUT)
        if done.returncode:
            print(done.stdout, flush=True)
        return done.returncode, ""

    def tests(self, marker: str, database: str | None = None) -> tuple[int, str]:
        """The tests that a marker selects, on SQLite or on the database of a URL; gives pytest's closing line too."""
        environment = self.environment | ({"DATABASE_URL": database} if database else {})
        command = [sys.executable, "-m", "pytest", "-n", "2", "-m", marker, f"--basetemp={self.folder / 'pytest'}"]
        closing = ""
        with subprocess.Popen(command, env=environment, **OUTPUT) as run:
            assert run.stdout
            for line in run.stdout:
                print(line, end="", flush=True)
                closing = line.strip() if CLOSING_LINE.fullmatch(line.strip()) else closing
        return run.returncode, closing

    def journeys(self, database: str | None = None) -> tuple[int, str]:
        """The stories that run in a real browser."""
        program("chromium", package="chromium")
        library("libatomic.so.1", package="libatomic1")  # for Playwright's own node
        return self.tests("journey", database)

    def postgresql(self) -> str:
        """The server's URL: sought once, kept until the end."""
        if self.server is None:
            try:
                self.server = self.rest.enter_context(postgresql.database())
            except Missing as missing:
                self.server = missing
        if isinstance(self.server, Missing):
            raise self.server
        return self.server


def outcome(name: str, check: Callable[[], tuple[int, str]]) -> Outcome:
    """Run one check, with a line before it and one after it."""
    print(f"── {name}", flush=True)
    started = time.monotonic()
    try:
        status, closing = check()
    except Missing as missing:
        result = Outcome(name, "NOT RUN", time.monotonic() - started, note=str(missing))
    else:
        note = "no test was found" if status == NO_TEST_FOUND else ""
        result = Outcome(name, "FAILED" if status else "passed", time.monotonic() - started, note, closing)
    print(line(result), flush=True)
    return result


def line(result: Outcome) -> str:
    """One outcome as a line of the summary."""
    return f"   {result.name:24}{result.state:9}{result.seconds:6.1f} s  {result.note}".rstrip()


def summary(outcomes: list[Outcome], strict: bool) -> int:
    """Print how all went, with pytest's closing lines, and give the exit status."""
    failed = [result.name for result in outcomes if result.state == "FAILED"]
    not_run = [result.name for result in outcomes if result.state == "NOT RUN"]
    print("\n── summary", *map(line, outcomes), *(result.closing for result in outcomes if result.closing), sep="\n")
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    if not_run:
        print(f"NOT RUN: {', '.join(not_run)}" + (" (a failure, as CI=true)" if strict else ""))
    if not failed and not not_run:
        print(f"All {len(outcomes)} checks passed in {sum(result.seconds for result in outcomes):.0f} s.")
    return 1 if failed or (not_run and strict) else 0


def main(wanted: list[str]) -> int:
    """Run the checks whose names begin with one of the wanted words, or all of them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    folder = Path(tempfile.mkdtemp(prefix="openhouse-check-"))
    with contextlib.ExitStack() as rest:
        rest.callback(shutil.rmtree, folder, ignore_errors=True)
        checks = Checks(folder, rest).all()
        chosen = [name for name in checks if not wanted or name.startswith(tuple(wanted))]
        if not chosen:
            print(f"No check is named so; there are: {', '.join(checks)}")
            return 2
        return summary([outcome(name, checks[name]) for name in chosen], strict=os.environ.get("CI") == "true")


sys.exit(main(sys.argv[1:]))
