"""`openhouse policy check FILE`: what a policy file would change, and which family scenarios it would flip. Nothing is changed.

The other actions are `policy.command`'s, whose room knows no families.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openhouse.policy import command

if TYPE_CHECKING:
    from openhouse.access.simulation import Outcome
    from openhouse.policy.values import Policy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`check FILE`, beside the actions of `policy.command`."""
    actions = command.add_arguments(parser)
    check = actions.add_parser("check", help="Say what a file would change, and which family scenarios it would flip.")
    check.add_argument("file", type=Path)
    check.add_argument("--scenarios", type=Path, metavar="FILE", help="The district's own scenarios, which must hold.")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the file is refused, a scenario would flip, or one of the district's own does not hold."""
    if options.action != "check":
        return command.run(options)
    from django.utils import timezone

    from openhouse.access import scenarios
    from openhouse.policy import document

    try:
        stated = document.read(options.file.read_text(encoding="utf-8"))
        text = options.scenarios.read_text(encoding="utf-8") if options.scenarios else ""
        own = scenarios.load(text, name=options.scenarios.name) if options.scenarios else []
    except (OSError, UnicodeDecodeError, ValueError) as error:
        print(f"openhouse policy: {options.file}: {command.problem(error)}", file=sys.stderr)
        return 1
    return _check(stated, own, timezone.now())


def _check(stated: Mapping[str, Any], own: list[Mapping[str, Any]], at: datetime) -> int:
    from django.utils import timezone

    from openhouse.access import scenarios, simulation
    from openhouse.policy import document, values

    present = values.at(at)
    changed = document.changes(present, stated)
    if not changed and not own:
        print("The file changes nothing.")
        return 0
    candidate = document.candidate(present, changed)
    for each in changed:
        print(f"{each.name}: {command.shown(each.before)} -> {command.shown(each.after)}")
    outcome = simulation.of(present=present, candidate=candidate, changed=changed, at=at)
    print("\n".join(_told(outcome)))
    flips = outcome.flips + scenarios.flips(own, present=present, candidate=candidate, on=timezone.localdate(at))
    for flip in flips:
        print(f"would flip: {flip.scenario}: {flip.who}: {flip.before_words} -> {flip.after_words}")
    broken = list(_broken(own, candidate, at))
    print("\n".join(broken) or f"{len(flips)} answers of the family scenarios would flip.")
    return 1 if flips or broken else 0


def _told(outcome: Outcome) -> Iterator[str]:
    gain, lose = f"{outcome.gaining} would gain access to a student", f"{outcome.losing} would lose it"
    yield f"This would affect {outcome.families} families: {gain}, {lose}."
    for each in outcome.tallies:
        yield f"{each.thing.label}: {each.before} now, {each.after} then."
    for when, found in zip(("now", "then"), outcome.risks or (), strict=False):
        yield f"Guessing a PIN of {found.digits} digits, {when}: at most 1 in {found.one_in:,}."


def _broken(own: list[Mapping[str, Any]], candidate: Policy, at: datetime) -> Iterator[str]:
    from django.utils import timezone

    from openhouse.access import scenarios

    for each in scenarios.answers(own, candidate, on=timezone.localdate(at)):
        if each.found != each.expected:
            found, expected = (scenarios.words(each.question, answer) for answer in (each.found, each.expected))
            yield f"does not hold: {each.scenario}: {each.who}: expected: {expected} found: {found}"
