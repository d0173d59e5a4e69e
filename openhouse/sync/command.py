"""`openhouse sync [PATH]`: bring in what the SIS says, or rehearse it, and tell what came of it (see `access.rehearsing`)."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from openhouse.sync.refusals import kind_and_place

if TYPE_CHECKING:
    from openhouse.sync.intake import Progress
    from openhouse.sync.report import Report


class Meaning(NamedTuple):
    """What differences would mean to a room above: numbers for JSON, lines for people."""

    numbers: dict[str, int | bool]
    lines: list[str]


LATER = 10
"""How much later than others (0 to 19) the processes that read get their turn: pages go first."""
FLAGS = {
    "--json": "print the summary as one JSON object",
    "--dry-run": "change nothing, and say what would change, who would gain or lose access, and whether it would wait",
    "--older": "go back to an export older than the last one, and undo what the SIS changed since",
    "--whole": "read and compare everything, as if nothing were remembered of the last export",
    "--strict": "read OneRoster files by the letter: what is forgiven otherwise is set aside or refused",
    "--due": "sync if a night is due or to be tried again, else do nothing: what the worker does, for cron",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "path",
        metavar="PATH",
        type=Path,
        nargs="?",
        help="an export: a OneRoster 1.1 or 1.2 zip or folder, School Data Sync files, Ed-Fi XML (default: OPENHOUSE_SIS)",
    )
    for name, text in FLAGS.items():
        parser.add_argument(name, action="store_true", help=text)
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


def run(options: argparse.Namespace, *, foresee: Callable[[int], Meaning] | None = None) -> int:
    """Sync; 0 when it landed, was rehearsed or nothing was due, 1 when it was refused or waits and nothing changed.

    `foresee` is asked what a run that did not land would mean.
    """
    from openhouse.sync.refusals import SyncHeld, SyncRefused

    os.setpriority(os.PRIO_PROCESS, 0, max(LATER, os.getpriority(os.PRIO_PROCESS, 0)))
    try:
        found = _night(options) if options.due else _sync(options)
        meaning = foresee(found.run) if foresee and found and found.state != "landed" else Meaning({}, [])
    except SyncHeld as held:
        return 0 if options.due else _refused(str(held), options)
    except SyncRefused as refusal:
        return _refused(str(refusal), options)
    except KeyboardInterrupt:
        return _refused("It was stopped.", options)
    except Exception as error:
        return _refused(unexpected(error), options)
    return _told(found, meaning, options) if found else 0


def unexpected(error: Exception) -> str:
    """An error that nobody foresaw, in words for people."""
    return f"Something unexpected happened ({kind_and_place(error)})."


def _told(found: Report, meaning: Meaning, options: argparse.Namespace) -> int:
    from openhouse.sync.summary import text

    told = {"access": meaning.numbers} if meaning.numbers else {}
    print(json.dumps(found.plain() | told) if options.json else "\n".join([text(found), *meaning.lines]))
    if found.state == "waiting":
        print(f"openhouse sync: nothing was changed. Run {found.run} waits for a person.", file=sys.stderr)
    return int(found.state == "waiting")


def _sync(options: argparse.Namespace) -> Report:
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import catalogue, runs
    from openhouse.sync.progress import Beats
    from openhouse.sync.refusals import SourceRefused

    if (options.on or options.strict) and not options.path:
        raise SourceRefused("--on and --strict are for an export: give its PATH too.")
    written_at = timezone.make_aware(datetime.combine(options.on, time())) if options.on else None
    opened = (
        catalogue.open_path(options.path, written_at=written_at, strict=options.strict)
        if options.path
        else catalogue.open_configured()
    )
    with progress_bar(shown=sys.stderr.isatty()) as bar, Beats(bar) as progress:
        return runs.land(
            opened,
            at=timezone.now(),
            by=Actor.system("sync"),
            progress=progress,
            without=options.without,
            older=options.older,
            rehearse=options.dry_run,
            whole=options.whole,
        )


def _night(options: argparse.Namespace) -> Report | None:
    """Bring in the night that is due, if any."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import nights, watch
    from openhouse.sync.progress import Beats
    from openhouse.sync.refusals import SourceRefused

    if (
        options.path
        or options.on
        or options.without
        or options.older
        or options.dry_run
        or options.whole
        or options.strict
    ):
        raise SourceRefused("--due brings in what OPENHOUSE_SIS names, as it is: give no PATH, and no other flag.")
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
