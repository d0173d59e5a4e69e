"""SQLite's side: batched inserts into temporary tables, a lock on a file beside the database."""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync.batches import Day
from openhouse.sync.databases import hidden

TYPES: dict[object, str] = {int: "integer", bool: "bool", Day: "date"}
AMONG = "IN ({})"
BYTEWISE = "COLLATE BINARY"
NEW_KEY = (
    "lower(hex(randomblob(6))) || '4' || substr(lower(hex(randomblob(2))), 2) || substr('89ab', 1 + (random() & 3), 1)"
    " || substr(lower(hex(randomblob(2))), 2) || lower(hex(randomblob(6)))"
)
"""RFC 9562 §5.4 (version 4), as 32 hexadecimal digits."""
BYTES = "blob"
UNLOGGED = ""
SHARED = "TEMP"
PLACE = "rowid"
TEMPORARY = "temp."
NEEDS_INDEXES = True
ROOM = 65_536
"""KiB of the database that a run keeps at hand, where 2,000 are the rule: so its landing, for which others wait, reads no file."""
HIDDEN, put_in, show = hidden.HIDDEN, hidden.put_in, hidden.show


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[bool]:
    """Hold a lock on a file beside the database, which the kernel lets go of when the process ends. Tables that somebody who died
    left hidden are put back."""
    descriptor = os.open(lock_file(connection), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            hidden.mend(connection)
            try:
                yield True
            finally:
                with suppress(Error):  # else whoever comes next does it
                    hidden.mend(connection)
    finally:
        os.close(descriptor)


def lock_file(connection: BaseDatabaseWrapper) -> Path:
    """The file beside the database, or in OPENHOUSE_DIR where the database is in memory."""
    name = str(connection.settings_dict["NAME"])
    return settings.HOME / "sync.lock" if "memory" in name else Path(f"{name}.sync-lock")


def stated(connection: BaseDatabaseWrapper) -> str:
    """A file beside the database: whoever writes it keeps nobody from writing the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        if not any(name == "stated" for _number, name, _file in cursor.fetchall()):
            name = str(connection.settings_dict["NAME"])
            file = ":memory:" if "memory" in name else f"{name}.stated"
            if file != ":memory:":
                os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            cursor.execute("ATTACH DATABASE %s AS stated", [file])
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA stated.journal_mode = WAL")
    return "stated."


def has(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Whether the table is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stated.sqlite_master WHERE name = %s", [table])
        return bool(cursor.fetchone()[0])


def keep_plain(connection: BaseDatabaseWrapper, table: str, column: str) -> None:
    """SQLite compresses nothing."""


def keep(connection: BaseDatabaseWrapper, table: str, name: str, content: bytes) -> None:
    """A row like any other."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} VALUES (%s, %s)", [name, content])


def empty(connection: BaseDatabaseWrapper, table: str) -> None:
    """A DELETE without a condition is SQLite's way to truncate."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


@contextmanager
def filling(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One transaction that writes temporary tables and the statement's file takes no lock on the database itself, and spares a
    commit a row."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    connection.connection.execute(f"PRAGMA cache_size = -{ROOM}")
    connection.connection.execute("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        if connection.connection.in_transaction:
            connection.connection.execute("ROLLBACK")
        raise
    finally:
        connection.connection.execute("PRAGMA cache_size = -2000")
    filled(connection)


def fill(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    """Insert the rows in one batch."""
    marks = ", ".join("?" * len(columns))
    connection.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def pack(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows themselves."""
    return rows


def may_repeat(connection: BaseDatabaseWrapper, table: str, key: Sequence[str]) -> bool:
    """The key's index has them side by side."""
    columns = ", ".join(key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} GROUP BY {columns} HAVING count(*) > 1 LIMIT 1")
        return cursor.fetchone() is not None


class Pour:
    """Puts each batch in at once."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Insert the rows in one batch."""
        fill(self.connection, table, columns, rows)

    def rest(self) -> None:
        """Nothing waits."""


@contextmanager
def pouring(connection: BaseDatabaseWrapper) -> Iterator[Pour]:
    """Batches are inserted as they come."""
    yield Pour(connection)


def analyze(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str] = ()) -> None:
    """SQLite's planner goes by the indexes."""


def claim(connection: BaseDatabaseWrapper, table: str, changes: str) -> None:
    """SQLite has one writer at a time."""


@contextmanager
def loading(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> Iterator[None]:
    """SQLite cannot take away the index of a constraint."""
    yield


def settle(connection: BaseDatabaseWrapper) -> None:
    """SQLite has one writer at a time."""


def seek(connection: BaseDatabaseWrapper) -> None:
    """SQLite's planner goes by the indexes."""


def step_aside(connection: BaseDatabaseWrapper) -> None:
    """SQLite works in the run's own process, which stands back already."""


def filled(connection: BaseDatabaseWrapper) -> None:
    """End what `filling` began: the landing is a transaction of its own, which keeps writers waiting."""
    if connection.connection.in_transaction and not connection.in_atomic_block:
        connection.connection.execute("COMMIT")
