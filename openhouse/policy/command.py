"""`openhouse policy list | set | export | import`: the district's choices on the command line. `check` is `access.trial`'s."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """`list`, `set NAME VALUE`, `export FILE` and `import FILE`. Returns the actions, for one more."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    listed = actions.add_parser("list", help="Show every value, its meaning, and where it differs from the default.")
    listed.add_argument("--json", action="store_true", help="Print one JSON object instead.")
    chosen = actions.add_parser("set", help="Set one value from now on; the one before stays in the history.")
    chosen.add_argument("name")
    chosen.add_argument("value")
    written = actions.add_parser("export", help="Write every value into a file, with its meaning; - prints it.")
    written.add_argument("file")
    taken = actions.add_parser("import", help="Set what a file states, all or nothing.")
    taken.add_argument("file", type=Path)
    return actions


def run(options: argparse.Namespace) -> int:
    """Do one of them. Returns 1 where the file, the name or the value is refused."""
    return {"list": _list, "set": _set, "export": _export, "import": _import}[options.action](options)


def _list(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from openhouse.policy import readings, values

    policy = values.at(timezone.now())
    if options.json:
        print(json.dumps({name: readings.plain(getattr(policy, name)) for name in values.FIELDS}, indent=2))
    else:
        _print(policy)
    return 0


def _set(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.policy import values

    try:
        read = values.choose(name=options.name, text=options.value, by=Actor.command_line(), at=timezone.now())
    except values.PolicyRefused as refused:
        print(f"openhouse policy: {refused}", file=sys.stderr)
        return 1
    print(f"{options.name} is now {shown(read)}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from openhouse.policy import document, values

    text = document.write(values.at(timezone.now()))
    if options.file == "-":
        print(text, end="")
        return 0
    try:
        Path(options.file).write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"openhouse policy: {options.file}: {problem(error)}", file=sys.stderr)
        return 1
    return 0


def _import(options: argparse.Namespace) -> int:
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.policy import document

    try:
        text = options.file.read_text(encoding="utf-8")
        changed = document.bring_in(text=text, by=Actor.command_line(), at=timezone.now())
    except (OSError, UnicodeDecodeError, document.DocumentRefused) as error:
        print(f"openhouse policy: nothing was changed. {options.file}: {problem(error)}", file=sys.stderr)
        return 1
    for each in changed:
        print(f"{each.name}: {shown(each.before)} -> {shown(each.after)}")
    print(f"{len(changed)} values changed.")
    return 0


def problem(error: Exception) -> str:
    """Why a file cannot be used, in words."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8."
    return str(error.strerror if isinstance(error, OSError) else error)


def _print(policy: object) -> None:
    from openhouse.policy import values

    for name, each in values.FIELDS.items():
        value = getattr(policy, name)
        default = "" if value == each.default else f"   (default: {shown(each.default)})"
        print(f"{name} = {shown(value)}{default}\n    {each.metadata['meaning']}")


def shown(value: object) -> str:
    """A value as a terminal shows it."""
    from openhouse.policy import readings

    plain = readings.plain(value)
    if plain in (None, "", []):
        return "(nothing)"
    if isinstance(plain, list) and all(isinstance(each, str) for each in plain):
        return ", ".join(plain)
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def is_in_order() -> bool:
    """Whether every value that was chosen is still allowed; else says which are not. Nothing is served by a default instead."""
    from django.utils import timezone

    from openhouse.policy import values

    outgrown = values.outgrown(timezone.now())
    for words in outgrown:
        print(f"openhouse: the policy has a value that is not allowed any more. {words}", file=sys.stderr)
    if outgrown:
        print("openhouse: choose another with openhouse policy set NAME VALUE, then start again.", file=sys.stderr)
    return not outgrown
