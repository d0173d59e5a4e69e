"""The only writer of the mirror: what the SIS states today, against what it stated before.

`compare` finds the differences, and writes nothing but a temporary table; `apply` puts them in (`fill` where there was nothing),
inside the caller's transaction. Changed and returning rows leave their old version in the `Past…` table; unchanged rows are not
touched. The SQL follows from the models' fields, the same for both databases. Callers give two temporary tables for each entity:

- *ready*: the rows as they are to be, with the facts' column names. Ends of a pair are sourcedIds, named like the field.
- *kept*: `id`s of rows that stay as they are though the SIS did not (legibly) state them.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.district import models as district

_BOOKKEEPING = ("id", "thing", "valid_from", "valid_until")


@dataclass(frozen=True)
class Entity:
    """One mirrored table: its models, and what identifies a row: its sourcedId, or the two rows that it joins."""

    name: str
    model: type[models.Model]
    past: type[models.Model]
    ends: tuple[str, ...] = ()

    @cached_property
    def table(self) -> str:
        """The table of current facts."""
        return self.model._meta.db_table

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The columns that hold facts: those whose past is kept."""
        fields = self.past._meta.concrete_fields
        return tuple(str(field.column) for field in fields if field.name not in _BOOKKEEPING)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The columns of the ready table that identify a row."""
        return self.ends or ("sourced_id",)

    @cached_property
    def is_addressed(self) -> bool:
        """Whether a row has a random key, by which pages name it."""
        return issubclass(self.model, district.Addressed)

    @cached_property
    def changes(self) -> str:
        """The temporary table of differences that `compare` makes; or a view (`all_of`) where nothing was ever mirrored."""
        return f"changes_{self.name}"

    def end_table(self, end: str) -> str:
        """The mirrored table that one end of a pair points to."""
        related: Any = self.model._meta.get_field(end).related_model
        return str(related._meta.db_table)

    def found(self, ready: str) -> str:
        """SQL: the ready rows `r`, each with its mirrored row `m` or NULL."""
        if not self.ends:
            return f"FROM {ready} r LEFT JOIN {self.table} m ON m.sourced_id = r.sourced_id"
        joins = [f"LEFT JOIN {self.end_table(end)} {end}_ ON {end}_.sourced_id = r.{end}" for end in self.ends]
        match = " AND ".join(f"m.{end}_id = {end}_.id" for end in self.ends)
        return f"FROM {ready} r {' '.join(joins)} LEFT JOIN {self.table} m ON {match}"


SCHOOL = Entity("school", district.School, district.PastSchool)
STUDENT = Entity("student", district.Student, district.PastStudent)
GUARDIAN = Entity("guardian", district.Guardian, district.PastGuardian)
EMPLOYEE = Entity("employee", district.Employee, district.PastEmployee)
GUARDIANSHIP = Entity("guardianship", district.Guardianship, district.PastGuardianship, ("student", "guardian"))
ENROLMENT = Entity("enrolment", district.Enrolment, district.PastEnrolment, ("student", "school"))
ENTITIES = (SCHOOL, STUDENT, GUARDIAN, EMPLOYEE, GUARDIANSHIP, ENROLMENT)
"""In the order in which they are put in: what is pointed to comes first."""


@dataclass(frozen=True)
class Counts:
    """How many rows of an entity are new (returned ones among them), changed, ended and unchanged; `kept` ones are among
    the unchanged."""

    new: int
    changed: int
    ended: int
    unchanged: int
    kept: int

    @property
    def differences(self) -> int:
        """How many rows `apply` touches."""
        return self.new + self.changed + self.ended


def compare(connection: BaseDatabaseWrapper, entity: Entity, *, ready: str, kept: str, among: str = "") -> Counts:
    """Find what `apply` would do; makes the temporary table `entity.changes` (change, id, keys), the caller drops it.

    `among` is SQL that says of a person's sourcedId that it is one of some: only what concerns them was stated, so only that can
    have ended.
    """
    keys = ", ".join(f"r.{key} AS {key}" for key in entity.keys)
    differ = " OR ".join(f"m.{fact} IS DISTINCT FROM r.{fact}" for fact in entity.facts)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {entity.changes} AS SELECT CASE WHEN m.id IS NULL THEN 'new'"
            f" WHEN m.valid_until IS NOT NULL THEN 'returned' ELSE 'changed' END AS change, m.id AS id, {keys}"
            f" {entity.found(ready)} WHERE m.id IS NULL OR m.valid_until IS NOT NULL OR {differ}"
        )
        ended = (
            f"SELECT 'ended', m.id FROM {entity.table} m {_ends(entity)} WHERE m.valid_until IS NULL"
            f" AND NOT EXISTS (SELECT 1 FROM {ready} r WHERE {_same(entity)})"
            f" AND NOT EXISTS (SELECT 1 FROM {kept} k WHERE k.id = m.id)"
        )
        each_end = [f" AND {person} {among}" for person in _persons(entity)] if among else []
        cursor.execute(
            f"INSERT INTO {entity.changes} (change, id) {' UNION '.join(ended + each for each in each_end or [''])}"
        )
        cursor.execute(f"SELECT change, count(*) FROM {entity.changes} GROUP BY change")
        found = dict(cursor.fetchall())
        cursor.execute(f"SELECT count(*) FROM {entity.table} WHERE valid_until IS NULL")
        current = int(cursor.fetchone()[0])
        cursor.execute(f"SELECT count(*) FROM {kept}")
        held = int(cursor.fetchone()[0])
    new = found.get("new", 0) + found.get("returned", 0)
    changed, ended = found.get("changed", 0), found.get("ended", 0)
    return Counts(new, changed, ended, current - changed - ended, held)


def is_empty(connection: BaseDatabaseWrapper, entity: Entity) -> bool:
    """Whether nothing was ever mirrored."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {entity.table} LIMIT 1")
        return cursor.fetchone() is None


