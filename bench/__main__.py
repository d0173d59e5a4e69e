"""Runs the measurements that are asked for and prints their tables; called by bin/bench."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product
from pathlib import Path

from bench import cluster, databases, document, landing, machine, pages, sync, waits
from bench.client import WrongAnswer
from bench.districts import District
from bench.processes import ProgramFailed

QUESTIONS = ("sync", "waits", "pages", "landing")
ONLY = {"waits": "sqlite", "landing": "postgresql"}
"""Questions that arise on one database alone."""
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def options(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure what the sync and the pages cost.")
    parser.add_argument("question", nargs="?", choices=QUESTIONS, help="one of them (default: all)")
    parser.add_argument("--students", type=int, nargs="+", default=[10_000, 100_000], metavar="N", help="sizes")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES), help="default: both")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="of each sync (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=200, metavar="N", help="for each page (default: %(default)s)")
    parser.add_argument("--nights", type=int, default=3, metavar="N", help="while pages are asked for (default: 3)")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="on a PostgreSQL of its own with this setting",
    )
    parser.add_argument("--wal", type=Path, metavar="FOLDER", help="on one that has its write-ahead log there")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the figures between the marks of this document")
    parser.add_argument("--add", action="store_true", help="with --write: after the figures that are there")
    chosen = parser.parse_args(arguments)
    if chosen.wal and not chosen.wal.is_dir():
        parser.error(f"--wal: {chosen.wal} is no folder")
    if chosen.requests < pages.ROUNDS or chosen.requests % pages.ROUNDS:
        parser.error(f"--requests: a multiple of {pages.ROUNDS}")
    return chosen


def sections(chosen: argparse.Namespace, folder: Path) -> Iterator[tuple[str, str]]:
    """Title and table of every measurement, as each is done; pages are asked for in all sizes by turns, and told together."""
    ask: dict[str, Callable[[District, str], str]] = {
        "sync": lambda district, database: sync.figures(district, database, chosen.runs),
        "waits": lambda district, _database: waits.figures(district),
        "landing": lambda district, database: landing.figures(district, database, chosen.nights),
    }
    districts = [District(folder / str(number), students) for number, students in enumerate(chosen.students)]
    for question, database in product([chosen.question] if chosen.question else QUESTIONS, chosen.databases):
        if ONLY.get(question, database) != database:
            continue
        if question == "pages":
            found = pages.figures(districts, database, chosen.requests)
        else:
            found = ((district, ask[question](district, database)) for district in districts)
        for district, text in found:
            yield f"{question.capitalize()}, {district.students:,} students, {DATABASES[database]}", text


def main(arguments: list[str]) -> int:
    """Returns 1 where something could not be measured."""
    chosen = options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    with ExitStack() as rest:
        folder = Path(tempfile.mkdtemp(prefix="openhouse-bench-"))
        rest.callback(shutil.rmtree, folder, ignore_errors=True)
        try:
            if chosen.setting or chosen.wal:
                os.environ[databases.SERVER] = rest.enter_context(cluster.private(chosen.setting, chosen.wal)).url
            if "postgresql" in chosen.databases:
                databases.versions()
            head = machine.described(arguments)
            print(head, flush=True)
            parts = []
            for title, text in sections(chosen, folder):
                parts.append(f"### {title}\n\n{text}")
                print(f"\n{parts[-1]}", flush=True)
        except (databases.Unreachable, ProgramFailed, WrongAnswer) as error:
            print(f"bin/bench: {error}", file=sys.stderr)
            return 1
    print(f"\n- Load when it ended: {machine.load()}")
    if chosen.write:
        document.write(
            chosen.write, "\n\n".join([f"{head}\n- Load when it ended: {machine.load()}", *parts]), add=chosen.add
        )
    return 0


sys.exit(main(sys.argv[1:]))
