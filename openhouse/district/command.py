"""`openhouse history STUDENT_ID [--on DATE]`: what the SIS said of a student, on a terminal. It prints personal data, on record."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openhouse.district.chronicle import Change, Version
    from openhouse.district.models import Student


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The Student ID, the day, and the form."""
    parser.add_argument("number", metavar="STUDENT_ID", help="as it stands on a report card, now or earlier")
    parser.add_argument("--on", metavar="DATE", type=date.fromisoformat, help="that day alone, at its end: 2026-03-03")
    parser.add_argument("--json", action="store_true", help="print one JSON object for each student")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the portal never knew the Student ID."""
    from django.utils import timezone

    from openhouse.audit import trail
    from openhouse.audit.events import Event
    from openhouse.audit.trail import Actor, Subject
    from openhouse.district import chronicle

    found = list(chronicle.find(options.number))
    if not found:
        print("openhouse history: the portal has never known this Student ID. Check the number.", file=sys.stderr)
        return 1
    now = timezone.now()
    moment = min(now, chronicle.end_of(options.on)) if options.on else None
    for student in found:
        key = str(student.key)
        detail = {"on": options.on.isoformat() if options.on else ""}
        about = Subject(student=key, names={key: student.name})
        trail.record(event=Event.HISTORY_SEEN, by=Actor.command_line(), at=now, about=about, detail=detail)
        versions = chronicle.of(student)
        told = _plain(student, versions, moment) if options.json else "\n".join(_text(student, versions, moment, now))
        print(json.dumps(told, ensure_ascii=False) if options.json else told)
    return 0


def _plain(student: Student, versions: Sequence[Version], moment: datetime | None) -> dict[str, Any]:
    """A student as JSON: what held at the moment, or every version there is."""
    told = [each for each in versions if moment is None or each.held(moment)]
    return {
        "student": student.number,
        "at": moment.isoformat() if moment else None,
        "versions": [
            {"what": each.what, "name": _name(versions, each)}
            | {name: fact.isoformat() if isinstance(fact, date) else fact for name, fact in each.facts.items()}
            | {"known_from": each.since.isoformat(), "known_until": each.until.isoformat() if each.until else None}
            for each in told
        ],
    }


def _name(versions: Sequence[Version], version: Version) -> str:
    from openhouse.district import chronicle

    return chronicle.name_of(versions, version.other or version.thing, version.since)


def _text(student: Student, versions: Sequence[Version], moment: datetime | None, now: datetime) -> Iterator[str]:
    from openhouse.district import chronicle

    at = moment or now
    yield f"Student ID {student.number}: what the SIS had said by {_when(at)}"
    held = chronicle.on(versions, at, "student", "enrolment", "guardianship")
    if not any(each.what == "student" for each in held):
        yield "  The SIS did not name this student then."
    for each in held:
        yield f"  {each.what}: {_facts(versions, each)}; known since {_when(each.since)}"
    if moment is None:
        yield "What changed:"
        yield from (_changed(versions, change) for change in chronicle.changes(versions))


def _facts(versions: Sequence[Version], version: Version) -> str:
    facts = [
        f"{name} {_shown(fact)}" for name, fact in version.facts.items() if fact not in (None, "") and name != "name"
    ]
    return ", ".join([_name(versions, version), *facts])


def _changed(versions: Sequence[Version], change: Change) -> str:
    differ = ", ".join(f"{name} {_shown(was)} → {_shown(fact)}" for name, (was, fact) in change.facts.items())
    what = f"  {_when(change.at)}  {change.version.what} {_name(versions, change.version)} {change.kind}"
    return f"{what}: {differ}" if differ and change.kind != "new" else what


def _shown(fact: Any) -> str:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return "(blank)" if fact in (None, "") else str(fact)


def _when(moment: datetime) -> str:
    from django.utils import timezone

    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
