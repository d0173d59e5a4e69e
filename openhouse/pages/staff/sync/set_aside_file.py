"""All rows that a run set aside, as a CSV file for those who mend them in the SIS. It holds what stood there, and is on record."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Iterator

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.reports.files import harmless
from openhouse.roles.roles import Permission
from openhouse.sync.models import SetAsideRow, SyncRun

COLUMNS = ("file", "line", "column", "reason", "value")


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The line."""
        return text


@doors.employee(Permission.SEE_SYNC, recently=True)
def page(request: doors.Visit, key: uuid.UUID) -> StreamingHttpResponse:
    """The file, as a stream: it may be long. Its name says the run's day and nothing else."""
    run = get_object_or_404(SyncRun, key=key)
    rows = SetAsideRow.objects.filter(run=run).order_by("file", "line", "pk")
    detail = {"run": run.pk, "rows": rows.count()}
    trail.look(event=Event.SET_ASIDE_EXPORTED, by=request.actor, at=request.now, detail=detail)
    answer = StreamingHttpResponse(_lines(run), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="set-aside-{run.snapshot:%Y-%m-%d}.csv"'
    return answer


def _lines(run: SyncRun) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow(COLUMNS)  # the mark tells spreadsheets that it is UTF-8
    found = SetAsideRow.objects.filter(run=run).order_by("file", "line", "pk").values_list(*COLUMNS)
    for row in found.iterator(chunk_size=2000):
        yield writer.writerow([harmless(str(cell)) for cell in row])
