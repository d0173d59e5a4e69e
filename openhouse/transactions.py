"""Transactions that begin as what they are: with one statement, where Django and psycopg begin one and others then change it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.pq import ExecStatus, TransactionStatus

ONE_STATE = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
"""All that is read is of one moment."""
ONE_PLAN = "SET LOCAL plan_cache_mode = force_generic_plan"
"""PostgreSQL keeps one plan of a prepared question for all values. For questions that take longer to plan than to answer, and whose
best plan is the same for all: left to itself it plans them each time, because it believes the one plan to be dearer than it is."""
UNWAITED = "SET LOCAL synchronous_commit = off"
"""The commit waits for no disk."""


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
