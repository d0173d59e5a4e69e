"""`openhouse sync PATH`: bring in an export or rehearse it, and say what came of it. `access.rehearsing` says what it means."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from openhouse.sync.report import Report
    from openhouse.sync.runs import Progress


class Meaning(NamedTuple):
    """What differences would mean to a room above: numbers for JSON, lines for people."""

    numbers: dict[str, int | bool]
    lines: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("path", metavar="PATH", type=Path, help="a OneRoster 1.1 or 1.2 export: the zip, or a folder")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="change nothing, and say what would change, who would gain or lose access, and whether it would wait",
    )
    parser.add_argument(
        "--without",
        metavar="FILE",
        action="append",
        default=[],
        help="go on although this file, which the last sync had, is missing; what it said stays",
    )
    parser.add_argument(
        "--on",
        metavar="DATE",
        type=date.fromisoformat,
        help="the day of the export (else the day its files were written)",
    )
    parser.add_argument(
        "--older",
        action="store_true",
        help="go back to an export older than the last one, and undo what the SIS changed since",
    )


def run(options: argparse.Namespace, *, foresee: Callable[[int], Meaning] | None = None) -> int:
    """Sync; 0 when it landed or was rehearsed, 1 when it was refused or waits and nothing changed.

    `foresee` is asked what a run that did not land would mean.
    """
    from openhouse.sync.refusals import SyncRefused
    from openhouse.sync.summary import text

    try:
        found = _sync(options)
        meaning = foresee(found.run) if foresee and found.state != "landed" else Meaning({}, [])
    except SyncRefused as refusal:
        return _refused(str(refusal), options)
    except KeyboardInterrupt:
        return _refused("It was stopped.", options)
    except Exception as error:  # an error's own text could hold a value out of a file
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        return _refused(f"Something unexpected happened ({type(error).__name__} in {place}).", options)
    told = {"access": meaning.numbers} if meaning.numbers else {}
    print(json.dumps(found.plain() | told) if options.json else "\n".join([text(found), *meaning.lines]))
    if found.state == "waiting":
        print(f"openhouse sync: nothing was changed. Run {found.run} waits for a person.", file=sys.stderr)
    return int(found.state == "waiting")


def _sync(options: argparse.Namespace) -> Report:
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import runs
    from openhouse.sync.sources.oneroster_csv import open_package

    written_at = timezone.make_aware(datetime.combine(options.on, time())) if options.on else None
    source = open_package(options.path, written_at=written_at)
    with progress_bar(shown=sys.stderr.isatty()) as progress:
        return runs.land(
            source,
            at=timezone.now(),
            by=Actor.system("sync"),
            progress=progress,
            without=options.without,
            older=options.older,
            rehearse=options.dry_run,
        )


def _refused(reason: str, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps({"state": "failed", "reason": reason}))
    print(f"openhouse sync: nothing was changed. {reason}", file=sys.stderr)
    return 1


@contextmanager
def progress_bar(*, shown: bool) -> Iterator[Progress]:
    """A progress bar on standard error that each step fills once."""
    from tqdm import tqdm

    looks = "{desc:<11}{percentage:3.0f} %|{bar}| {elapsed}"
    with tqdm(disable=not shown, leave=False, bar_format=looks) as bar:
        step_shown = ""

        def progress(step: str, done: int, total: int) -> None:
            nonlocal step_shown
            if step != step_shown:
                step_shown = step
                bar.reset(total)
                bar.set_description_str(step)
            bar.update(done - bar.n)

        yield progress
