"""The sync's floor, as a program of its own: the files of a folder as text into plain tables without an index.

    python -m bench.bare FOLDER sqlite:FILE      executemany, 10,000 rows at a time, one transaction
    python -m bench.bare FOLDER postgresql:URL   COPY into unlogged tables, one transaction

Nothing is read as more than text, checked, compared or kept: no sync can do less than this.
"""

from __future__ import annotations

import csv
import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

BATCH = 10_000
CHUNK = 1 << 18


def header(path: Path) -> list[str]:
    """The column names of a file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


def batches(path: Path) -> Iterator[tuple[list[str], ...]]:
    """The rows below the header, so many at a time."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        yield from itertools.batched(reader, BATCH)


def table(path: Path, columns: list[str]) -> tuple[str, str]:
    """A table's name, of this process alone, and the definition of its columns."""
    return f'"bare_{os.getpid()}_{path.stem}"', ", ".join(f'"{column}" text' for column in columns)


def into_sqlite(folder: Path, file: str) -> None:
    """Batched inserts, with the durability that the portal itself asks of SQLite."""
    import sqlite3

    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    for path in sorted(folder.glob("*.csv")):
        columns = header(path)
        name, definition = table(path, columns)
        connection.execute(f"CREATE TABLE {name} ({definition})")
        insert = f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})"
        for rows in batches(path):
            connection.executemany(insert, rows)
    connection.execute("COMMIT")
    connection.close()


def into_postgresql(folder: Path, url: str) -> None:
    """COPY: the server reads the CSV itself."""
    import psycopg

    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for path in sorted(folder.glob("*.csv")):
            name, definition = table(path, header(path))
            cursor.execute(f"CREATE UNLOGGED TABLE {name} ({definition})".encode())
            command = f"COPY {name} FROM STDIN (FORMAT csv, HEADER)".encode()
            with path.open("rb") as file, cursor.copy(command) as copy:
                while chunk := file.read(CHUNK):
                    copy.write(chunk)


def main(folder: str, target: str) -> None:
    """Load the folder into the database that the target names."""
    kind, _, where = target.partition(":")
    {"sqlite": into_sqlite, "postgresql": into_postgresql}[kind](Path(folder), where)


if __name__ == "__main__":
    main(*sys.argv[1:])
