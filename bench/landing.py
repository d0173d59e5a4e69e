"""Do pages keep answering while a sync lands, and does any of them ever show half a night? On PostgreSQL.

The portal (`openhouse serve`) has a part of the district; then the whole of it arrives at once, as on a first sync, and then
the next night, back and forth. Pages are asked for at a steady pace, each over a connection of its own, first while nothing
else goes on and then from a sync's start to its end. What comes late counts from when it was due to be asked for.

Of the families that are asked for, student and guardians change their name together (bench.marks). A page that has the new
name in some places and not in others shows half a night; so does a repeatable-read transaction that sees new guardians and
old students, asked ten times a second beside the pages.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from bench import databases, marks, portal, visits
from bench.client import Client, WrongAnswer
from bench.databases import Home
from bench.districts import District
from bench.machine import say
from bench.marks import MARK
from bench.pages import open_portal
from bench.processes import OPENHOUSE, measure
from bench.tables import table
from bench.visits import VISITS, Visit

HEADINGS = (
    "While: page",
    "Answers",
    "Errors",
    "Quiet p50",
    "p99",
    "Landing p50",
    "p99 ",
    "× p99",
    "Within",
    "Half nights",
)
ASKED = ("Find a Student, search", "Find a Student, result", "Pin Details", "Student's home page")
PACE = 0.2
"""Seconds from one request for a page to the next one for it."""
QUIET = 30.0
"""Seconds of asking with nothing else going on."""
PART = 2000
"""Students of the district that the portal has before the first sync, or a tenth of all."""
LIMIT = 2.0
"""How many times the quiet p99 the p99 may be while a sync lands."""


@dataclass
class Asked:
    """What was seen of one page: seconds until each answer, those that were wrong, and how many marks each address showed."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    seen: list[tuple[int, int]] = field(default_factory=list)

    def within(self, share: float) -> float:
        """The milliseconds that this share of the answers stay within (nearest rank)."""
        return sorted(self.seconds)[math.ceil(share * len(self.seconds)) - 1] * 1000


