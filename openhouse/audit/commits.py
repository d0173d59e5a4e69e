"""How an entry that stands alone is committed: the chain's lock is let go before the disk is waited for.

PostgreSQL holds a transaction's locks until its commit is on the disk, so entries would wait for the disk one after the other.
Here the entry is committed without waiting, and then a statement that holds no lock waits for the disk, together with whoever
else waits then. Nothing is answered before that. What a power cut takes is the last of the chain, never a piece out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from openhouse.transactions import UNWAITED, begun

FLUSH = "SELECT pg_logical_emit_message(true, 'openhouse', '')"
"""A commit of its own, which holds no lock and is not on the disk before all that came before it."""


@contextmanager
def together() -> Iterator[None]:
    """One transaction, on the disk when the block is over."""
    with begun(UNWAITED, then=FLUSH):
        yield


def settle() -> None:
    """Wait until all that was committed so far is on the disk."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(FLUSH)
