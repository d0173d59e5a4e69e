"""The policy as a file: TOML that a technician can read, comment and keep under version control."""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from openhouse.audit.trail import Actor
from openhouse.policy import readings, values
from openhouse.policy.chapters import CHAPTERS
from openhouse.policy.values import FIELDS, Policy, PolicyRefused

HEAD = """\
# The district's policy. `openhouse policy check FILE` says what this file would change, and `openhouse policy import FILE`
# does it, all or nothing. What stands here is set; a value that does not stand here stays as it is.
"""
TYPES: dict[type, tuple[type, ...]] = {bool: (bool,), int: (int,), str: (str,), tuple: (list,)}
"""What TOML writes for a value whose default is of this type; days are TOML's own, or "" for none."""


class DocumentRefused(ValueError):
    """The file is no TOML, or names values that are unknown or out of their bounds: `problems`, each with its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Change:
    """A value that would be another."""

    name: str
    before: Any
    after: Any


def write(policy: Policy) -> str:
    """All values in their chapters, each with its meaning above it and its default beside it."""
    return HEAD + "".join(_chapters(policy))


def _chapters(policy: Policy) -> Iterator[str]:
    for chapter in CHAPTERS:
        yield f"\n\n# {str(chapter.title).upper()}\n"
        for line in chapter.lines:
            default = FIELDS[line.name].default
            meaning = f"{FIELDS[line.name].metadata['meaning']} Default: {toml(default)}."
            comment = textwrap.fill(meaning, 120, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
            yield f"\n{comment}\n{line.name} = {toml(getattr(policy, line.name))}\n"


def toml(value: Any) -> str:
    """A value as TOML writes it. A list of tiles takes a line for each."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        wide = any(isinstance(each, Mapping) for each in value)
        return (
            "[\n" + "".join(f"  {toml(each)},\n" for each in value) + "]"
            if wide
            else f"[{', '.join(map(toml, value))}]"
        )
    return _text(value) if isinstance(value, str) else json.dumps(readings.plain(value))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def read(text: str) -> dict[str, Any]:
    """The values that a file states. Raises DocumentRefused with all that is wrong."""
    try:
        stated = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DocumentRefused([f"This is no TOML: {error}"]) from error
    found, problems = {}, []
    for name, given in stated.items():
        try:
            found[name] = values.read(name, _fitting(name, given))
        except PolicyRefused as refused:
            problems.append(f"line {_line(text, name)}: {refused}")
    if problems:
        raise DocumentRefused(problems)
    return found


def _fitting(name: str, given: Any) -> Any:
    """What TOML holds, if it is of the value's type. Raises PolicyRefused."""
    default = FIELDS[name].default if name in FIELDS else None
    if default is None or type(given) in TYPES[type(default)]:
        return readings.plain(given) if isinstance(given, date) else given
    kind = {bool: "true or false", int: "a whole number", str: "a text in quotes", tuple: "a list in brackets"}
    raise PolicyRefused(f"{name}: {kind[type(default)]} is needed")


def _line(text: str, name: str) -> int:
    """The line on which a name is set, or 0 where it cannot be told."""
    found = re.search(rf"^\s*[\[\"']*{re.escape(name)}\b", text, re.MULTILINE)
    return text.count("\n", 0, found.end()) + 1 if found else 0


def changes(policy: Policy, stated: Mapping[str, Any]) -> list[Change]:
    """What would be otherwise than it is, in the values' order."""
    present = ((name, getattr(policy, name)) for name in FIELDS if name in stated)
    return [Change(name, before, stated[name]) for name, before in present if before != stated[name]]


def candidate(policy: Policy, changed: list[Change]) -> Policy:
    """The policy as it would be."""
    return replace(policy, **{each.name: each.after for each in changed})


def bring_in(*, text: str, by: Actor, at: datetime) -> list[Change]:
    """Set what a file states and is not so yet, all or nothing, each on record. Raises DocumentRefused."""
    stated = read(text)
    with transaction.atomic():
        changed = changes(values.at(at), stated)
        for each in changed:
            values.choose(name=each.name, text=readings.plain(each.after), by=by, at=at)
    return changed
