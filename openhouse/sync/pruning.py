"""`openhouse prune [--dry-run]`: delete what policy keeps no longer."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--dry-run`."""
    parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")


def run(options: argparse.Namespace) -> int:
    """Returns 1 while a sync goes on."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.sync import retention
    from openhouse.sync.refusals import SyncHeld

    now = timezone.now()
    try:
        found = retention.count(at=now) if options.dry_run else retention.prune(by=Actor.command_line(), at=now)
    except SyncHeld as held:
        print(f"openhouse prune: {held}", file=sys.stderr)
        return 1
    for each in found:
        print(f"{each.what:<28}{each.count:>11,}   ended before {timezone.localtime(each.before):%Y-%m-%d}")
    total = sum(each.count for each in found)
    print(f"{total:,} rows would be deleted; nothing was." if options.dry_run else f"{total:,} rows were deleted.")
    if not any(each.what.startswith("past") for each in found):
        print("Past versions are kept for good (policy history_years is 0).")
    return 0
