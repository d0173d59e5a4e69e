"""`openhouse audit verify`: prove that no entry of the trail was changed, removed or slipped in."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("verify", help="Walk the whole chain; name the first entry that does not hold.")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the chain is broken."""
    from openhouse.audit import trail

    proof = trail.verify()
    if proof.broken_at is not None:
        print(f"The chain is broken at entry {proof.broken_at}; the {proof.entries} before it hold.", file=sys.stderr)
        return 1
    print(f"All {proof.entries} entries hold. Head: {proof.digest}")
    return 0
