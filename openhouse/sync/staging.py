"""Temporary tables that hold what a source yields until it is checked. They die with the connection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, get_args, get_type_hints

from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync import databases
from openhouse.sync.batches import STAGED, Row

INDEXED = {
    "staged_org": ("sourced_id",),
    "staged_person": ("sourced_id",),
    "staged_role": ("person",),
    "staged_birth": ("person",),
    "staged_link": ("owner",),
    "staged_pair": ("student, guardian",),
    "staged_held": ("kind, key, other",),
}


class Stage:
    """One run's temporary tables, and a cursor to ask them."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.database = databases.of(connection)
        self.tables: list[str] = []

    def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        """Run one statement; returns how many rows it touched."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.rowcount

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query that yields few."""
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def count(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        """The one number of a query."""
        return int(self.rows(sql, parameters)[0][0])

    def table(self, name: str, query: str, index: Sequence[str] = (), parameters: Sequence[Any] | None = None) -> None:
        """Make a temporary table from a query, with indexes: without them a merge is quadratic."""
        self.execute(f"CREATE TEMP TABLE {name} AS {query}", parameters)
        self.tables.append(name)
        self.index(name, index)

    def index(self, name: str, indexes: Sequence[str]) -> None:
        """Index a temporary table and tell the planner."""
        for number, columns in enumerate(indexes):
            self.execute(f"CREATE INDEX {name}_{number} ON {name} ({columns})")
        self.database.analyze(self.connection, name)

    def open(self) -> None:
        """Make the empty tables that batches are put into."""
        for row_type, name in STAGED.items():
            columns = ", ".join(f"{column} {self._type(hint)}" for column, hint in get_type_hints(row_type).items())
            self.execute(f"CREATE TEMP TABLE {name} ({columns})")
            self.tables.append(name)

    def _type(self, hint: Any) -> str:
        known = [part for part in (get_args(hint) or (hint,)) if part is not type(None)]
        return self.database.TYPES.get(known[0], "text")

    def put(self, batch: Sequence[Row]) -> None:
        """Put a batch of rows of one type into its table."""
        if batch:
            row_type = type(batch[0])
            self.database.fill(self.connection, STAGED[row_type], row_type._fields, batch)

    def drop(self, name: str) -> None:
        """Drop one table."""
        self.tables.remove(name)
        self.execute(f"DROP TABLE {name}")

    def close(self) -> None:
        """Drop everything."""
        while self.tables:
            self.drop(self.tables[-1])


@contextmanager
def staged(connection: BaseDatabaseWrapper) -> Iterator[Stage]:
    """A stage with empty tables. They are dropped afterwards, unless the connection itself is gone."""
    stage = Stage(connection)
    stage.open()
    try:
        yield stage
    finally:
        if not connection.needs_rollback and connection.is_usable():
            stage.close()
