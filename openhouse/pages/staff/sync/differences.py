"""What a rehearsed or waiting run would change, one kind of thing at a time, with names."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, paging
from openhouse.pages.staff.sync import naming
from openhouse.pages.templatetags.sync import THINGS
from openhouse.roles.roles import Permission
from openhouse.sync.models import Difference, SyncRun

CHANGES = {"new": ("new", "returned"), "changed": ("changed",), "ended": ("ended",)}


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """`?entity=` and `?change=` say which. Each look is on record."""
    run = get_object_or_404(SyncRun, key=key)
    entity, change = request.GET.get("entity", "student"), request.GET.get("change", "new")
    if entity not in THINGS or change not in CHANGES:
        raise Http404
    found = Difference.objects.filter(run=run, entity=entity, change__in=CHANGES[change]).order_by("pk")
    shown = paging.of(request, found)
    rows = naming.of(run, shown, request.policy)
    detail = {"run": run.pk, "what": f"{change} {entity}", "page": shown.number}
    trail.look(event=Event.SYNC_SEEN, by=request.actor, at=request.now, detail=detail)
    content = {"run": run, "page": shown, "rows": rows, "entity": entity, "change": change}
    stated = run.report.get("entities", {}).get(entity, {}).get(change, 0)
    content |= {"entities": THINGS, "changes": CHANGES, "is_pair": entity in naming.ENDS, "stated": stated}
    return render(request, "staff/sync/differences.html", content)
