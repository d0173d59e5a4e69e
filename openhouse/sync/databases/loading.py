"""PostgreSQL's first night: its indexes are built when the rows are in, at a third of the price of keeping them up row by row."""
# ruff: noqa: S608 (the SQL is put together from the models' own names)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import QueryCanceled

from openhouse.sync.databases import asked

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%(tables)s)
        OR contype = 'f' AND confrelid::regclass::text = ANY(%(tables)s)
    ORDER BY contype = 'f' DESC, conname
"""
"""Keys, and before them what points to them from other tables."""
INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid::regclass::text = ANY(%s) ORDER BY 1
"""
PATIENCE = "500ms"
"""How long to wait for whoever is asking the tables: shorter than PostgreSQL waits before it breaks a deadlock."""


@contextmanager
def loading(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> Iterator[None]:
    """Where the tables are empty, take their indexes away and build them anew at the end.

    Whoever asks these empty tables meanwhile, or one that points to them, waits until then. So the indexes stay, and the rows take
    longer, where pages are asked for, or where somebody is asking one of the tables just now, for longer than we may wait.
    """
    with connection.cursor() as cursor:
        if connection.get_autocommit() or not _are_empty(cursor, tables) or asked.lately(connection):
            yield
            return
        cursor.execute(CONSTRAINTS, {"tables": list(tables)})
        constraints = cursor.fetchall()
        if not _are_ours(connection, cursor, sorted({*tables, *(table for table, *_constraint in constraints)})):
            yield
            return
        for table, name, _definition in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for table, name, definition in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        for _name, definition in indexes:
            cursor.execute(definition)


def _are_empty(cursor: Any, tables: Sequence[str]) -> bool:
    cursor.execute(" UNION ALL ".join(f"(SELECT 1 FROM {table} LIMIT 1)" for table in tables))
    return cursor.fetchone() is None


def _are_ours(connection: BaseDatabaseWrapper, cursor: Any, tables: Sequence[str]) -> bool:
    """Whether nobody else may ask these tables from now on, until the transaction ends."""
    try:
        with transaction.atomic(using=connection.alias):
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            cursor.execute(f"LOCK TABLE {', '.join(tables)}")
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return False
    return True
