"""The database's tables, brought up to date before a command uses them."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from openhouse.sync import databases


def bring_up_to_date() -> None:
    """Run the migrations that are missing, and make the cache's table; costs next to nothing where all is there."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with databases.of(connection).alone(connection) as alone:
            if not alone:
                raise SystemExit(
                    "openhouse: a sync is going on, and the tables must be changed. Start again when it is over."
                )
            call_command("migrate", verbosity=0)
    if settings.CACHES["default"]["LOCATION"] not in connection.introspection.table_names():
        call_command("createcachetable", verbosity=0)
