"""SQLite's first night goes in by small pieces, between which others write, into tables that no page sees.

SQLite has one writer at a time, so whatever is put in at once keeps everybody else from writing. While the tables fill they go by
another name, and pages find empty ones in their place, which is what they found before; in the landing's own transaction they
change back. Whoever died in between left both behind: the next who has the right to sync puts things right (`mend`).
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import perf_counter, sleep
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

HIDDEN = "landing_"
"""What the names of hidden tables begin with."""
PIECE = 0.04
"""Seconds that one piece is to take, for which others wait."""
PAUSE = 0.005
"""Seconds between two pieces, in which whoever waits begins (openhouse.transactions)."""
FIRST, MOST = 500, 5_000
"""Rows in the first piece of a table, and in the largest."""


def put_in(
    connection: BaseDatabaseWrapper, tables: Sequence[str], pieces: Iterable[tuple[str, str]], moment: Any
) -> bool:
    """Hide the tables, and fill them: from each table of rows, by a statement that takes the moment and between which of its rows.

    False, and nothing is done, where one of them has rows, or where the caller is inside a transaction.
    """
    if connection.in_atomic_block or any(_last(connection, table) for table in tables):
        return False
    _hide(connection, tables)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint = 16384")  # the same pages are written by piece after piece
        try:
            for rows, statement in pieces:
                _fill(connection, rows, statement, moment)
        finally:
            cursor.execute("PRAGMA wal_autocheckpoint = 1000")
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    return True


def show(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Let them be seen, when the transaction commits."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'DROP TABLE "{table}"')
            cursor.execute(f'ALTER TABLE "{HIDDEN}{table}" RENAME TO "{table}"')


def mend(connection: BaseDatabaseWrapper) -> None:
    """Put tables back that a process left hidden, as empty as pages saw them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, %s) = %s", [len(HIDDEN), HIDDEN]
        )
        left = [name for (name,) in cursor.fetchall()]
    if left:  # a check of every row that goes would take as long as putting it in did
        with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
            for name in left:
                cursor.execute(f'DELETE FROM "{name}"')
            show(connection, [name.removeprefix(HIDDEN) for name in left])


def _hide(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{HIDDEN}{table}"')
            cursor.execute(f'CREATE TABLE "{table}" AS SELECT * FROM "{HIDDEN}{table}" LIMIT 0')


def _fill(connection: BaseDatabaseWrapper, rows: str, statement: str, moment: Any) -> None:
    last, first, count = _last(connection, rows), 1, FIRST
    with connection.cursor() as cursor:
        while first <= last:
            began = perf_counter()
            cursor.execute(statement, [moment, first, first + count - 1])
            first += count
            took = perf_counter() - began
            count = max(1, min(MOST, int(count * PIECE / took)))
            sleep(PAUSE)


def _last(connection: BaseDatabaseWrapper, table: str) -> int:
    """The place of a table's last row; 0 where it has none."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT COALESCE(max(rowid), 0) FROM "{table}"')
        return int(cursor.fetchone()[0])
