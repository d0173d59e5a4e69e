"""The one command-line program. Each command's own file holds `add_arguments(parser)` and `run(options) -> int`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence

COMMANDS = {
    "demo": ("openhouse.demo.command", "Set up a made-up district and serve it on this machine."),
    "serve": ("openhouse.pages.command", "Serve the portal."),
    "worker": ("openhouse.worker", "Do the work that waits: notices by mail, and the sync every night."),
    "sync": ("openhouse.access.rehearsing", "Bring in the SIS's facts: from OPENHOUSE_SIS, or from an export."),
    "lookup": ("openhouse.sync.asking", "Ask the SIS about one student now, and bring in what it says."),
    "index": ("openhouse.sync.indexing", "Index the newest export, so that one student can be looked up in it."),
    "make-district": ("openhouse.demo.making", "Write a made-up district as a OneRoster zip."),
    "import-accounts": ("openhouse.access.command", "Bring in the accounts of an earlier portal from a CSV file."),
    "history": ("openhouse.district.command", "Print what the SIS said of a student, on any day."),
    "prune": ("openhouse.access.pruning", "Delete what policy keeps no longer."),
    "appoint": ("openhouse.roles.command", "Give an employee a role: the first District Administrator, to begin with."),
    "untie": (
        "openhouse.roles.untying",
        "Forget who an employee is at the identity provider, so that they are tied anew.",
    ),
    "sign-out": ("openhouse.roles.signing_out", "End the sessions of one person, or of everybody, now."),
    "notices": ("openhouse.access.reminding", "Tell guardians whose students turn 18 soon; the worker does so daily."),
    "doctor": (
        "openhouse.doctor",
        "Say whether the SIS, names, policy, the sign-on, the keys, mails and the clock are in order.",
    ),
    "policy": ("openhouse.access.trial", "The district's choices: list, set, export, check and import them."),
    "audit": ("openhouse.access.erasing", "Prove that the audit trail was not changed; erase names from it."),
    "keys": ("openhouse.access.keys", "Make a new key for PINs, or encrypt all PINs under the newest."),
    "manage": ("openhouse.manage", "Django's own commands: openhouse manage migrate, check --deploy …"),
}
WITHOUT_DJANGO = {"demo", "make-district", "manage"}
"""Commands that set Django up themselves, or need none."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when it did what it says, 1 when it was refused, 2 for a wrong call."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openhouse.settings")
    if given[:1] == ["manage"]:
        return _guarded(lambda: _manage(given[1:]))
    options = _parser(given).parse_args(given)
    return _guarded(lambda: _run(options))


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The program's parser; only the command that is called brings its own arguments."""
    parser = argparse.ArgumentParser(
        prog="openhouse",
        description="Open House, the parent portal for school districts.",
        epilog="OPENHOUSE_DIR is where the embedded default keeps everything; DATABASE_URL names a PostgreSQL instead.",
    )
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, (module, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text)
        if given[:1] == [name] and name != "manage":
            importlib.import_module(module).add_arguments(command)
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.command not in WITHOUT_DJANGO:
        import django

        django.setup()
        from openhouse import tables

        tables.bring_up_to_date()
    return int(importlib.import_module(COMMANDS[options.command][0]).run(options))


def _manage(arguments: Sequence[str]) -> int:
    import django
    from django.core.management import execute_from_command_line

    if arguments[:1] != ["migrate"]:
        execute_from_command_line(["openhouse manage", *arguments])
        return 0
    django.setup()
    from openhouse import tables

    with tables.alone():
        execute_from_command_line(["openhouse manage", *arguments])
    return 0


def _guarded(work: Callable[[], int]) -> int:
    """A wrong setting, or a database that does not answer, in one sentence."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import OperationalError

    try:
        return work()
    except ImproperlyConfigured as error:
        print(f"openhouse: {error}", file=sys.stderr)
    except OperationalError:
        print(
            "openhouse: the database does not answer. Look at DATABASE_URL, or at the disk of OPENHOUSE_DIR.",
            file=sys.stderr,
        )
    return 1
