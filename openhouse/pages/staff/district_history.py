"""**Student history** on the District tab: a search by Student ID among all whom the portal has ever known. It is a POST."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.district import chronicle
from openhouse.district.models import Student
from openhouse.pages import doors
from openhouse.pages.staff.find import FindForm
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit) -> HttpResponse:
    """One found: on to their history. Several had the number, one after the other: a choice."""
    form = FindForm(request.POST or None)
    found: list[Student] = []
    searched = request.method == "POST" and form.is_valid()
    if searched:
        reach = scope.remembered(request.scope).values("pk")
        found = list(chronicle.find(form.cleaned_data["student_number"]).filter(pk__in=reach))
        detail = {"found": len(found)}
        trail.look(event=Event.STUDENT_SEARCHED, by=request.actor, at=request.now, detail=detail)
    if len(found) == 1:
        return redirect("staff:history", found[0].key)
    content = {"form": form, "searched": searched, "rows": found}
    return render(request, "staff/district_history.html", content)
