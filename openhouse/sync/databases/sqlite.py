"""SQLite's side: batched inserts into temporary tables, a lock on a file beside the database."""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync.batches import Day

TYPES: dict[object, str] = {int: "integer", bool: "bool", Day: "date"}
NEW_KEY = (
    "lower(hex(randomblob(6))) || '4' || substr(lower(hex(randomblob(2))), 2) || substr('89ab', 1 + (random() & 3), 1)"
    " || substr(lower(hex(randomblob(2))), 2) || lower(hex(randomblob(6)))"
)
"""RFC 9562 §5.4 (version 4), as 32 hexadecimal digits."""


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[bool]:
    """Hold a lock on a file beside the database, which the kernel lets go of when the process ends."""
    descriptor = os.open(lock_file(connection), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def lock_file(connection: BaseDatabaseWrapper) -> Path:
    """The file beside the database, or in OPENHOUSE_DIR where the database is in memory."""
    name = str(connection.settings_dict["NAME"])
    return settings.HOME / "sync.lock" if "memory" in name else Path(f"{name}.sync-lock")


@contextmanager
def filling(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One transaction that touches temporary tables alone takes no lock on the database, and spares a commit a row."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    connection.connection.execute("BEGIN DEFERRED")
    try:
        yield
    except BaseException:
        connection.connection.execute("ROLLBACK")
        raise
    connection.connection.execute("COMMIT")


def fill(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    """Insert the rows in one batch."""
    marks = ", ".join("?" * len(columns))
    connection.connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)


def analyze(connection: BaseDatabaseWrapper, table: str) -> None:
    """SQLite's planner goes by the indexes."""


def claim(connection: BaseDatabaseWrapper, table: str, changes: str) -> None:
    """SQLite has one writer at a time."""


def settle(connection: BaseDatabaseWrapper) -> None:
    """SQLite has one writer at a time."""
