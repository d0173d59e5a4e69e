"""`openhouse policy list | set`: the district's choices on the command line, until their page comes."""

from __future__ import annotations

import argparse
import json
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, or `set NAME VALUE`."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="Show every value, its meaning, and where it differs from the default.")
    listed.add_argument("--json", action="store_true", help="Print one JSON object instead.")
    chosen = actions.add_parser("set", help="Set one value from now on; the one before stays in the history.")
    chosen.add_argument("name")
    chosen.add_argument("value")


def run(options: argparse.Namespace) -> int:
    """Print or set. Returns 1 where the name or the value is refused."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.policy import readings, values

    if options.action == "list":
        policy = values.at(timezone.now())
        if options.json:
            print(json.dumps({name: readings.plain(getattr(policy, name)) for name in values.FIELDS}, indent=2))
        else:
            _print(policy)
        return 0
    try:
        read = values.choose(name=options.name, text=options.value, by=Actor.command_line(), at=timezone.now())
    except values.PolicyRefused as refused:
        print(f"openhouse policy: {refused}", file=sys.stderr)
        return 1
    print(f"{options.name} is now {_shown(read)}")
    return 0


def _print(policy: object) -> None:
    from openhouse.policy import values

    for name, each in values.FIELDS.items():
        value = getattr(policy, name)
        default = "" if value == each.default else f"   (default: {_shown(each.default)})"
        print(f"{name} = {_shown(value)}{default}\n    {each.metadata['meaning']}")


def _shown(value: object) -> str:
    from openhouse.policy import readings

    plain = readings.plain(value)
    if plain in (None, "", []):
        return "(nothing)"
    if isinstance(plain, list) and all(isinstance(each, str) for each in plain):
        return ", ".join(plain)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)
