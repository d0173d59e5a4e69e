"""The rows of one group, with the line and the value that is at fault. Each look is on record."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, paging
from openhouse.roles.roles import Permission
from openhouse.sync import mending
from openhouse.sync.models import SyncRun


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """`?group=` is the group's number on the page before; its name would be long, and could tell."""
    run = get_object_or_404(SyncRun, key=key)
    numbered = {str(each.number): each for each in mending.groups(run) if each.number}
    group = numbered.get(request.GET.get("group", "1"))
    if group is None:
        raise Http404
    found = mending.rows(run).filter(file=group.file, column=group.column, reason=group.reason)
    shown = paging.of(request, found)
    detail = {"run": run.pk, "file": group.file, "column": group.column, "rows": len(shown)}
    trail.look(event=Event.SET_ASIDE_SEEN, by=request.actor, at=request.now, detail=detail)
    content = {"run": run, "group": group, "page": shown}
    return render(request, "staff/sync/set_aside_rows.html", content)
