"""**Policy**: every value in its chapter, what it means, what is chosen, since when and by whom; and the guess risk of PINs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.access import guessing
from openhouse.audit import trail
from openhouse.pages import doors
from openhouse.policy.chapters import CHAPTERS, Chapter, Line
from openhouse.policy.models import Choice
from openhouse.policy.values import FIELDS, Policy
from openhouse.roles.roles import Permission


@dataclass(frozen=True)
class Row:
    """A value as the page lists it. `choice` is None for a default that nobody had chosen otherwise."""

    line: Line
    meaning: str
    value: Any
    default: Any
    choice: Choice | None
    chosen_by: str


@doors.employee(Permission.SET_POLICY)
def page(request: doors.Visit) -> HttpResponse:
    """All chapters."""
    present = Choice.objects.filter(valid_until=None)
    choices = {choice.name: choice for choice in present}
    names = trail.names(choice.chosen_by for choice in present)
    chapters = [(chapter, list(_rows(chapter, request.policy, choices, names))) for chapter in CHAPTERS]
    risks = [guessing.of(request.policy, guardians=number) for number in range(1, 5)]
    content = {"chapters": chapters, "risks": risks, "expected": risks[guessing.GUARDIANS - 1], "guessing": guessing}
    return render(request, "staff/district/policy.html", content)


def _rows(chapter: Chapter, policy: Policy, choices: dict[str, Choice], names: dict[str, str]) -> Iterator[Row]:
    for line in chapter.lines:
        field, choice = FIELDS[line.name], choices.get(line.name)
        by = names.get(choice.chosen_by, choice.chosen_by) if choice else ""
        yield Row(line, field.metadata["meaning"], getattr(policy, line.name), field.default, choice, by)
