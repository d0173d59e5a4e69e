"""`openhouse audit verify | anchor`: prove that no entry of the trail was changed, removed or slipped in."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable


def add_arguments(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """`verify` and `anchor`. Returns the place for more."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="Walk the whole chain; name the first entry that does not hold.")
    verify.add_argument(
        "--holds",
        metavar="POSITION:DIGEST",
        action="append",
        default=[],
        help="a head noted earlier and elsewhere, which must still be in the chain; may be given again",
    )
    verify.add_argument(
        "--since", metavar="POSITION:DIGEST", default="", help="walk only what came after a head noted earlier"
    )
    actions.add_parser("anchor", help="Print the chain's head: keep it elsewhere, and give it to verify later.")
    return actions


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the chain is broken."""
    from openhouse.audit import trail

    if options.action == "anchor":
        print(trail.head())
        return 0
    try:
        for noted in [*options.holds, *filter(None, [options.since])]:
            trail.parted(noted)
    except ValueError:
        return _broken(
            "--holds and --since take a head as `audit anchor`, `audit verify` and `sync` print it: POSITION:DIGEST"
        )
    proof = trail.verify(since=options.since, told=_progress(trail.parted(trail.head())[0]))
    if proof.broken_at is not None:
        return _broken(f"The chain is broken at entry {proof.broken_at}; the {proof.entries} before it hold.")
    if not trail.guarded():
        return _broken("A trigger that refuses changes to the trail is missing: somebody took it away.")
    if not all(trail.holds(noted) for noted in options.holds):
        return _broken("The head noted earlier is not in the chain: entries were removed or written anew.")
    since = f" since entry {trail.parted(options.since)[0]}" if options.since else ""
    print(f"All {proof.entries} entries{since} hold. Head: {trail.head()}")
    return 0


def _progress(last: int) -> Callable[[int], None]:
    """What is told on a terminal, once a second: how far the walk came."""
    shown_at = time.monotonic()

    def told(position: int) -> None:
        nonlocal shown_at
        if sys.stderr.isatty() and time.monotonic() - shown_at >= 1:
            shown_at = time.monotonic()
            print(f"\r{position:,} of {last:,} entries hold", end="\n" if position >= last else "", file=sys.stderr)

    return told


def _broken(text: str) -> int:
    print(text, file=sys.stderr)
    return 1
