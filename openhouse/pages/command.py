"""`openhouse serve`: the portal on granian, which keeps answering while slow phones dribble."""

from __future__ import annotations

import argparse
import os
import sys

GRACE = 8
"""Seconds that a worker process has to finish its answers when the server is told to stop."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen, and how wide."""
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=8000, help="default: %(default)s")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument(
        "--threads",
        type=int,
        default=16,
        help="threads in each: 16 facing the net, 4 behind a buffering proxy (default: 16)",
    )


def run(options: argparse.Namespace) -> int:
    """Gathers the static files, then becomes the server; 1 where policy has a value that is not allowed."""
    from django.conf import settings
    from django.core.management import call_command

    from openhouse.policy import command

    if not command.is_in_order():
        return 1
    call_command("collectstatic", interactive=False, verbosity=0)
    print(f"Serving at http://{options.host}:{options.port}, for {settings.URL.geturl()}", file=sys.stderr, flush=True)
    arguments = server(options.host, options.port, workers=options.workers, threads=options.threads)
    os.execv(sys.executable, arguments)  # noqa: S606 (the same program, as the server)


def server(host: str, port: int, *, workers: int, threads: int) -> list[str]:
    """The server's command line. Each thread holds one database connection."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers"),
        *("--workers-kill-timeout", str(GRACE)),
        *("--log-level", "error", "--no-access-log", "openhouse.wsgi:application"),
    ]
