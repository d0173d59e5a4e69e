"""The pages' floor: an empty page of the console and of the family pages, behind its door as every page is, with its header and
tabs and nothing else. And a bare one, which no page can be: no door, so it does not know what whoever is signed in may do.

These addresses exist in the bench alone (bench.settings puts them before the portal's own).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from openhouse import urls
from openhouse.pages import doors
from openhouse.roles.roles import Permission

EMPTY = {
    base: engines["django"].from_string(
        f'{{% extends "base_{base}.html" %}}{{% block title %}}Empty{{% endblock %}}{{% block main %}}{{% endblock %}}'
    )
    for base in ("staff", "family")
}


@doors.employee(Permission.FIND_STUDENTS)
def console(request: doors.Visit) -> HttpResponse:
    """An empty page of the console."""
    return HttpResponse(EMPTY["staff"].render({}, request))


@doors.guardian
def family(request: doors.Visit) -> HttpResponse:
    """An empty family page."""
    return HttpResponse(EMPTY["family"].render({}, request))


def bare(request: HttpRequest) -> HttpResponse:
    """The console's base template for whoever is signed in."""
    return HttpResponse(EMPTY["staff"].render({}, request), status=200 if request.user.is_authenticated else 403)


own = [path("bench/staff/", console), path("bench/family/", family), path("bench/bare/", bare)]
urlpatterns = [*own, *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
