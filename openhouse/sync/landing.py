"""Putting a night's differences into the mirror: what `sync.runs` does last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import connection

from openhouse.district import mirror
from openhouse.sync import facts
from openhouse.sync.intake import Progress
from openhouse.sync.staging import Stage

MANY = 10_000
"""So many new rows change what the planner must know of a table, also before others are joined with it; of schools, which are few
and which all that an employee looks for is joined with, one does."""
TABLES = [entity.table for entity in mirror.ENTITIES]
STEPS = len(TABLES) + 1
"""A landing's: each table, and in the end their indexes and what the run leaves beside them."""


def put_in_ahead(stage: Stage, at: datetime, progress: Progress) -> bool:
    """Put a first night in before its landing, unseen, where that spares others from waiting. Returns whether it is in."""
    database, moment = stage.database, connection.ops.adapt_datetimefield_value(at)
    among = f" WHERE r.{database.PLACE} BETWEEN %s AND %s"

    def pieces() -> Iterator[tuple[str, str]]:
        for number, entity in enumerate(mirror.ENTITIES, start=1):
            ready = facts.ready(entity)
            yield (
                ready,
                mirror.insertion(entity, f"{ready} r", facts.new_key(stage, entity), hidden=database.HIDDEN) + among,
            )
            progress("landing", number, STEPS)

    return database.put_in(connection, TABLES, pieces(), moment)


def put_in(stage: Stage, entities: Mapping[str, mirror.Counts], at: datetime, progress: Progress) -> None:
    """Put the differences in. Pages lock guardianships first, then the guardian, and write to the trail last: so does this."""
    database, grown = stage.database, list[str]()
    database.claim(connection, mirror.GUARDIANSHIP.table, mirror.GUARDIANSHIP.changes)
    with database.loading(connection, TABLES):
        for number, entity in enumerate(mirror.ENTITIES, start=1):
            if entities[entity.name].differences:
                facts.put_in(stage, entity, at=at)
            if entities[entity.name].new >= (1 if entity is mirror.SCHOOL else MANY):
                grown.append(entity.table)
                if not entity.ends:
                    database.analyze(connection, entity.table, ["id", "sourced_id"])
            progress("landing", number, STEPS)
    for table in grown:  # now that the indexes are there: the planner learns of what they compute, too
        database.analyze(connection, table)
    database.settle(connection)


def show(stage: Stage) -> None:
    """Let what was put in ahead be seen, when the landing commits."""
    stage.database.show(connection, TABLES)
