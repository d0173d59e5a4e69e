"""The pages' floor: an empty page in each base template, with its session, account and policy loaded, and nothing else.

These addresses exist in the bench alone (bench.settings puts them before the portal's own).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from openhouse import urls

EMPTY = {
    base: engines["django"].from_string(
        f'{{% extends "base_{base}.html" %}}{{% block title %}}Empty{{% endblock %}}{{% block main %}}{{% endblock %}}'
    )
    for base in ("staff", "family")
}


def page(request: HttpRequest, base: str) -> HttpResponse:
    """An empty page for whoever is signed in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    return HttpResponse(EMPTY[base].render({}, request))


urlpatterns = [path("bench/<slug:base>/", page), *urls.urlpatterns]
handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
