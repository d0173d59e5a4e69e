"""`openhouse notices [--dry-run]`: tell guardians whose students turn 18 soon. The worker does it every day."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--dry-run`."""
    parser.add_argument("--dry-run", action="store_true", help="count, and tell nobody")


def run(options: argparse.Namespace) -> int:
    """Always 0. A number is all that is printed."""
    from django.utils import timezone

    from openhouse.access import reminders
    from openhouse.audit.trail import Actor

    now = timezone.now()
    if options.dry_run:
        print(f"{len(reminders.due(at=now)):,} notices before an 18th birthday would go out; none did.")
    else:
        print(
            f"{reminders.send(by=Actor.command_line(), at=now):,} notices before an 18th birthday went to the worker."
        )
    return 0
