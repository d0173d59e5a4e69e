"""What bench.trail does inside the portal, each as a program of its own that prints its figures as JSON.

python -m bench.entries fill N            a chain of N entries about a district, true to the last digest
python -m bench.entries look SECONDS      append entries as pages do that show something, as fast as can be
python -m bench.entries act SECONDS       the same as pages do that change something
python -m bench.entries ask ROUNDS        ask what the audit trail's page asks
python -m bench.entries pages ROUNDS      pages with and without their entries, in turn (on the people of standard input)
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from unittest import mock

import django

AT_ONCE = 20_000
STUDENTS, GUARDIANS, EMPLOYEES = 100_000, 75_000, 2_000
YEARS = timedelta(days=730)
LOOKS = ("home seen", "student seen", "signed in", "pin details seen", "student searched", "parent seen", "pin shown")
RARE = "role granted"
PAGES = ("/family/", "/family/students/{student}/", "/staff/students/{student}/pins/")


def key(kind: str, number: int) -> str:
    """The key of the number-th student, guardian, account or employee."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}-{number}"))


def fill(count: str) -> dict[str, Any]:
    """The entries go in by COPY, without indexes and with the head's trigger off; the head is set at the end."""
    from django.db import connection

    from openhouse.audit import trail, triggers

    many, (first, before) = int(count), trail.parted(trail.head())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'audit_entry' AND indexname LIKE 'entry%'"
        )
        indexes = cursor.fetchall()
        for statement in (*triggers.UNFOLLOW["postgresql"], *(f"DROP INDEX {name}" for name, _definition in indexes)):
            cursor.execute(statement)
        with cursor.copy("COPY audit_entry FROM STDIN") as copy:
            for row in _rows(first, before, many):
                copy.write_row(row)
        cursor.execute("UPDATE audit_head SET position = %s, digest = %s", [row[0], row[-1]])
        for statement in (*(definition for _name, definition in indexes), *triggers.FOLLOW["postgresql"]):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE audit_entry")
        cursor.execute("SELECT pg_table_size('audit_entry'), pg_indexes_size('audit_entry')")
        table, indexed = cursor.fetchone()
    return {"table": table, "indexes": indexed}


def _rows(first: int, before: str, many: int) -> Iterator[tuple[Any, ...]]:
    from openhouse.audit.trail import _digest

    dice, begin = random.Random(1), datetime(2026, 11, 25, tzinfo=UTC) - YEARS
    keys = {
        kind: [key(kind, number) for number in range(size)]
        for kind, size in (
            ("student", STUDENTS),
            ("guardian", GUARDIANS),
            ("account", GUARDIANS),
            ("employee", EMPLOYEES),
        )
    }
    for position in range(first + 1, first + many + 1):
        at, family = begin + YEARS * ((position - first) / many), dice.randrange(GUARDIANS)
        event = RARE if position % 50_000 == 0 else dice.choice(LOOKS)
        is_staff = event not in ("home seen", "student seen", "signed in")
        actor = dice.choice(keys["employee"]) if is_staff else keys["account"][family]
        account = "" if event == RARE or (is_staff and event != "parent seen") else keys["account"][family]
        student = keys["student"][family] if event.startswith(("student", "pin")) else ""
        guardian = keys["guardian"][family] if event == "pin shown" else ""
        detail: dict[str, Any] = {"found": 1} if event == "student searched" else {}
        kind = "employee" if is_staff else "guardian"
        content = (position, at, event, kind, actor, "203.0.113.5", account, student, guardian)
        before = _digest((*content, detail), before)
        yield (*content, json.dumps(detail), before)


def look(seconds: str) -> dict[str, Any]:
    """One writer of looks (`trail.look`)."""
    from openhouse.audit import trail

    return _writing(seconds, trail.look)


def act(seconds: str) -> dict[str, Any]:
    """One writer of entries in the transaction of what they tell (`trail.record`)."""
    from openhouse.audit import trail

    return _writing(seconds, trail.record)


