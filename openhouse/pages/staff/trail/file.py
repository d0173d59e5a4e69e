"""What was found of the audit trail as a CSV file, row by row. The download is on record."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from openhouse.audit import search, trail
from openhouse.audit.events import Event
from openhouse.audit.search import Sought
from openhouse.pages import doors, messages
from openhouse.pages.staff.trail import asked, telling
from openhouse.reports import files
from openhouse.reports.files import Cell
from openhouse.roles.roles import Permission

MOST = 200_000
"""How many entries a file holds: what a spreadsheet still opens, and a server writes in less than a minute."""
HEAD = (
    "position",
    "at",
    "event",
    "sentence",
    "actor kind",
    "actor",
    "address",
    "account",
    "student",
    "guardian",
    "detail",
    "digest",
)


@doors.employee(Permission.SEE_TRAIL, recently=True)
def page(request: doors.Visit) -> FileResponse | HttpResponse:
    """The same address as the search's. What would not fit is refused, and says how to ask for less."""
    sought = asked.sought(request.GET, request)
    if search.entries(sought)[MOST : MOST + 1].exists():
        messages.error(
            request, _("These are more than %(most)s entries. Ask for less time at once.") % {"most": f"{MOST:,}"}
        )
        return redirect(f"{reverse('staff:trail')}?{request.GET.urlencode()}")
    file, count = files.write_csv(HEAD, _rows(sought))
    detail = asked.detail(request.GET) | {"rows": count}
    trail.look(event=Event.TRAIL_EXPORTED, by=request.actor, at=request.now, detail=detail)
    name = f"audit-trail-{timezone.localdate(request.now):%Y-%m-%d}.csv"
    return FileResponse(file, as_attachment=True, filename=name, content_type="text/csv; charset=utf-8")


def _rows(sought: Sought) -> Iterator[list[Cell]]:
    for batch in search.in_batches(sought):
        names = telling.Names(batch)
        for each in batch:
            told = [each.at.isoformat(), each.event, telling.plain(each, names), each.actor_kind, each.actor]
            about = [each.address, each.account, each.student, each.guardian]
            yield [each.position, *told, *about, json.dumps(each.detail, sort_keys=True), each.digest]
