"""A PostgreSQL for the tests: one that is named or runs here, else a private one that is gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from debian import Missing, install

OLDEST = 15  # Django 6.1's oldest
DATABASE = f"openhouse_check_{os.getpid()}"  # Django puts test_ before it
RUNNING = ("", "127.0.0.1")  # the usual socket (or what PGHOST says), then TCP


@contextlib.contextmanager
def database() -> Iterator[str]:
    """The URL of a server on which the tests may create databases; raises `debian.Missing`."""
    if url := os.environ.get("DATABASE_URL_POSTGRESQL"):
        yield url
        return
    for host in RUNNING:
        if usable(host):
            try:
                yield f"postgresql://{host}/{DATABASE}"
            finally:
                drop_leftovers(host)
            return
    with private_server() as socket:
        yield f"postgresql://postgres@{quote(str(socket), safe='')}/{DATABASE}"


def connection(host: str) -> psycopg.Connection[tuple[object, ...]]:
    """A connection to a server's own database, as whoever runs the checks."""
    return psycopg.connect(f"postgresql://{host}/postgres", connect_timeout=3, autocommit=True)


def usable(host: str) -> bool:
    """Whether a server answers there, is young enough and lets us create databases."""
    try:
        with connection(host) as server:
            row = server.execute("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
            return bool(row and row[0]) and server.info.server_version >= OLDEST * 10_000
    except psycopg.Error:
        return False


def drop_leftovers(host: str) -> None:
    """Drop the databases that a test run which was broken off has left behind."""
    with contextlib.suppress(psycopg.Error), connection(host) as server:
        names = server.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"test\\_{DATABASE}%"])
        for (name,) in names.fetchall():
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@contextlib.contextmanager
def private_server() -> Iterator[Path]:
    """A server of our own in a temporary folder, reached by a socket alone; gives the socket's folder."""
    programs = installed_programs()
    if not programs:
        install("postgresql")
        programs = installed_programs()
    if not programs:
        raise Missing(f"no PostgreSQL of version {OLDEST} or newer is installed")
    folder = Path(tempfile.mkdtemp(prefix="openhouse-postgresql-"))
    control = [*owner(folder), str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w"]
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c full_page_writes=off"
    try:
        quietly([*control, "-o", "--username=postgres --auth=trust", "initdb"], folder)
        quietly([*control, "-l", str(folder / "log"), "-o", options, "start"], folder)
        try:
            yield folder
        finally:
            quietly([*control, "-m", "immediate", "stop"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def installed_programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs on this machine that are new enough."""
    debian = {int(path.parts[-3]): path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    if debian and max(debian) >= OLDEST:
        return debian[max(debian)]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def owner(folder: Path) -> list[str]:
    """What to put before a command so that it does not run as root, which PostgreSQL refuses; gives the folder away."""
    if os.geteuid() != 0:
        return []
    known = {user.pw_name for user in pwd.getpwall()}
    name = "postgres" if "postgres" in known else "nobody"
    shutil.chown(folder, name)
    return ["runuser", "-u", name, "--"]


def quietly(command: list[str], folder: Path) -> None:
    """Run a command of the server's; what it says is shown only when it fails."""
    # Into a file: the server inherits it and would hold a pipe open.
    with tempfile.TemporaryFile("w+") as said:
        if subprocess.run(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT).returncode:
            said.seek(0)
            raise Missing(f"a private PostgreSQL could not be started: {said.read().strip()[-500:]}")
