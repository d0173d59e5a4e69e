"""`openhouse sync [PATH]`: bring in what the SIS says, and say what came of it."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhouse.sync.report import Report
    from openhouse.sync.runs import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        nargs="?",
        help="an export: a OneRoster 1.1 or 1.2 zip or folder, School Data Sync files, Ed-Fi XML (default: OPENHOUSE_SIS)",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
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
    parser.add_argument(
        "--due",
        action="store_true",
        help="sync if a night is due or to be tried again, else do nothing: what the worker does, for cron",
    )


def run(options: argparse.Namespace) -> int:
    """Sync; 0 when it landed or nothing was due, 1 when it was refused and nothing changed."""
    from openhouse.sync.refusals import SyncHeld, SyncRefused
    from openhouse.sync.summary import text

    try:
        found = _night(options) if options.due else _sync(options)
    except SyncHeld as held:
        return 0 if options.due else _refused(str(held), options)
    except SyncRefused as refusal:
        return _refused(str(refusal), options)
    except KeyboardInterrupt:
        return _refused("It was stopped.", options)
    except Exception as error:  # an error's own text could hold a value out of a file
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        return _refused(f"Something unexpected happened ({type(error).__name__} in {place}).", options)
    if found:
        print(json.dumps(found.plain()) if options.json else text(found))
    return 0


def _sync(options: argparse.Namespace) -> Report:
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import catalogue, runs
    from openhouse.sync.progress import Beats
    from openhouse.sync.refusals import SourceRefused

    if options.on and not options.path:
        raise SourceRefused("--on says the day of an export: give its PATH too.")
    written_at = timezone.make_aware(datetime.combine(options.on, time())) if options.on else None
    opened = catalogue.open_path(options.path, written_at=written_at) if options.path else catalogue.open_configured()
    with progress_bar(shown=sys.stderr.isatty()) as bar, Beats(bar) as progress:
        return runs.land(
            opened,
            at=timezone.now(),
            by=Actor.system("sync"),
            progress=progress,
            without=options.without,
            older=options.older,
        )


def _night(options: argparse.Namespace) -> Report | None:
    """Bring in the night that is due, if any."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import nights, watch
    from openhouse.sync.progress import Beats
    from openhouse.sync.refusals import SourceRefused

    if options.path or options.on or options.without or options.older:
        raise SourceRefused(
            "--due brings in what OPENHOUSE_SIS names, as it is: give no PATH, --on, --without or --older."
        )
    night = watch.tick(at=timezone.now())
    if night is None:
        return None
    with progress_bar(shown=sys.stderr.isatty()) as bar, Beats(bar) as progress:
        return nights.bring_in(night, at=timezone.now(), by=Actor.system("sync"), progress=progress)


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
