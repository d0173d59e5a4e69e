"""**Audit trail**: what happened, found by student, guardian, employee, school, time and kind, newest first.

The search is a POST, answered with an address that holds keys alone; each look is itself on record.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openhouse.audit import search, trail
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.pages.staff.trail import asked, telling
from openhouse.roles.roles import Permission

ROWS = 50


@doors.employee(Permission.SEE_TRAIL)
def page(request: doors.Visit) -> HttpResponse:
    """GET shows what the address asks for; POST finds whom it is about, and goes to the address."""
    form = asked.AskedForm(request.POST or None, initial={name: request.GET.get(name) for name in asked.SHOWN})
    if request.method == "POST":
        if form.is_valid():
            return redirect(f"{reverse('staff:trail')}?{form.query}")
        return render(request, "staff/trail/search.html", {"form": form})
    sought, before = asked.sought(request.GET, request), asked.position(request.GET)
    rows = list(search.entries(sought, before=before)[: ROWS + 1])
    detail = asked.detail(request.GET)
    trail.look(event=Event.TRAIL_SEEN, by=request.actor, at=request.now, detail=detail)
    content = {"form": form, "rows": telling.linked(rows[:ROWS], scope=request.scope), "searched": True}
    content |= {"older": rows[ROWS - 1].position if len(rows) > ROWS else None, "narrowed": asked.narrowed(request.GET)}
    return render(request, "staff/trail/search.html", content)
