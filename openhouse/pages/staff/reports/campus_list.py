"""The list behind a figure of the Campus View: students, or their legal guardians, with filters."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, paging
from openhouse.pages.staff.reports import asked
from openhouse.reports.columns import COLUMNS
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_REPORTS)
def page(request: doors.Visit, key: uuid.UUID, rows: str) -> HttpResponse:
    """`rows` is `students` or `guardians`; the query's filters are those of the figures. Each look is on record."""
    report = asked.report(request, key)
    form = asked.form(request, report, rows)
    shown = paging.of(request, getattr(report, rows)(form.filters))
    query = asked.query(form.filters)
    detail = asked.detail(report, list=rows, asked=query, page=shown.number, rows=len(shown))
    trail.look(event=Event.REPORT_SEEN, by=request.actor, at=request.now, detail=detail)
    columns = COLUMNS[rows]
    lines = [(row, [(column, column.cell(row)) for column in columns]) for row in shown]
    content = {"school": report.school, "rows": rows, "form": form, "page": shown, "columns": columns, "lines": lines}
    content |= {"file": f"staff:campus_{rows}_file", "asked": query}
    content |= {"may_open": asked.may_open(request.scope, report.school)}
    return render(request, "staff/reports/campus_list.html", content)
