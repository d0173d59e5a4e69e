"""An honest OneRoster 1.2 provider over a small export, for tests to bend."""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from openhouse.sync.sources.oneroster_rest import Asked, Bounds, OneRosterRest, open_rest
from openhouse.sync.wire import Credentials, Limits
from tests.sync.export import WRITTEN, Export
from tests.sync.sources.server import SECRET, Reply, Server, reply, serving
from tests.sync.sources.server import Asked as Request

BASE = "/ims/oneroster/rostering/v1p2"
LONG_AGO = "2026-01-01T00:00:00.000Z"
SINGLE = {"orgs": "org", "users": "user", "demographics": "demographics", "students": "user"}
QUICK = Limits(seconds=0.5, tries=2, largest_body=200_000)
EVERYTHING = Asked(guardianships=True)
_FILTER = re.compile(r"(\w[\w.]*)(=|>)'((?:[^']|'')*)'")


@dataclass
class Provider:
    """The export as JSON, and how it is handed out: `most` records a page, with links or without, with totals or without.

    `changed` has the instant of change of single records, by sourcedId. `bend` may answer instead, or spoil what is there.
    """

    export: Export
    most: int = 2
    links: bool = True
    totals: bool = True
    changed: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    bend: Callable[[Request, Reply], Reply] = lambda asked, reply: reply

    @cached_property
    def collections(self) -> dict[str, list[dict[str, Any]]]:
        """All records, by collection."""
        made = {
            "orgs": [org(row) for row in self.export.rows["orgs.csv"]],
            "users": users(self.export.rows),
            "demographics": [plain(row) for row in self.export.rows["demographics.csv"]],
        }
        for record in itertools.chain.from_iterable(made.values()):
            record["dateLastModified"] = self.changed.get(record["sourcedId"], LONG_AGO)
            record["status"] = "tobedeleted" if record["sourcedId"] in self.removed else "active"
        return made | {"students": [it for it in made["users"] if it["roles"] and it["roles"][0]["role"] == "student"]}

    def answer(self, asked: Request) -> Reply:
        """What is under the base path."""
        name, _, key = asked.path.removeprefix(f"{BASE}/").partition("/")
        if name not in SINGLE:
            return self.bend(asked, reply({}, 404))
        records = self.collections[name]
        if key:
            found = [record for record in records if record["sourcedId"] == key]
            return self.bend(asked, reply({SINGLE[name]: found[0]} if found else {}, 200 if found else 404))
        return self.bend(asked, self.page(asked, name, [it for it in records if chosen(it, asked.query.get("filter"))]))

    def page(self, asked: Request, name: str, records: list[dict[str, Any]]) -> Reply:
        """One page, with its headers."""
        offset, limit = int(asked.query.get("offset", 0)), min(int(asked.query.get("limit", 100)), self.most)
        headers = {"X_Total_Count": str(len(records))} if self.totals else {}
        if self.links:
            query = "".join(f"&{key}={text}" for key, text in asked.query.items() if key not in ("offset", "limit"))
            follow = f'<{asked.root}{asked.path}?limit={limit}&offset={offset + limit}{query}>; rel="next", '
            first = f'<{asked.root}{asked.path}?limit={limit}&offset=0{query}>; rel="first"'
            headers["Link"] = (follow if offset + limit < len(records) else "") + first
        found = {"students": "users"}.get(name, name)
        return reply({found: records[offset : offset + limit]}, **headers)


def chosen(record: dict[str, Any], clause: str | None) -> bool:
    """Whether a filter takes a record."""
    if not clause:
        return True
    name, predicate, value = _FILTER.fullmatch(clause).groups()  # type: ignore[union-attr]
    stands, value = str(record.get(name, "")), value.replace("''", "'")
    return stands == value if predicate == "=" else stands > value


def plain(row: dict[str, str]) -> dict[str, Any]:
    """The cells of a row as properties; those of `metadata.` in an object."""
    found: dict[str, Any] = {name: text for name, text in row.items() if "." not in name and text}
    if metadata := {name.removeprefix("metadata."): text for name, text in row.items() if "." in name and text}:
        found["metadata"] = metadata
    return found


def reference(kind: str, key: str) -> dict[str, str]:
    return {"href": f"https://sis.example{BASE}/{kind}s/{key}", "sourcedId": key, "type": kind}


def org(row: dict[str, str]) -> dict[str, Any]:
    """An org's record."""
    return plain(row) | ({"parent": reference("org", "district")} if row["type"] == "school" else {})


def users(rows: dict[str, list[dict[str, str]]]) -> list[dict[str, Any]]:
    """Everybody's records, with passwords and a social security number that nobody may read."""
    roles, pairs = defaultdict(list), defaultdict(list)
    for row in rows["roles.csv"]:
        kept = {
            name: text for name, text in row.items() if name in ("roleType", "role", "beginDate", "endDate") and text
        }
        roles[row["userSourcedId"]].append(kept | {"org": reference("org", row["orgSourcedId"])})
    for row in rows.get("guardianships.csv", ()):
        pairs[row["studentSourcedId"]].append(facts(row))
    return [user(row, roles[row["sourcedId"]], pairs[row["sourcedId"]]) for row in rows["users.csv"]]


def user(row: dict[str, str], roles: list[Any], pairs: list[Any]) -> dict[str, Any]:
    """A person's record."""
    found = plain(row)
    agents = [agent.strip() for agent in found.pop("agentSourcedIds", "").split(",") if agent.strip()]
    found |= {"agents": [reference("user", agent) for agent in agents], "roles": roles, "password": SECRET}
    found["userProfiles"] = [{"profileId": "1", "credentials": [{"type": "x", "username": "x", "password": SECRET}]}]
    found.setdefault("metadata", {})["ssn"] = "078-05-1120"
    if "grades" in found:
        found["grades"] = [found["grades"]]
    if pairs:
        found["metadata"]["guardianships"] = pairs
    return found


def facts(pair: dict[str, str]) -> dict[str, Any]:
    """A pair's facts, with JSON's own booleans and numbers."""
    found: dict[str, Any] = {name: text for name, text in pair.items() if name != "studentSourcedId"}
    words = {"true": True, "false": False}
    for name in ("legal", "livesWith", "emergencyContact"):
        found[name] = words.get(found.get(name, ""))
    found["priority"] = int(found["priority"]) if found.get("priority") else None
    return found


def open_at(server: Server, at: datetime = WRITTEN, **options: Any) -> OneRosterRest:
    """Open what a server provides."""
    credentials = Credentials(f"{server.root}/token", "client", SECRET)
    settings = {"limits": QUICK, "asked": EVERYTHING, "at": at} | options
    return open_rest(server.root + BASE, credentials, **settings)


@contextmanager
def provider(export: Export, **options: Any) -> Iterator[OneRosterRest]:
    """A source over an honest provider."""
    with serving(Provider(export).answer) as server:
        yield open_at(server, **options)


def spoiled(reply: Reply, change: Callable[[Any], Any]) -> Reply:
    """An answer with its JSON changed in place, or replaced."""
    content = json.loads(reply.body)
    changed = change(content)
    reply.body = json.dumps(content if changed is None else changed).encode()
    return reply


__all__ = ["BASE", "EVERYTHING", "LONG_AGO", "QUICK", "Asked", "Bounds", "Provider", "open_at", "provider", "spoiled"]
