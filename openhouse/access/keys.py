"""`openhouse keys new | rotate`: the keys that PINs and second factors are encrypted under."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`new` prints a key to put first; `rotate` encrypts every open PIN and second factor under the first one."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("new", help="Print a new key. Put it before the others in OPENHOUSE_PIN_KEYS or the key file.")
    actions.add_parser(
        "rotate", help="Encrypt every open PIN and second factor under the first key; then the old ones may go."
    )


def run(options: argparse.Namespace) -> int:
    """Always 0."""
    from cryptography.fernet import Fernet
    from django.utils import timezone

    from openhouse.access import pins
    from openhouse.audit.trail import Actor

    if options.action == "new":
        print(Fernet.generate_key().decode())
    else:
        found = pins.rotate(by=Actor.command_line(), at=timezone.now())
        print(
            f"{found.sealed} PINs are under the newest key. {found.ended} had expired or had lost their key, and were ended.\n"
            f"{found.factors} second factors are under it too. {found.factors_lost} had lost their key: their owners need staff."
        )
    return 0
