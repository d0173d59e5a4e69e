"""What differs between the databases: one file for each, with the same names in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync.databases import postgresql, sqlite


class Database(Protocol):
    """The differences."""

    TYPES: dict[object, str]
    """Column types by the annotation of a batch's field; text for all others."""
    NEW_KEY: str
    """SQL for a random UUID (version 4) as Django stores it."""

    def alone(self, connection: BaseDatabaseWrapper) -> AbstractContextManager[bool]:
        """Hold the right to sync while the block runs: True, or False where another process holds it. A process that
        dies lets go of it."""
        ...

    def filling(self, connection: BaseDatabaseWrapper) -> AbstractContextManager[None]:
        """Around everything that writes temporary tables alone: nobody else waits for it."""
        ...

    def fill(self, connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Put rows into a temporary table."""
        ...

    def analyze(self, connection: BaseDatabaseWrapper, table: str) -> None:
        """Tell the planner what a temporary table holds."""
        ...

    def claim(self, connection: BaseDatabaseWrapper, table: str, changes: str) -> None:
        """Lock the rows of a table whose `id` a table of changes names, by id, as pages do: who waits in one order never
        waits in a circle."""
        ...

    def settle(self, connection: BaseDatabaseWrapper) -> None:
        """Check now, and not at commit, that what rows point to is there: it may wait for a page, so it must come before the
        trail, for which pages wait."""
        ...


def of(connection: BaseDatabaseWrapper) -> Database:
    """The differences of that connection's database."""
    return {"postgresql": postgresql, "sqlite": sqlite}[connection.vendor]
