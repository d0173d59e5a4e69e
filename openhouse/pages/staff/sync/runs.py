"""**Sync**: what waits, what runs, and all runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.pages import doors, paging
from openhouse.pages.staff.sync import listing
from openhouse.roles.roles import Permission
from openhouse.sync.models import SyncRun

REFRESH = "15"
"""Seconds after which the page comes again while a sync runs. A header, so that it works without scripts."""


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit) -> HttpResponse:
    """The list. `?still` stays as it is, for whoever reads slowly."""
    runs = SyncRun.objects.order_by("-started_at", "-pk")
    state, still = SyncRun.State, "still" in request.GET
    running, waiting = (listing.of(runs.filter(state=each)[:1]) for each in (state.RUNNING, state.WAITING))
    shown = paging.of(request, runs)
    content = {"running": running, "waiting": waiting, "page": shown, "lines": listing.of(shown), "still": still}
    answer = render(request, "staff/sync/runs.html", content)
    if running and not still:
        answer["Refresh"] = REFRESH
    return answer
