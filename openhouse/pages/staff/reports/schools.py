"""The **Registered Parents Report**'s first page: whoever has several schools picks one; who has one is there already."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render

from openhouse.pages import doors, schools
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_REPORTS)
def page(request: doors.Visit) -> HttpResponse:
    """The schools by name."""
    content = schools.search(request, scope.schools(request.scope, Permission.SEE_REPORTS))
    if content["page"].paginator.count == 1 and not content["typed"]:
        return redirect("staff:campus_view", content["page"][0].key)
    return render(request, "staff/reports/schools.html", content)
