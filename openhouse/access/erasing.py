"""`openhouse audit …`: what the trail itself can do (`audit.command`), and erasing somebody's names, found by who they are."""

from __future__ import annotations

import argparse
import sys
import uuid

from openhouse.audit import command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`erase`, beside `verify` and `anchor`."""
    erase = command.add_arguments(parser).add_parser(
        "erase",
        help="Erase a person's names from the trail for good; the entries stay, and the chain holds.",
        description="Who it is is asked for on standard input, so that it stands in no shell's history.",
    )
    erase.add_argument(
        "--by",
        choices=("key", "student-id", "email"),
        default="key",
        help="a key as addresses have it, a Student ID, or a parent account's email (its guardians too); default: %(default)s",
    )


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the chain is broken, or nobody is known by what was typed."""
    if options.action != "erase":
        return command.run(options)
    from django.utils import timezone

    from openhouse.audit import trail
    from openhouse.audit.trail import Actor

    prompts = {"key": "Key: ", "student-id": "Student ID: ", "email": "Email: "}
    if sys.stdin.isatty():
        print(prompts[options.by], end="", file=sys.stderr, flush=True)
    keys = _keys(options.by, sys.stdin.readline().strip())
    if not keys:
        print("openhouse audit erase: nobody is known by that. Nothing was erased.", file=sys.stderr)
        return 1
    if options.by == "student-id" and len(keys) > 1:
        print(
            "openhouse audit erase: several students have had this Student ID. Nothing was erased. Give the key of the one who "
            "is meant, as it stands in the address of their history.",
            file=sys.stderr,
        )
        return 1
    named = trail.erase(keys=keys, by=Actor.command_line(), at=timezone.now())
    print(f"{named} names were erased from the audit trail, for {len(keys)} keys. The entries stay; the chain holds.")
    return 0


def _keys(by: str, typed: str) -> list[str]:
    from openhouse.accounts.models import Account
    from openhouse.district import chronicle
    from openhouse.district.models import Guardian, Student

    if by == "student-id":
        return [str(each.key) for each in chronicle.find(typed)] if typed else []
    if by == "email":
        accounts = Account.objects.filter(email=typed.lower())
        guardians = Guardian.objects.filter(
            ties__account__in=accounts, ties__valid_until=None
        )  # an ended tie may be a wrong one
        return [str(each.key) for people in (accounts, guardians) for each in people]
    try:
        key = uuid.UUID(typed)
    except ValueError:
        return []
    known = (model._default_manager.filter(key=key).exists() for model in (Student, Guardian, Account))
    return [str(key)] if any(known) else []
