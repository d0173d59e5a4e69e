"""`openhouse import-accounts FILE`: accounts of an earlier portal, whose ties and associations can be in grace (rule 7).

The file is CSV with the columns `email`, `guardian` (the SIS's id of the guardian) and `students` (Student IDs, with spaces
between them). A row that cannot be brought in is set aside with its line and reason; the value is never printed.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

COLUMNS = ("email", "guardian", "students")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument("file", type=Path, help="CSV with the columns email, guardian, students")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the file cannot be read or a row was set aside."""
    from django.utils import timezone

    try:
        with options.file.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not set(COLUMNS) <= set(reader.fieldnames or ()):
                print(f"openhouse import-accounts: the columns {', '.join(COLUMNS)} are needed.", file=sys.stderr)
                return 1
            done, aside = _rows(enumerate(reader, start=2), timezone.now())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        print(f"openhouse import-accounts: the file cannot be read: {type(error).__name__}", file=sys.stderr)
        return 1
    for line, reason in aside:
        print(f"line {line}: {reason}", file=sys.stderr)
    print(f"{done} accounts brought in, {len(aside)} rows set aside.")
    return 1 if aside else 0


def _rows(rows: Iterable[tuple[int, Mapping[str, str]]], at: datetime) -> tuple[int, list[tuple[int, str]]]:
    from openhouse.access import imports
    from openhouse.audit.trail import Actor

    by = Actor.system("import-accounts")
    done, aside = 0, []
    for line, row in rows:
        try:
            imports.bring_in(row=row, by=by, at=at)
            done += 1
        except imports.RowRefused as refused:
            aside.append((line, str(refused)))
    return done, aside
