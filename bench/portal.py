"""The portal served for the bench, by the same command as everywhere."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.databases import Home
from bench.processes import CHECKOUT, OPENHOUSE, ProgramFailed, cpu_seconds

PATIENCE = 60
"""Seconds to wait for the first answer."""


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    port: int
    pid: int

    def cpu(self) -> float:
        """Processor seconds that the server's processes have used so far."""
        return cpu_seconds(self.pid)


@contextmanager
def serving(home: Home, *, counting: bool = False) -> Iterator[Portal]:
    """`openhouse serve` on loopback with the bench's settings; `counting` adds a header with the number of statements."""
    port = free_port()
    environment = home.environment | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
    environment |= {"OPENHOUSE_BENCH_COUNT": "1"} if counting else {}
    command = [*OPENHOUSE, "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=sys.stderr)
    try:
        _wait(port, server)
        yield Portal(port, server.pid)
    finally:
        server.terminate()
        server.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise ProgramFailed(f"the server did not answer on port {port}")
