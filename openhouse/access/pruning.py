"""`openhouse prune [--dry-run]`: delete what policy keeps no longer."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--dry-run`."""
    parser.add_argument("--dry-run", action="store_true", help="count, and delete nothing")


def run(options: argparse.Namespace) -> int:
    """Returns 1 while a sync goes on: what is the sync's stays then, and goes the next time."""
    from django.utils import timezone

    from openhouse.access import retention
    from openhouse.audit.trail import Actor
    from openhouse.sync.refusals import SyncHeld

    now = timezone.now()
    try:
        found = retention.count(at=now) if options.dry_run else retention.prune(by=Actor.command_line(), at=now)
    except SyncHeld as refused:
        print(f"openhouse prune: {refused}", file=sys.stderr)
        return 1
    for each in found:
        print(f"{each.what:<36}{each.count:>11,}   from before {timezone.localtime(each.before):%Y-%m-%d}")
    total = sum(each.count for each in found)
    print(f"{total:,} rows would be deleted; nothing was." if options.dry_run else f"{total:,} rows were deleted.")
    if not any(each.what.startswith("past") for each in found):
        print("Past versions are kept for good (policy history_years is 0).")
    if not any(each.what.startswith("names") for each in found):
        print("Names in the audit trail are kept for good (policy trail_name_years is 0).")
    print(
        "Never deleted: entries of the audit trail, disclosure records, identity checks, ties, associations, grants, policy."
    )
    return 0
