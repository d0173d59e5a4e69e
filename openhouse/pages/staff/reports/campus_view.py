"""**Parent Portal Campus View**: one school's figures, by grade and in all. Every figure leads to the list behind it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.district.models import School
from openhouse.pages import doors
from openhouse.pages.staff.reports import asked
from openhouse.reports.registered_parents import PARTS, Counts, Figure, Filters
from openhouse.roles.roles import Permission


@dataclass(frozen=True)
class Cell:
    """One figure of one grade, or of all, and the address of its list."""

    figure: Figure
    count: int
    address: str


@dataclass(frozen=True)
class Line:
    """A grade's cells; `grade` is None in the line of all grades."""

    grade: str | None
    cells: list[Cell]


@doors.employee(Permission.SEE_REPORTS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The dashboard. Each look is on record."""
    report = asked.report(request, key)
    counts = report.counts()
    trail.look(event=Event.REPORT_SEEN, by=request.actor, at=request.now, detail=asked.detail(report))
    parts = [(name, figures, _lines(report.school, figures, counts)) for name, figures in PARTS]
    content = {
        "school": report.school,
        "parts": parts,
        "has_several": request.scope.only is None and request.scope.has_several(Permission.SEE_REPORTS),
    }
    content |= {"since": report.new_since, **_headline(counts["students"])}
    return render(request, "staff/reports/campus_view.html", content)


def _headline(students: Counts) -> dict[str, Any]:
    every, registered = students.of(Filters()), students.of(Filters(registered="yes"))
    percent = 100 * registered // every if every else 0
    return {"students": every, "registered": registered, "percent": percent or (_("less than 1") if registered else 0)}


def _lines(school: School, figures: tuple[Figure, ...], counts: Mapping[str, Counts]) -> list[Line]:
    grades = [None, *counts["students"].grades]
    return [Line(grade, [_cell(school, figure, grade, counts) for figure in figures]) for grade in grades]


def _cell(school: School, figure: Figure, grade: str | None, counts: Mapping[str, Counts]) -> Cell:
    filters = figure.filters(grade)
    query, address = asked.query(filters), reverse(f"staff:campus_{figure.rows}", args=[school.key])
    return Cell(figure, counts[figure.rows].of(filters), f"{address}?{query}" if query else address)
