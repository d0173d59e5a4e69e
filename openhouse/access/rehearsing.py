"""`openhouse sync PATH`: the sync's own command; what a dry run or a waiting run would mean for access is said here.

The terminal gets numbers alone. Whom they mean stands on the console, behind its door.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from openhouse.sync import command

if TYPE_CHECKING:
    from openhouse.access.foresight import Foresight

add_arguments = command.add_arguments


def run(options: argparse.Namespace) -> int:
    """Sync, or rehearse; see `sync.command.run`."""
    return command.run(options, foresee=foresee)


def foresee(run: int) -> command.Meaning:
    """What a run's differences would mean for access now: numbers, and the same in words."""
    from django.utils import timezone

    from openhouse.access import foresight
    from openhouse.sync.models import SyncRun

    found = foresight.count(run=SyncRun.objects.get(pk=run), at=timezone.now())
    numbers = {name: getattr(found, name) for name in foresight.NUMBERS}
    return command.Meaning(numbers, lines(found))


def lines(found: Foresight) -> list[str]:
    """The counts in words. Not of all differences where only a part was kept, and then they say so."""
    least = "" if found.complete else "at least "
    pairs = "guardianships of enrolled students"
    return [
        f"Would gain access: {least}{found.gains:,} {pairs}; {found.could_get_pin:,} of them have no account and could get a PIN.",
        f"Would lose access: {least}{found.losses:,} {pairs}.",
        f"Of families with an account, {least}{found.associations_gain:,} students would open"
        f" and {least}{found.associations_lose:,} close.",
        f"Students touched who have a restriction on record: {least}{found.restricted_students:,}.",
        "Who they are stands on the console's Sync page.",
    ]
