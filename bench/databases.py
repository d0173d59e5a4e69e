"""A database of the bench's own, with the portal's tables in it, that is gone afterwards."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from bench.processes import OPENHOUSE, measure

NAME = f"openhouse_bench_{os.getpid()}"
SERVER = os.environ.get("DATABASE_URL_POSTGRESQL") or "postgresql:///postgres"
"""The PostgreSQL server: as named, else the one at the usual socket. Only its own database is touched."""
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


def named(database: str) -> str:
    """The server's URL with another database in it."""
    return re.sub(r"^(postgres(?:ql)?://[^/?]*)(/[^?]*)?", rf"\g<1>/{database}", SERVER)


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
def fresh(database: str, folder: Path) -> Iterator[Home]:
    """An empty portal on `sqlite` or `postgresql`, its tables made. Folder and database are removed afterwards."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}
    environment = kept | {"OPENHOUSE_DIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    url = ""
    if database == "postgresql":
        url = environment["DATABASE_URL"] = named(NAME)
        _statement(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)', f'CREATE DATABASE "{NAME}"')
    folder.mkdir()
    try:
        measure(*OPENHOUSE, "policy", "list", environment=environment)  # any command brings the tables up to date
        yield Home(database, folder, url, environment)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if url:
            with suppress(psycopg.Error):
                _statement(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def _statement(*statements: str) -> None:
    with psycopg.connect(named("postgres"), autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())