class Pages:
    """Everything that is asked for, of whom, and the names of the families' people in the SIS."""

    def __init__(self, port: int, people: Mapping[str, Any], url: str, named: Mapping[str, Sequence[str]]) -> None:
        self.port, self.url, self.named = port, url, named
        chosen = [visit for visit in VISITS if visit.name in ASKED]
        self.wires = {visit: visits.requests(visit, people) for visit in chosen}

    def marks(self) -> dict[tuple[str, int], int]:
        """How many marks each page of each family shows now."""
        client = Client(self.port)
        found = {}
        for visit, wires in self.wires.items():
            for number, wire in enumerate(wires):
                answer = client.ask(wire)
                if answer.status != visit.status:
                    raise WrongAnswer(f"{visit.name}: {answer.status} instead of {visit.status}")
                found[visit.name, number] = answer.text().count(MARK)
        client.close()
        return found

    @contextmanager
    def asking(self) -> Iterator[tuple[dict[str, Asked], set[tuple[int, int]]]]:
        """Ask until the block ends, at a steady pace. Gives what is seen by page, and by looking at the rows themselves."""
        ended, seen = threading.Event(), {visit.name: Asked() for visit in self.wires}
        rows: set[tuple[int, int]] = set()
        doings: list[Callable[[], None]] = [lambda: self._look(rows, ended)]
        doings += [lambda v=visit: self._ask(v, seen[v.name], ended) for visit in self.wires]  # type: ignore[misc]
        threads = [threading.Thread(target=doing) for doing in doings]
        for thread in threads:
            thread.start()
        try:
            yield seen, rows
        finally:
            ended.set()
            for thread in threads:
                thread.join()

    def _ask(self, visit: Visit, into: Asked, ended: threading.Event) -> None:
        wires, client, number = self.wires[visit], Client(self.port), 0
        due = time.perf_counter() + PACE * ASKED.index(visit.name) / len(ASKED)
        while not ended.wait(max(0.0, due - time.perf_counter())):
            which = number % len(wires)
            try:
                answer = client.ask(wires[which])
            except (OSError, WrongAnswer):
                into.errors += 1
                client = Client(self.port)
            else:
                into.seconds.append(time.perf_counter() - due)
                into.errors += answer.status != visit.status
                into.seen.append((which, answer.text().count(MARK)))
            number, due = number + 1, due + PACE
        client.close()

    def _look(self, rows: set[tuple[int, int]], ended: threading.Event) -> None:
        """Count the marked guardians, wait a moment, and count the marked students, in one snapshot."""
        with psycopg.connect(self.url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            while not ended.wait(0.1):
                rows.add(self.rows(connection))
                connection.rollback()

    def rows(self, connection: psycopg.Connection) -> tuple[int, int]:
        """How many of the families' guardians and students are marked."""
        found = []
        for name, sourced_ids in self.named.items():
            asked = f"SELECT count(*) FROM district_{name} WHERE sourced_id = ANY(%s) AND family_name = %s"
            row = connection.execute(asked.encode(), [list(sourced_ids), MARK]).fetchone()
            found.append(row[0] if row else 0)
            time.sleep(0.02)
        return found[0], found[1]


def figures(district: District, database: str, nights: int) -> str:
    """The table for one size."""
    say(f"landing: {district.students:,} students on {database}")
    with ExitStack() as rest:
        home = rest.enter_context(databases.fresh(database, district.folder / "landing"))
        some = marks.part(district.first_night, district.folder / "part", min(PART, district.students // 10))
        people = open_portal(home, some)
        students = steady(home, people, district)
        whole, family = marks.marked(district.first_night, district.folder / "marked", students)
        named = {"guardian": sorted(family - students), "student": sorted(students)}
        running = rest.enter_context(portal.serving(home))
        pages = Pages(running.port, people, home.url, named)
        pages.marks()  # warm
        syncs = [whole, *([district.second_night, whole] * nights)[:nights]]
        found = [landing(home, pages, folder) for folder in syncs]
    groups = {"first sync": found[:1], "night": found[1:]}
    took = [f"{name} {', '.join(f'{each.wall:.1f}' for each in group)} s" for name, group in groups.items()]
    rows = [row for name, group in groups.items() if group for row in _rows(name, group)]
    return f"{table(HEADINGS, rows)}\n\nThe syncs took: {'; '.join(took)}."


@dataclass
class Landing:
    """One sync among pages. `half` counts the pages that showed half a night, `half_rows` the transactions."""

    wall: float
    quiet: dict[str, Asked]
    during: dict[str, Asked]
    half: dict[str, int]
    half_rows: int


def landing(home: Home, pages: Pages, folder: Path) -> Landing:
    """Ask while nothing else goes on, then during a sync."""
    home.settle()
    before = pages.marks()
    with pages.asking() as (quiet, _rows_seen):
        time.sleep(QUIET)
    with pages.asking() as (during, seen):
        command = (*OPENHOUSE, "sync", str(folder), "--older")
        wall = measure(*command, environment=home.environment).wall
        time.sleep(1)  # the last requests are of the new night
    after = pages.marks()
    all_of_them = tuple(map(len, pages.named.values()))
    if not sum(after.values()) + sum(before.values()) or seen.isdisjoint({(0, 0), all_of_them}):
        raise WrongAnswer("landing: nothing changed that could be seen half")
    half = {
        name: sum(count not in (before[name, which], after[name, which]) for which, count in asked.seen)
        for name, asked in during.items()
    }
    say(f"landing: {wall:.1f} s, rows seen {sorted(seen)}")
    return Landing(wall, quiet, during, half, len(seen - {(0, 0), all_of_them}))


def steady(home: Home, people: Mapping[str, Any], district: District) -> set[str]:
    """The sourcedIds of the students who are asked for. Those to whom something happens in the next night leave the list: their
    pages may rightly answer otherwise then."""
    keys = [each["student"] for who in ("counter", "families") for each in people[who]]
    with psycopg.connect(home.url) as connection:
        found = connection.execute(
            "SELECT key::text, sourced_id FROM district_student WHERE key::text = ANY(%s)", [keys]
        )
        known: dict[str, str] = dict(found.fetchall())
    moved = marks.others(district.first_night, district.second_night, set(known.values()))
    for who in ("counter", "families"):
        people[who][:] = [each for each in people[who] if known[each["student"]] not in moved]
    return set(known.values()) - moved


def _rows(name: str, landings: Sequence[Landing]) -> Iterator[list[str]]:
    for page in (*ASKED, "all of them"):
        names = ASKED if page not in ASKED else (page,)
        quiet, during = (_together(each, names) for each in ([x.quiet for x in landings], [x.during for x in landings]))
        half = sum(each.half[one] for each in landings for one in names)
        if page not in ASKED:
            half += sum(each.half_rows for each in landings)
        ratio = during.within(0.99) / quiet.within(0.99)
        yield [
            f"{name}: {page}",
            f"{len(during.seconds):,}",
            str(during.errors + quiet.errors),
            *(f"{asked.within(share):.1f}" for asked in (quiet, during) for share in (0.5, 0.99)),
            f"{ratio:.2f}",
            "yes" if ratio <= LIMIT and not during.errors and not half else "**no**",
            str(half),
        ]


def _together(seen: Sequence[Mapping[str, Asked]], names: Sequence[str]) -> Asked:
    found = Asked()
    for each in seen:
        for name in names:
            found.seconds += each[name].seconds
            found.errors += each[name].errors
    return found
