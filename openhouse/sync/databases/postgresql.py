"""PostgreSQL's side: COPY into temporary tables, an advisory lock, and rows locked in the order in which pages lock them."""
# ruff: noqa: S608 (the SQL is put together from the models' own names)

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync.batches import Day
from openhouse.sync.databases import asked
from openhouse.sync.databases.copying import Pour, as_text
from openhouse.sync.databases.loading import loading as loading

TYPES: dict[object, str] = {int: "bigint", bool: "boolean", Day: "date"}
NEW_KEY = "gen_random_uuid()"
AMONG = "= ANY(ARRAY({}))"
BYTEWISE = 'COLLATE "C"'
BYTES = "bytea"
UNLOGGED = "UNLOGGED"
SHARED = ""
PLACE = "ctid"
TEMPORARY = "pg_temp."
NEEDS_INDEXES = False
HIDDEN = ""
ROOM = (
    "SET LOCAL work_mem = '192MB'; SET LOCAL maintenance_work_mem = '256MB'; SET LOCAL jit = off;"
    " SET LOCAL parallel_tuple_cost = 0.01; SET LOCAL effective_io_concurrency = 64; SET LOCAL default_statistics_target = 10"
)
"""What joins of a whole district need: with the defaults they would spill to disk, be compiled first, or be left to one process
because the planner overrates what handing rows on costs; and of temporary tables a small sample tells enough."""
FEW = "SET LOCAL random_page_cost = 1.1; SET LOCAL max_parallel_workers_per_gather = 1"
"""Where few rows are looked for in many: an index finds them faster than the default price of a disk's arm says. Two processes of
the database, not three: that is as fast where there are two cores. Where pages are asked for, one (`step_aside`)."""
UNHELPED = "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL max_parallel_maintenance_workers = 0"
"""Where pages were asked for lately, one process of the database works for this transaction, and leaves the other cores to them."""
LOCK = 0x6F70656E_68737963
"""Ours alone among the advisory locks of this database ("openhsyc")."""


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[bool]:
    """Hold the advisory lock of this database, which ends with the connection: within a second of the process's end."""
    with connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = 1000")
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def stated(connection: BaseDatabaseWrapper) -> str:
    """Beside the portal's own tables. Temporary tables of the same names hide them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return f"{cursor.fetchone()[0]}."


def has(connection: BaseDatabaseWrapper, table: str) -> bool:
    """Whether the table is there, emptied by a crash or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [stated(connection) + table])
        return bool(cursor.fetchone()[0])


def keep_plain(connection: BaseDatabaseWrapper, table: str, column: str) -> None:
    """Digests are as good as random: trying to compress them costs and saves nothing."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL")


def keep(connection: BaseDatabaseWrapper, table: str, name: str, content: bytes) -> None:
    """As bytes on the wire too: as text they would be twice as many."""
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(["text", "bytea"])
        copy.write_row((name, content))


def empty(connection: BaseDatabaseWrapper, table: str) -> None:
    """All at once."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {table}")


@contextmanager
def filling(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """One transaction, up to the landing: what was read and what landed are kept together or not at all."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(ROOM)
        step_aside(connection)
        yield


def fill(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    """COPY the rows in."""
    with pouring(connection) as pour:
        pour.fill(table, columns, rows)


@contextmanager
def pouring(connection: BaseDatabaseWrapper) -> Iterator[Pour]:
    """COPY goes on from batch to batch."""
    pour = Pour(connection)
    try:
        yield pour
    except BaseException as error:
        pour.stop(error)
        raise
    pour.rest()


def pack(rows: Sequence[Any]) -> bytes:
    """The text that COPY takes."""
    return as_text(rows)


def may_repeat(connection: BaseDatabaseWrapper, table: str, key: Sequence[str]) -> bool:
    """Sorting 64-bit hashes takes half as long as grouping texts; two keys with one hash are looked at again, no harm done."""
    digest = "0"
    for column in key:
        digest = f"hashtextextended({column}, {digest})"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) > count(DISTINCT {digest}) FROM {table}")
        return bool(cursor.fetchone()[0])


def analyze(connection: BaseDatabaseWrapper, table: str, columns: Sequence[str] = ()) -> None:
    """The planner knows nothing of a temporary table that nobody analyzed."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table} ({', '.join(columns)})" if columns else f"ANALYZE {table}")


def claim(connection: BaseDatabaseWrapper, table: str, changes: str) -> None:
    """Lock rows by id. NO KEY: rows that point to them go on being written."""
    named = f"SELECT m.id FROM {table} m JOIN {changes} c ON c.id = m.id ORDER BY m.id FOR NO KEY UPDATE OF m"
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN PERFORM * FROM ({named}) claimed; END $$")


def put_in(
    connection: BaseDatabaseWrapper, tables: Sequence[str], pieces: Iterable[tuple[str, str]], moment: Any
) -> bool:
    """Everything goes in within the landing's transaction: others write meanwhile."""
    return False


def show(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Nothing is hidden."""


def settle(connection: BaseDatabaseWrapper) -> None:
    """Check the foreign keys, which Django defers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def seek(connection: BaseDatabaseWrapper) -> None:
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(FEW)
    step_aside(connection)


def step_aside(connection: BaseDatabaseWrapper) -> None:
    """Leave the other cores to pages, where they are asked for."""
    if asked.lately(connection):
        with connection.cursor() as cursor:
            cursor.execute(UNHELPED)


def filled(connection: BaseDatabaseWrapper) -> None:
    """The landing goes on in the same transaction; what it tells the planner of the mirror is to last."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")
