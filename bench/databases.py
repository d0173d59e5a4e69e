"""A database of the bench's own, with the portal's tables in it, that is gone afterwards."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from bench.processes import measure

NAME = f"openhouse_bench_{os.getpid()}"
_NUMBERS = itertools.count(1)
SERVER = "DATABASE_URL_POSTGRESQL"
"""What names the PostgreSQL server in the environment; else it is the one at the usual socket. Only ours there are touched."""
SETTINGS = ("OPENHOUSE_", "DATABASE_", "DJANGO_")


class Unreachable(Exception):
    """There is no PostgreSQL to measure on. The text says why."""


@dataclass(frozen=True)
class Home:
    """Where one portal keeps everything; `url` names its PostgreSQL, or is blank for SQLite in the folder."""

    database: str
    folder: Path
    url: str
    environment: dict[str, str]

    def settle(self) -> None:
        """Let the server write out what was changed so far, so that what is measured next does not pay for it."""
        if self.url:
            with suppress(psycopg.Error):  # only some may ask for it
                run(self.url, "CHECKPOINT")

    def drop(self, like: str) -> None:
        """Drop the tables whose names are like this."""
        if self.url:
            asked = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE %s"
            with psycopg.connect(self.url) as server:
                names = [name for (name,) in server.execute(asked, [like])]
            run(self.url, *(f'DROP TABLE "{name}"' for name in names))

    def connect(self) -> Any:
        """A plain connection to its database, whichever it is, that commits each statement."""
        if self.url:
            return psycopg.connect(self.url, autocommit=True)
        return sqlite3.connect(self.folder / "db.sqlite3", timeout=20, isolation_level=None)


def named(database: str, server: str = "") -> str:
    """The server's URL with another database in it."""
    return re.sub(
        r"^(postgres(?:ql)?://[^/?]*)(/[^?]*)?",
        rf"\g<1>/{database}",
        server or os.environ.get(SERVER) or "postgresql:///postgres",
    )


def versions() -> str:
    """The server's version and what decides the price of a commit on it. Raises Unreachable."""
    try:
        with psycopg.connect(named("postgres"), connect_timeout=5) as server:
            shown = [server.execute(f"SHOW {name}").fetchone() for name in ("fsync", "shared_buffers")]
            version = server.info.server_version
    except psycopg.OperationalError as error:
        raise Unreachable(f"no PostgreSQL answers at {named('postgres')}: {str(error).strip()}") from error
    fsync, buffers = (row[0] if row else "?" for row in shown)
    return f"{version // 10000}.{version % 10000} (fsync {fsync}, shared_buffers {buffers})"


@contextmanager
def fresh(database: str, folder: Path, *, server: str = "") -> Iterator[Home]:
    """An empty portal on `sqlite` or `postgresql`, its tables made. Folder and database are removed afterwards."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation is compiled once, not at every start
    environment = kept | {"OPENHOUSE_DIR": str(folder)}
    url, name = "", f"{NAME}_{next(_NUMBERS)}"
    if database == "postgresql":
        url = environment["DATABASE_URL"] = named(name, server)
        run(named("postgres", server), f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}"')
    folder.mkdir()
    try:
        settings = environment | {"DJANGO_SETTINGS_MODULE": "openhouse.settings"}
        measure(sys.executable, "-m", "bench.release", environment=settings)
        yield Home(database, folder, url, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if url:
            with suppress(psycopg.Error):
                run(named("postgres", server), f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run(url: str, *statements: str) -> None:
    """Run statements there, each committed by itself."""
    with psycopg.connect(url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())
