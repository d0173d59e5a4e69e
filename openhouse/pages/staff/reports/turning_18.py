"""The report of students who turn 18 within 90 days."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.access import adulthood
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, paging
from openhouse.reports import turning_18
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_REPORTS)
def page(request: doors.Visit) -> HttpResponse:
    """Of the employee's schools. Each look is on record."""
    reached = scope.students(request.scope, Permission.SEE_REPORTS)
    shown = paging.of(request, turning_18.students(reached, policy=request.policy, at=request.now))
    lines = [(each, adulthood.adult_on(each.birth_date)) for each in shown if each.birth_date]
    detail = {"report": "turning 18", "page": shown.number, "rows": len(lines)}
    trail.look(event=Event.REPORT_SEEN, by=request.actor, at=request.now, detail=detail)
    return render(request, "staff/reports/turning_18.html", {"page": shown, "lines": lines})
