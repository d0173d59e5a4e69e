"""Whether pages are asked for just now: a run then leaves PostgreSQL's other processes, and the tables, to them."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.transactions import PAGES

LATELY = """
    SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s
        AND pid <> pg_backend_pid() AND state_change > clock_timestamp() - interval '1 minute'
    )
"""


def lately(connection: BaseDatabaseWrapper) -> bool:
    """Whether they were within a minute. Looks anew: PostgreSQL shows a transaction who was there when it first looked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(LATELY, [PAGES])
        return bool(cursor.fetchone()[0])