def all_of(entity: Entity, ready: str) -> str:
    """SQL: what `compare` finds where nothing was ever mirrored."""
    return f"SELECT 'new' AS change, CAST(NULL AS bigint) AS id, {', '.join(entity.keys)} FROM {ready}"


def _ends(entity: Entity) -> str:
    return " ".join(f"JOIN {entity.end_table(end)} {end}_ ON {end}_.id = m.{end}_id" for end in entity.ends)


def _persons(entity: Entity) -> list[str]:
    """SQL: the sourcedIds of the people whom a mirrored row `m` concerns."""
    if entity is SCHOOL:
        return []
    return [f"{end}_.sourced_id" for end in entity.ends if end != "school"] or ["m.sourced_id"]


def _same(entity: Entity) -> str:
    if not entity.ends:
        return "r.sourced_id = m.sourced_id"
    return " AND ".join(f"r.{end} = {end}_.sourced_id" for end in entity.ends)


def apply(connection: BaseDatabaseWrapper, entity: Entity, *, ready: str, at: datetime, new_key: str) -> None:
    """Put the differences in: past versions, changes, endings, new rows. `new_key` is SQL for a random key of a row `r`.

    Must run inside a transaction, entity by entity in the order of ENTITIES.
    """
    moment = connection.ops.adapt_datetimefield_value(at)
    facts = ", ".join(entity.facts)
    same = " AND ".join(f"r.{key} = c.{key}" for key in entity.keys)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {entity.past._meta.db_table} (thing_id, {facts}, valid_from, valid_until)"
            f" SELECT m.id, {_of('m', entity.facts)}, m.valid_from, COALESCE(m.valid_until, %s) FROM {entity.changes} c"
            f" JOIN {entity.table} m ON m.id = c.id WHERE c.change IN ('changed', 'returned')",
            [moment],
        )
        cursor.execute(
            f"UPDATE {entity.table} SET {', '.join(f'{fact} = r.{fact}' for fact in entity.facts)}, valid_from = %s,"
            f" valid_until = NULL FROM {entity.changes} c JOIN {ready} r ON {same}"
            f" WHERE {entity.table}.id = c.id AND c.change IN ('changed', 'returned')",
            [moment],
        )
        cursor.execute(
            f"UPDATE {entity.table} SET valid_until = %s WHERE id IN"
            f" (SELECT id FROM {entity.changes} WHERE change = 'ended')",
            [moment],
        )
        new = f"{entity.changes} c JOIN {ready} r ON {same}"
        cursor.execute(f"{insertion(entity, new, new_key)} WHERE c.change = 'new'", [moment])


def fill(connection: BaseDatabaseWrapper, entity: Entity, *, ready: str, at: datetime, new_key: str) -> None:
    """Put all ready rows in, in the order in which they lie, where nothing was ever mirrored. As `apply` otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(insertion(entity, f"{ready} r", new_key), [connection.ops.adapt_datetimefield_value(at)])


def insertion(entity: Entity, rows: str, new_key: str, *, hidden: str = "") -> str:
    """SQL that puts in rows `r`, which are new; its parameter is the moment. `hidden` is what the tables' names begin with."""
    facts = ", ".join(entity.facts)
    columns = ", ".join(f"{end}_id" for end in entity.ends) or "sourced_id"
    values = ", ".join(f"{end}_.id" for end in entity.ends) or "r.sourced_id"
    ends = ((end, f"{hidden}{entity.end_table(end)}") for end in entity.ends)
    joins = " ".join(f"JOIN {table} {end}_ ON {end}_.sourced_id = r.{end}" for end, table in ends)
    key, its_value = ("key, ", f"{new_key}, ") if entity.is_addressed else ("", "")
    return (
        f"INSERT INTO {hidden}{entity.table} ({key}{columns}, {facts}, valid_from) SELECT {its_value}{values},"
        f" {_of('r', entity.facts)}, %s FROM {rows} {joins}"
    )


def _of(alias: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{column}" for column in columns)