def _writing(seconds: str, append: Callable[..., object]) -> dict[str, Any]:
    from openhouse.audit.events import Event
    from openhouse.audit.trail import Actor, Subject

    by, waits, ends = Actor("employee", key("employee", 1), "Olga Office"), [], time.monotonic() + float(seconds)
    while time.monotonic() < ends:
        began = time.monotonic()
        about = Subject(student=key("student", random.randrange(STUDENTS)))
        append(event=Event.STUDENT_SEEN, by=by, at=datetime.now(UTC), about=about)
        waits.append(time.monotonic() - began)
    return {"entries": len(waits), "median": statistics.median(waits), "longest": max(waits)}


def ask(rounds: str) -> dict[str, Any]:
    """Medians in seconds of one page of the search, each time about somebody else."""
    from openhouse.audit.search import Sought

    now, dice = datetime(2026, 11, 25, tzinfo=UTC), random.Random(2)

    def anybody(kind: str, size: int) -> str:
        return key(kind, dice.randrange(size))

    def in_a_week(**asked: Any) -> Sought:
        since = now - timedelta(days=dice.randrange(8, 700))
        return Sought(**asked, since=since, until=since + timedelta(days=7))

    school = [key("student", number) for number in range(0, STUDENTS, 100)]
    questions: dict[str, Callable[[], Sought]] = {
        "everything": Sought,
        "a student": lambda: Sought(students=[anybody("student", STUDENTS)]),
        "a guardian": lambda: Sought(people=[anybody("account", GUARDIANS), anybody("guardian", GUARDIANS)]),
        "an employee": lambda: Sought(employees=[anybody("employee", EMPLOYEES)]),
        "a rare kind": lambda: Sought(event=RARE),
        "a week": in_a_week,
        "a school of 1,000": lambda: Sought(students=school),
        "a school of 1,000 in a week": lambda: in_a_week(students=school),
        "an employee, a kind, in a week": lambda: in_a_week(
            employees=[anybody("employee", EMPLOYEES)], event="pin shown"
        ),
        "a kind that an employee never did": lambda: Sought(
            employees=[anybody("employee", EMPLOYEES)], event="home seen"
        ),
    }
    taken: dict[str, list[float]] = {}
    for name, asked in questions.items():
        taken[name] = [_timed(partial(_first_page, asked())) for _round in range(int(rounds))]
    return taken


def pages(rounds: str) -> dict[str, Any]:
    """Seconds of each page with its entry and without, through Django's own client: no network, the smallest page there is."""
    from django.conf import settings
    from django.test import Client

    from openhouse.audit import trail

    people = json.load(sys.stdin)
    taken: dict[str, Any] = {}
    for path in PAGES:
        whom = people["families" if path.startswith("/family") else "counter"]
        seconds: dict[str, list[float]] = {"with": [], "without": []}
        for number in range(2 * int(rounds)):
            each, way = whom[number // 2 % len(whom)], "without" if number % 2 else "with"
            client, there = Client(), path.format(**each)
            client.cookies[settings.SESSION_COOKIE_NAME] = each.get("session") or people["clerk"]
            with mock.patch.object(trail, "record", trail.record if way == "with" else lambda **_: None):
                seconds[way].append(_timed(partial(_get, client, there)))
        taken[path] = {way: statistics.median(found[10:]) for way, found in seconds.items()}
    return taken


def _first_page(sought: Any) -> None:
    from openhouse.audit import search

    list(search.entries(sought)[:51])


def _get(client: Any, path: str) -> None:
    if (status := client.get(path, HTTP_HOST="localhost").status_code) != 200:
        raise ValueError(f"{path} answered {status}")


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    django.setup()
    print(json.dumps({"fill": fill, "look": look, "act": act, "ask": ask, "pages": pages}[sys.argv[1]](sys.argv[2])))
