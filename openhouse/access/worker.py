"""`openhouse worker`: does the work that waits in the database."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often to look."""
    parser.add_argument("--interval", type=float, default=1.0, metavar="SECONDS", help="default: %(default)s")


def run(options: argparse.Namespace) -> int:
    """Runs until it is told to stop; two may run at once."""
    from django.core.management import call_command

    call_command("db_worker", interval=options.interval, verbosity=0)
    return 0
