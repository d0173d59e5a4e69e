"""How many pages a second when eight are asked for at once? The same server and requests as bench.pages, over eight connections."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bench import visits
from bench.client import Client, WrongAnswer
from bench.portal import Portal
from bench.tables import table
from bench.visits import VISITS, Visit

AT_ONCE = 8
SECONDS = 5.0
ASKED = (
    "Empty console page",
    "Find a Student, search",
    "Find a Student, result",
    "Find a Student, by name",
    "Pin Details",
    "Parent Search, by email",
    "Parent Search, by whole name",
    "Parent Search, by name",
    "Parent Search, by two letters",
    "Parent Search, list",
    "Parent Search, result",
)


def figures(running: Portal, people: Mapping[str, Any]) -> str:
    """A row for each page at the counter."""
    asked = [visit for visit in VISITS if visit.name in ASKED]
    return table(
        (f"Page, {AT_ONCE} at once", "Pages a second"),
        ([visit.name, f"{_rate(running, visit, people):.0f}"] for visit in asked),
    )


def _rate(running: Portal, visit: Visit, people: Mapping[str, Any]) -> float:
    wires = visits.requests(visit, people)
    until = time.perf_counter() + SECONDS

    def visitor(place: int) -> int:
        client = Client(running.port)
        done = 0
        for wire in itertools.islice(itertools.cycle(wires), place, None):
            if time.perf_counter() >= until:
                break
            done += 1
            if client.ask(wire).status not in visit.statuses:
                raise WrongAnswer(visit.name)
        client.close()
        return done

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(visitor, range(AT_ONCE))) / SECONDS
