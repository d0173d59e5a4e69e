"""`openhouse audit verify`: prove that no entry of the trail was changed, removed or slipped in."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="Walk the whole chain; name the first entry that does not hold.")
    verify.add_argument(
        "--holds",
        metavar="POSITION:DIGEST",
        help="a head noted earlier and elsewhere, which must still be in the chain",
    )


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the chain is broken."""
    from openhouse.audit import trail

    proof = trail.verify()
    if proof.broken_at is not None:
        return _broken(f"The chain is broken at entry {proof.broken_at}; the {proof.entries} before it hold.")
    if not trail.guarded():
        return _broken("A trigger that refuses changes to the trail is missing: somebody took it away.")
    try:
        if options.holds and not trail.holds(options.holds):
            return _broken("The head noted earlier is not in the chain: entries were removed or written anew.")
    except ValueError:
        return _broken("--holds takes a head as `audit verify` and `sync` print it: POSITION:DIGEST")
    print(f"All {proof.entries} entries hold. Head: {trail.head()}")
    return 0


def _broken(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
