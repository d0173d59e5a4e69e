"""Tells what a portal's mirror says, as a program of its own, so that two of them can be compared.

    python -m bench.state

Prints one JSON object:

- `digest`: of every row of every mirrored table that stands now, its facts and the sourcedIds that it has or joins; neither
  of numbers and keys of our own, nor of when the portal learnt it. Two portals that mirror the same night tell the same.
- `rows`: how many of each.
- `torn`: how many rows, past ones among them, begin or end at a moment at which no sync landed: none, if nights land whole.
- `runs`: how many syncs ended in which state.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import django


def rows(entity: Any) -> Iterator[tuple[Any, ...]]:
    """The rows that stand now, in an order that follows from what they say."""
    names = [field.name for field in entity.past._meta.concrete_fields]
    facts = [name for name in names if name not in ("id", "thing", "valid_from", "valid_until")]
    keys = [f"{end}__sourced_id" for end in entity.ends] or ["sourced_id"]
    found = entity.model.objects.filter(valid_until=None).order_by(*keys).values_list(*keys, *facts)
    yield from found.iterator()


def torn(entity: Any, landed: set[Any]) -> int:
    """How many rows begin or end at another moment than a landed sync's."""
    moments: Counter[Any] = Counter()
    for model in (entity.model, entity.past):
        for name in ("valid_from", "valid_until"):
            moments.update(model.objects.exclude(**{name: None}).values_list(name, flat=True).iterator())
    return sum(count for moment, count in moments.items() if moment not in landed)


def main() -> None:
    """Read all in one snapshot, and print it."""
    from django.db import connection, transaction

    from openhouse.district import mirror
    from openhouse.sync.models import SyncRun

    digest, counts, broken = hashlib.sha256(), {}, 0
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        runs = Counter(SyncRun.objects.values_list("state", flat=True))
        landed = set(SyncRun.objects.filter(state=SyncRun.State.LANDED).values_list("started_at", flat=True))
        for entity in mirror.ENTITIES:
            counts[entity.name] = 0
            for row in rows(entity):
                counts[entity.name] += 1
                digest.update(f"{entity.name}{row!r}\n".encode())
            broken += torn(entity, landed)
    json.dump({"digest": digest.hexdigest(), "rows": counts, "torn": broken, "runs": dict(runs)}, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main()
