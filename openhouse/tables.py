"""The database's tables, brought up to date before a command uses them."""

from __future__ import annotations

import time

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from openhouse.sync import databases

PATIENCE = 60
"""Seconds to wait for whoever else changes the tables, or syncs."""


def bring_up_to_date() -> None:
    """Run the migrations that are missing, and make the cache's table; costs next to nothing where all is there.

    Nobody syncs meanwhile, and of several processes that begin at once one changes the tables. Raises SystemExit where a sync goes
    on for longer than one waits.
    """
    until = time.monotonic() + PATIENCE
    while is_behind() and not _changed():
        if time.monotonic() > until:
            raise SystemExit(
                "openhouse: the tables must be changed, and a sync is going on. Start again when it is over."
            )
        time.sleep(1)
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        call_command("createcachetable", verbosity=0)


def is_behind() -> bool:
    """Whether migrations are missing."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _changed() -> bool:
    with databases.of(connection).alone(connection) as alone:
        if alone:
            call_command("migrate", verbosity=0)
        return alone
