"""What a portal's mirror says, so that two of them can be compared; asked of the database itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from bench.databases import Home

ENTITIES: dict[str, tuple[str, ...]] = {
    "school": (),
    "student": (),
    "guardian": (),
    "employee": (),
    "guardianship": ("student", "guardian"),
    "enrolment": ("student", "school"),
}
"""The mirrored tables, and what each row joins, where it joins two others."""
BOOKKEEPING = ("id", "thing_id", "valid_from", "valid_until")
LANDED = "SELECT started_at FROM sync_syncrun WHERE state = 'landed'"


@dataclass(frozen=True)
class State:
    """What a mirror says now.

    `digest` is of every row that stands, its facts and the sourcedIds that it has or joins; neither of numbers and keys of our
    own, nor of when the portal learnt it: two portals that mirror the same night have the same. `torn` rows, past ones among
    them, begin or end at a moment at which no sync landed: none, if nights land whole. `died` counts the syncs that did not
    end by the step that they had come to, as far as they had said so.
    """

    digest: str
    torn: int
    rows: dict[str, int] = field(default_factory=dict)
    died: dict[str, int] = field(default_factory=dict)


def of(home: Home) -> State:
    """The state of a portal, in one snapshot."""
    with closing(home.connect()) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ" if home.url else "BEGIN")
        digest, counts = hashlib.sha256(), {}
        for name in ENTITIES:
            counts[name] = 0
            for row in rows(connection, name):
                counts[name] += 1
                digest.update(f"{name}{row!r}\n".encode())
        steps = "SELECT step, count(*) FROM sync_syncrun WHERE state IN ('running', 'died') GROUP BY step"
        broken = sum(torn(connection, name) for name in ENTITIES)
        return State(digest.hexdigest(), broken, counts, dict(connection.execute(steps).fetchall()))


def runs(home: Home) -> int:
    """How many runs were written down so far."""
    with closing(home.connect()) as connection:
        found: int = connection.execute("SELECT count(*) FROM sync_syncrun").fetchone()[0]
    return found


def rows(connection: Any, name: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a table that stand now, in an order that follows from what they say."""
    described = connection.execute(f"SELECT * FROM district_past{name} LIMIT 0").description
    facts = [f"m.{column[0]}" for column in described if column[0] not in BOOKKEEPING]
    ends = ENTITIES[name]
    keys = [f"{end}_.sourced_id" for end in ends] or ["m.sourced_id"]
    joins = " ".join(f"JOIN district_{end} {end}_ ON {end}_.id = m.{end}_id" for end in ends)
    chosen, order = ", ".join([*keys, *facts]), ", ".join(keys)
    yield from connection.execute(
        f"SELECT {chosen} FROM district_{name} m {joins} WHERE m.valid_until IS NULL ORDER BY {order}"
    )


def torn(connection: Any, name: str) -> int:
    """How many moments of a table's rows, past ones among them, are no landed sync's."""
    found = 0
    for table in (f"district_{name}", f"district_past{name}"):
        for column in ("valid_from", "valid_until"):
            asked = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN ({LANDED})"
            found += connection.execute(asked).fetchone()[0]
    return found
