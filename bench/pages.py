"""What does a page cost? Each staff and family page beside an empty signed-in page of the same stack, and beside the same page in
the first district that is named.

The server is the one that `openhouse serve` starts, asked over one connection on loopback, one request at a time. Pages take
turns in rounds, floors among them, and so do districts, each on a server of its own, so that all see the same noise; then some are
asked for eight at once (bench.crowd).
Processor time is that of the server's processes: on SQLite the database's work is in it, on PostgreSQL it is not. Statements are
counted apart, while no time is taken.
"""

from __future__ import annotations

import itertools
import json
import math
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import counting, crowd, databases, portal, visits
from bench.client import Answer, Client, WrongAnswer
from bench.databases import Home
from bench.districts import District
from bench.machine import say
from bench.portal import Portal
from bench.processes import OPENHOUSE, measure
from bench.tables import table
from bench.visits import VISITS, Visit

HEADINGS = ("Page", "Median ms", "p99 ms", "Ratio", "CPU ms", "Statements", "Bytes")
ROUNDS = 10
WARM = 20


@dataclass
class Taken:
    """What was seen of one page: seconds and bytes of each answer, processor seconds of all, the most statements of any."""

    seconds: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    cpu: float = 0.0
    statements: int = 0

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return statistics.median(self.seconds) * 1000

    @property
    def p99(self) -> float:
        """The time in milliseconds that 99 of 100 answers stay within (nearest rank)."""
        return sorted(self.seconds)[math.ceil(0.99 * len(self.seconds)) - 1] * 1000


@dataclass
class Served:
    """A district's portal: as whom to ask there, and what was seen of its pages."""

    district: District
    home: Home
    people: Mapping[str, Any]
    taken: Mapping[str, Taken] = field(default_factory=lambda: {visit.name: Taken() for visit in VISITS})


def figures(districts: Sequence[District], database: str, count: int) -> Iterator[tuple[District, str]]:
    """The tables for each size on one database, from so many requests for each page."""
    with ExitStack() as rest:
        portals = []
        for district in districts:
            say(f"pages: {district.students:,} students on {database}")
            home = rest.enter_context(databases.fresh(database, district.folder / f"pages-{database}"))
            portals.append(Served(district, home, open_portal(home, district.first_night)))
        for each in portals:
            with portal.serving(each.home, counting=True) as counted:
                count_statements(counted, each)
        running = [rest.enter_context(portal.serving(each.home)) for each in portals]
        take_time(running, portals, count)
        for each, server in zip(portals, running, strict=True):
            text = f"{_table(each, portals[0])}\n\n{crowd.figures(server, each.people)}"
            yield each.district, text


def open_portal(home: Home, folder: Path) -> Mapping[str, Any]:
    """Sync the export, fill the tables, and say whom to be (bench.seed)."""
    measure(*OPENHOUSE, "sync", str(folder), environment=home.environment)
    environment = home.environment | {"DJANGO_SETTINGS_MODULE": "openhouse.settings"}
    people: Mapping[str, Any] = json.loads(measure(sys.executable, "-m", "bench.seed", environment=environment).output)
    return people


def count_statements(running: Portal, served: Served) -> None:
    """Every subject once; the most that any of them took."""
    client = Client(running.port)
    for visit in VISITS:
        answers = [ask(client, visit, wire) for wire in visits.requests(visit, served.people)]
        served.taken[visit.name].statements = max(int(answer.headers[counting.HEADER.lower()]) for answer in answers)
    client.close()


def take_time(running: Sequence[Portal], portals: Sequence[Served], count: int) -> None:
    """Warm every page up, then ask for the pages in rounds: each of every district, whose turn to be first comes in turn."""
    asked = []
    for server, served in zip(running, portals, strict=True):
        wires = {visit: itertools.cycle(visits.requests(visit, served.people)) for visit in VISITS}
        asked.append((Client(server.port), server, served, wires))
        for visit in VISITS:
            for wire in itertools.islice(wires[visit], WARM):
                ask(asked[-1][0], visit, wire)
    for number, visit in itertools.product(range(ROUNDS), VISITS):
        first = number % len(asked)
        for client, server, served, wires in asked[first:] + asked[:first]:
            _take(client, server, visit, itertools.islice(wires[visit], count // ROUNDS), served.taken[visit.name])
    for client, *_rest in asked:
        client.close()


def _take(client: Client, running: Portal, visit: Visit, wires: Iterator[bytes], into: Taken) -> None:
    before = running.cpu()
    answers = [ask(client, visit, wire) for wire in wires]
    into.cpu += running.cpu() - before
    into.seconds += [answer.seconds for answer in answers]
    into.sizes += [answer.size for answer in answers]


def ask(client: Client, visit: Visit, wire: bytes) -> Answer:
    """One answer. Raises WrongAnswer where it is not the page that is meant."""
    answer = client.ask(wire)
    if answer.status not in visit.statuses:
        raise WrongAnswer(f"{visit.name}: {answer.status} instead of {visit.statuses}")
    return answer


def _table(served: Served, first: Served) -> str:
    """A row for each page; in another district than the first with its ratio to the same page there."""
    rows = [_row(visit, served) for visit in VISITS]
    if served is first:
        return table(HEADINGS, rows)
    ratios = (served.taken[each.name].median / first.taken[each.name].median for each in VISITS)
    wider = ([*row, f"{ratio:.2f}"] for row, ratio in zip(rows, ratios, strict=True))
    return table((*HEADINGS, f"× {first.district.students:,}"), wider)


def _row(visit: Visit, served: Served) -> Sequence[str]:
    own, floor = served.taken[visit.name], served.taken[visit.floor or visit.name]
    return [
        visit.name if visit.floor else f"*{visit.name}*",
        f"{own.median:.1f}",
        f"{own.p99:.1f}",
        f"{own.median / floor.median:.2f}" if visit.floor else "floor",
        f"{own.cpu / len(own.seconds) * 1000:.1f}",
        str(own.statements),
        f"{statistics.median(own.sizes):,.0f}",
    ]
