"""How the PostgreSQL server is set up, as far as pages feel it: what only its superuser can change, the doctor can but name."""

from __future__ import annotations

from django.db import connection

MEMORY = """SELECT held >= taken, pg_size_pretty(taken), pg_size_pretty(held) FROM (
    SELECT pg_size_bytes(current_setting('shared_buffers')) AS held, sum(pg_total_relation_size(oid)) AS taken
    FROM pg_class WHERE relkind = 'r' AND relname ~ '^(access|accounts|district)_') AS server"""


def wal() -> tuple[bool | None, str]:
    """Whether no page has to wait while PostgreSQL makes a file for its write-ahead log (None where it may), and words for it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW wal_init_zero")
        if cursor.fetchone()[0] == "off":
            return True, "PostgreSQL makes new files at once"
    return None, (
        "wal_init_zero is on: while a sync lands, pages may wait until a new file of PostgreSQL's log is filled with zeroes. As "
        "its superuser say ALTER SYSTEM SET wal_init_zero = off and SELECT pg_reload_conf() (docs/operating-the-sync.md)"
    )


def memory() -> tuple[bool | None, str]:
    """Whether PostgreSQL's own memory has room for what pages ask about families (None where not), and words for it."""
    with connection.cursor() as cursor:
        cursor.execute(MEMORY)
        has_room, taken, held = cursor.fetchone()
    said = f"families' tables take {taken}, PostgreSQL's shared_buffers {held}"
    if has_room:
        return True, said
    return (
        None,
        f"{said}: searches by name may take longer. Up to a quarter of the machine's helps (docs/operating-the-sync.md)",
    )
