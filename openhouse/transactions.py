"""Transactions that begin as what they are: with one statement, where Django and psycopg begin one and others then change it.

On SQLite, which has one writer at a time, one begins as soon as the way is free.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from psycopg.pq import ExecStatus, TransactionStatus

ONE_STATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
"""All that is read is of one moment."""
ONE_PLAN = "SET LOCAL plan_cache_mode = force_generic_plan"
"""PostgreSQL keeps one plan of a prepared question for all values. For questions that take longer to plan than to answer, and whose
best plan is the same for all: left to itself it plans them each time, because it believes the one plan to be dearer than it is."""
UNWAITED = "SET LOCAL synchronous_commit = off"
"""The commit waits for no disk."""
PAGES = "openhouse pages"
"""What PostgreSQL calls the connections on which pages ask (`pg_stat_activity`)."""
PAUSE = 0.002
"""Seconds between two looks whether SQLite's writer is done. Its own pauses grow to 100 ms: a way that is free for some
milliseconds again and again, as while the first night goes in, it would miss."""
WRITING = "BEGIN IMMEDIATE"


@contextmanager
def begun(manner: str, then: str = "") -> Iterator[None]:
    """One transaction of that manner, or what is left of one that somebody else began, to its end. SQLite knows no manners.

    Without a savepoint of its own: an error within makes the whole transaction unusable. `then` is a statement that goes out with
    the commit and is a transaction of its own; where somebody else began and will commit, it is left out.
    """
    is_own = not connection.in_atomic_block
    with transaction.atomic(savepoint=False):
        if connection.vendor == "postgresql":
            idle = connection.connection.pgconn.transaction_status == TransactionStatus.IDLE
            _say(f"BEGIN; {manner}" if idle else manner)
        yield
        if then and is_own and connection.vendor == "postgresql" and not connection.needs_rollback:
            _say(f"COMMIT; {then}")  # what Django commits after this is nothing


def _say(statements: str) -> None:
    said = connection.connection.pgconn.exec_(statements.encode())
    if said.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
        raise OperationalError(said.error_message.decode(errors="replace"))


def begin_writing(sqlite: sqlite3.Connection, patience: float) -> None:
    """Begin a transaction that writes, as soon as nobody else does. Raises sqlite3.OperationalError after so many seconds."""
    until = time.monotonic() + patience
    sqlite.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                sqlite.execute(WRITING)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
            time.sleep(PAUSE)
    finally:
        sqlite.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")


def _begin_so(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
    """Django's own beginnings too."""
    if sql != WRITING:
        return execute(sql, parameters, many, context)
    wrapper = context["connection"]
    with wrapper.wrap_database_errors:
        begin_writing(wrapper.connection, wrapper.settings_dict["OPTIONS"].get("timeout", 5))


def _teach(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "sqlite" and _begin_so not in connection.execute_wrappers:
        connection.execute_wrappers.append(_begin_so)


connection_created.connect(_teach, dispatch_uid="openhouse.transactions")
