"""`openhouse index`: index the newest export of the drop folder, so that one student can be looked up in it at once."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> int:
    """Returns 1 where there is no export that can be indexed."""
    from django.utils import timezone

    from openhouse.sync import command, indexes
    from openhouse.sync.refusals import SyncRefused

    try:
        index = indexes.make(at=timezone.now())
    except SyncRefused as refused:
        return _refused(str(refused))
    except Exception as error:
        return _refused(command.unexpected(error))
    if index is None:
        print("The portal has read the newest export already: there is nothing to look up in it.")
    else:
        print(f"Students can be looked up in the export of {timezone.localtime(index.written_at):%Y-%m-%d %H:%M}.")
    return 0


def _refused(reason: str) -> int:
    print(f"openhouse index: {reason}", file=sys.stderr)
    return 1
