"""A PostgreSQL of the bench's own, that may be killed or set up otherwise: in a temporary folder, reached by a socket alone, gone
afterwards.

It forces its writes to the disk as it does out of the box: what is tried is a process that dies, not a machine that loses power.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from bench.processes import ProgramFailed, below, ended

PATIENCE = 120
"""Seconds to start, recovery included."""
PREFIX = "openhouse-cluster-"


class Cluster:
    """A server that runs until it is killed, our own child: who has no parent to notice its death stays a name in a lock file.

    `settings` are its configuration, as `name=value`; `wal` is a folder to keep its write-ahead log in, apart from the data.
    """

    def __init__(self, folder: Path, programs: Path, settings: Sequence[str] = (), wal: Path | None = None) -> None:
        self.folder, self.programs, self.settings, self.wal = folder, programs, settings, wal
        self.server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its own database `postgres`, as its owner."""
        return f"postgresql://postgres@{quote(str(self.folder), safe='')}/postgres"

    def make(self) -> None:
        """Make its folder of data."""
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        if self.wal:
            _owner(self.wal)
            options.append(f"--waldir={self.wal}")
        done = self._run("initdb", "-D", str(self.folder / "data"), *options)
        if done.wait():
            raise ProgramFailed(f"a private PostgreSQL could not be made: {self._said()}")

    def start(self) -> None:
        """Start it, after a kill too: it recovers by itself. Returns once it answers."""
        said = ("listen_addresses=", f"unix_socket_directories={self.folder}", *self.settings)
        self.server = self._run("postgres", "-D", str(self.folder / "data"), *(f"--{each}" for each in said))
        until = time.monotonic() + PATIENCE
        while self.server.poll() is None and time.monotonic() < until:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            time.sleep(0.05)
        raise ProgramFailed(f"a private PostgreSQL did not start: {self._said()}")

    def kill(self) -> None:
        """kill -9 the postmaster and every process below it, as if at one moment; returns once all are gone.

        One after another, a sync whose one connection died would give up what it does on the other before that one dies too. If
        that is just emptying the statement, PostgreSQL 15 must be started twice (decision 13): this trial starts it once.
        """
        if self.server is None or self.server.poll() is not None:
            return
        self.server.send_signal(signal.SIGSTOP)  # so that it starts nobody else meanwhile
        everybody = [self.server.pid, *below(self.server.pid)]
        for each in (signal.SIGSTOP, signal.SIGKILL):  # nobody does anything about another's death
            for pid in everybody:
                with suppress(ProcessLookupError):
                    os.kill(pid, each)
        self.server.wait()
        while not all(map(ended, everybody)):
            time.sleep(0.02)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [str(self.programs / program), *arguments]
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **_owner(self.folder))

    def _said(self) -> str:
        """The end of its log, without what it told those who asked too early."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return "\n".join(line for line in lines if "not yet" not in line)[-2000:]


@contextmanager
def private(settings: Sequence[str] = (), wal: Path | None = None) -> Iterator[Cluster]:
    """A fresh server, its log in a folder of its own in `wal` where one is named. Raises ProgramFailed where none is installed."""
    programs = installed()
    if programs is None:
        raise ProgramFailed("no PostgreSQL server programs (initdb, pg_ctl) are installed here")
    apart = Path(tempfile.mkdtemp(prefix=PREFIX, dir=wal)) if wal else None
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    cluster = Cluster(folder, programs, settings, apart)
    try:
        cluster.make()
        cluster.start()
        yield cluster
    finally:
        cluster.kill()
        for each in filter(None, (folder, apart)):
            shutil.rmtree(each, ignore_errors=True)


def installed() -> Path | None:
    """The folder of the newest PostgreSQL server programs on this machine."""
    debian = {int(path.parts[-3]): path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    if debian:
        return debian[max(debian)]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def _owner(folder: Path) -> Mapping[str, Any]:
    """As whom to run a server's program, which PostgreSQL refuses to root; gives the folder away to them."""
    if os.geteuid() != 0:
        return {}
    name = "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"
    shutil.chown(folder, name)
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
