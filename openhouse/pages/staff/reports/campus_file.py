"""A list of the Campus View as a file, CSV or XLSX, with all the rows that its filters leave. Each download is on record."""

from __future__ import annotations

import uuid

from django.http import FileResponse, Http404
from django.utils import timezone
from django.utils.text import slugify

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.pages.staff.reports import asked
from openhouse.reports import files
from openhouse.reports.columns import COLUMNS
from openhouse.roles.roles import Permission

FORMS = {
    "csv": (files.write_csv, "text/csv; charset=utf-8"),
    "xlsx": (files.write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@doors.employee(Permission.SEE_REPORTS, recently=True)
def page(request: doors.Visit, key: uuid.UUID, rows: str) -> FileResponse:
    """`?as=` is csv or xlsx. The file's name says the school's code and the day, and nothing else."""
    form = request.GET.get("as", "csv")
    if form not in FORMS:
        raise Http404
    report = asked.report(request, key)
    filters = asked.form(request, report, rows).filters
    columns, (write, content_type) = COLUMNS[rows], FORMS[form]
    found = getattr(report, rows)(filters).iterator(chunk_size=2000)
    file, count = write(
        [str(column.head) for column in columns], ([each.cell(row) for each in columns] for row in found)
    )
    detail = asked.detail(report, list=rows, asked=asked.query(filters), rows=count, form=form)
    trail.look(event=Event.REPORT_EXPORTED, by=request.actor, at=request.now, detail=detail)
    day = timezone.localdate(request.now)
    name = f"registered-parents-{slugify(report.school.code)}-{rows}-{day:%Y-%m-%d}.{form}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
