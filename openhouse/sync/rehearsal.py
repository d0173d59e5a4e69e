"""What a run would change, kept for a person to look at, and the digest that proves what lands is what was seen."""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from openhouse.district import mirror
from openhouse.district.mirror import Entity
from openhouse.sync import openings
from openhouse.sync.facts import ready
from openhouse.sync.models import Difference, SyncRun
from openhouse.sync.staging import Stage

MOST = 20_000
"""How many differences of each entity are kept."""
ORDER = (mirror.GUARDIANSHIP, mirror.ENROLMENT, mirror.STUDENT, mirror.GUARDIAN, mirror.SCHOOL, mirror.EMPLOYEE)
"""What a person looks at first comes first."""
BATCH = 2_000


def keep(stage: Stage, run: SyncRun, *, most: int = MOST) -> dict[str, int]:
    """Keep the differences as rows of `Difference`, at most `most` of each entity, those of restricted students first.

    Returns how many are kept of each entity; how many there are stands in the run's report. Asks `sync.openings` first.
    """
    kept = {}
    for entity in ORDER:
        found = differences(stage, entity, order=f"{urgent(entity)}, {_keys(entity)}", most=most)
        kept[entity.name] = 0
        for batch in itertools.batched(found, BATCH):
            for each in batch:
                each.run = run
            Difference.objects.bulk_create(batch)
            kept[entity.name] += len(batch)
    return kept


def differences(
    stage: Stage, entity: Entity, *, where: str = "", order: str = "", most: int | None = None
) -> Iterator[Difference]:
    """The differences of an entity with their facts, as rows not yet saved. In SQL, `c` is the difference, `m` the mirror's row,
    `r` the row as it is to be, `key` and `other` its sourcedIds.
    """
    tail = f"{where and f' WHERE {where}'}{order and f' ORDER BY {order}'}{'' if most is None else f' LIMIT {most}'}"
    width = len(entity.facts)
    for change, key, other, *facts in _stream(stage, f"{_selected(entity)}{tail}"):
        before = None if change == "new" else _facts(entity, facts[:width])
        after = None if change == "ended" else _facts(entity, facts[width:])
        yield Difference(entity=entity.name, change=change, key=key, other=other or "", before=before, after=after)


def urgent(entity: Entity) -> str:
    """SQL to order by: first what concerns a student with a restriction, then guardians gained and lost, then endings."""
    ended = "CASE c.change WHEN 'ended' THEN 2 ELSE 3 END"
    student = {"guardianship": _key(entity, 0), "enrolment": _key(entity, 0), "student": _key(entity, 0)}.get(
        entity.name
    )
    if student is None:
        return ended
    restricted = f"WHEN {student} IN (SELECT student FROM restricted_student) THEN 0"
    if entity is not mirror.GUARDIANSHIP:
        return f"CASE {restricted} ELSE {ended} END"
    pair = f"p.student = {_key(entity, 0)} AND p.guardian = {_key(entity, 1)}"
    moved = f"(({openings.OPENS}) OR ({openings.CLOSES}))"
    return (
        f"CASE {restricted} WHEN EXISTS (SELECT 1 FROM pair_change p WHERE {pair} AND {moved}) THEN 1 ELSE {ended} END"
    )


def digest(stage: Stage) -> str:
    """SHA-256 (hex) of all differences with the facts before and after, the same in whatever order they were found."""
    found = hashlib.sha256()
    for entity in mirror.ENTITIES:
        for row in _stream(stage, f"{_selected(entity)} ORDER BY {_keys(entity)}"):
            found.update(repr((entity.name, *map(_plain, row))).encode())
    return found.hexdigest()


def _selected(entity: Entity) -> str:
    """SQL: every difference with its keys, the facts before, and the facts after. Endings name their row by its id alone."""
    before, after = (", ".join(f"{row}.{fact}" for fact in entity.facts) for row in ("m", "r"))
    other = _key(entity, 1) if entity.ends else "''"
    ends = "".join(f" LEFT JOIN {entity.end_table(end)} {end}_ ON {end}_.id = m.{end}_id" for end in entity.ends)
    same = " AND ".join(f"r.{key} = c.{key}" for key in entity.keys)
    return (
        f"SELECT c.change, {_key(entity, 0)}, {other}, {before}, {after} FROM {entity.changes} c"
        f" LEFT JOIN {entity.table} m ON m.id = c.id{ends}"
        f" LEFT JOIN {ready(entity)} r ON c.change <> 'ended' AND {same}"
    )


def _key(entity: Entity, number: int) -> str:
    if not entity.ends:
        return "COALESCE(c.sourced_id, m.sourced_id)"
    return f"COALESCE(c.{entity.ends[number]}, {entity.ends[number]}_.sourced_id)"


def _keys(entity: Entity) -> str:
    return ", ".join(_key(entity, number) for number in range(len(entity.keys)))


def _stream(stage: Stage, sql: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query that yields many, in bounded memory."""
    with stage.connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def _facts(entity: Entity, values: Sequence[Any]) -> dict[str, Any]:
    """Facts as JSON has them: SQLite gives numbers for yes and no."""
    named = dict(zip(entity.facts, values, strict=True))
    for name, value in named.items():
        if isinstance(entity.model._meta.get_field(name), models.BooleanField):
            named[name] = None if value is None else bool(value)
        else:
            named[name] = _plain(value)
    return named


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)
