"""`openhouse lookup STUDENT_ID`: ask the SIS about one student now. It prints counts and nobody's data; the lookup is on record."""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The Student ID."""
    parser.add_argument("number", metavar="STUDENT_ID", help="as it stands in the SIS")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the SIS knows nobody, cannot be asked, or its answer is not brought in."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import catalogue, command, lookups
    from openhouse.sync.refusals import SourceRefused, SyncRefused

    at, began = timezone.now(), time.monotonic()
    try:
        lookup = catalogue.open_lookup()
        if lookup is None:
            return _refused(_why_none(at))
        found = lookups.look_up(number=options.number, lookup=lookup, school_codes=None, by=Actor.command_line(), at=at)
    except SyncRefused as refused:
        late = isinstance(refused, SourceRefused) and time.monotonic() - began >= lookups.SECONDS
        slow = f"The SIS did not answer within {lookups.SECONDS:.0f} seconds. " if late else ""
        return _refused(f"Nothing was changed. {slow}{refused}")
    except Exception as error:
        return _refused(f"Nothing was changed. {command.unexpected(error)}")
    if found is None:
        return _refused("The SIS knows no student with this Student ID. Check the number.")
    print(
        f"{lookup.name}: the student is in the portal, as of {timezone.localtime(lookup.asked_at or at):%Y-%m-%d %H:%M}."
    )
    guardianships = found.student.guardianships.filter(valid_until=None).count()
    enrolments = found.student.enrolments.filter(valid_until=None).count()
    print(f"Guardians: {guardianships}. Enrolments: {enrolments}.")
    for warning, count in found.warnings:
        print(f"Warning: {warning} ({count})")
    return 0


def _why_none(at: datetime) -> str:
    from django.conf import settings

    from openhouse.sync import catalogue, indexes

    if settings.SIS_LOOKUP.kind in catalogue.INDEXED:
        return indexes.missing(at=at)
    return "No SIS can be asked about one student now. Set OPENHOUSE_SIS_LOOKUP to one over the network, or to OneRoster files."


def _refused(reason: str) -> int:
    print(f"openhouse lookup: {reason}", file=sys.stderr)
    return 1
