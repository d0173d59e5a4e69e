"""Writes a small row again and again, as a page does, and tells how long each took; ends when its standard input does.

    python -m bench.writer FILE

A row of a table of its own in the portal's SQLite file, one every 20 ms where nobody is in the way, each in a transaction of
its own that is begun as the portal begins its transactions (openhouse.transactions), with 20 seconds of patience. Prints one JSON
list: when each began (seconds since the writer did) and how long it took, in seconds; a null stands for one that failed.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import threading
import time

from openhouse.transactions import begin_writing

EVERY = 0.02
PATIENCE = 20


def write(connection: sqlite3.Connection, ended: threading.Event) -> list[tuple[float, float | None]]:
    """Write until it has ended."""
    taken: list[tuple[float, float | None]] = []
    started = time.perf_counter()
    while not ended.is_set():
        began = time.perf_counter()
        try:
            begin_writing(connection, PATIENCE)
            connection.execute("INSERT INTO bench_written (at, detail) VALUES (?, 'somebody looked')", (began,))
            connection.execute("COMMIT")
            taken.append((began - started, time.perf_counter() - began))
        except sqlite3.OperationalError:
            taken.append((began - started, None))
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        ended.wait(max(0.0, EVERY - (time.perf_counter() - began)))
    return taken


def listen(ended: threading.Event) -> None:
    """It has ended once standard input has."""
    sys.stdin.read()
    ended.set()


def main(file: str) -> None:
    """Say that it begins, write, and tell."""
    connection = sqlite3.connect(file, timeout=PATIENCE, isolation_level=None)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("CREATE TABLE IF NOT EXISTS bench_written (id integer PRIMARY KEY, at real, detail text)")
    print("writing", flush=True)
    ended = threading.Event()
    threading.Thread(target=listen, args=(ended,), daemon=True).start()
    json.dump(write(connection, ended), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
