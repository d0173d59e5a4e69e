"""The rows that a run set aside, by file and reason, against the night before. What stood in them is one page further."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.pages import doors
from openhouse.roles.roles import Permission
from openhouse.sync import mending
from openhouse.sync.models import SyncRun


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Counts and reasons; no word of what the rows hold."""
    run = get_object_or_404(SyncRun, key=key)
    groups = mending.groups(run)
    totals = {name: sum(getattr(each, name) for each in groups) for name in ("count", "new", "again", "mended")}
    content = {"run": run, "groups": groups, "totals": totals, "before": mending.before(run)}
    return render(request, "staff/sync/set_aside.html", content)
