"""The **Registered Parents Report**'s first page: whoever has several schools picks one; who has one is there already."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render

from openhouse.pages import doors, paging
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_REPORTS)
def page(request: doors.Visit) -> HttpResponse:
    """The schools by name. `?school=` is a part of a school's name, or its school code."""
    reach = scope.schools(request.scope, Permission.SEE_REPORTS)
    typed = request.GET.get("school", "").strip()[:255]
    fits = Q(name__icontains=typed) | Q(code__iexact=typed) if typed else Q()
    shown = paging.of(request, reach.filter(fits).order_by("name", "code", "pk"))
    if shown.paginator.count == 1 and not typed:
        return redirect("staff:campus_view", shown[0].key)
    content = {"page": shown, "typed": typed, "searchable": typed or shown.has_other_pages()}
    return render(request, "staff/reports/schools.html", content)
