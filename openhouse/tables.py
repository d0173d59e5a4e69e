"""The database's tables, brought up to date before a command uses them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from openhouse.sync import databases

PATIENCE = 60
"""Seconds to wait for whoever else changes the tables, or syncs."""


def bring_up_to_date() -> None:
    """Run the migrations that are missing, and make the cache's table; costs next to nothing where all is there."""
    if is_behind():
        with alone():
            if is_behind():  # where several processes begin at once, one changes the tables
                call_command("migrate", verbosity=0)
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        call_command("createcachetable", verbosity=0)


def is_behind() -> bool:
    """Whether migrations are missing."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def alone() -> Iterator[None]:
    """While the block runs nobody syncs, and nobody else changes tables so. Raises SystemExit where somebody does for longer than
    one waits.
    """
    with databases.alone(connection, patience=PATIENCE) as is_alone:
        if not is_alone:
            raise SystemExit(
                "openhouse: the tables must be changed, and a sync is going on. Start again when it is over."
            )
        yield
