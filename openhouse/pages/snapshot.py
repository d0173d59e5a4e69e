"""Pages read one whole state: on PostgreSQL a GET runs in one repeatable-read snapshot, so no page shows half a night."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from openhouse.transactions import ONE_STATE, begun


def without[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """A page whose GET writes or asks somebody over the network: a sign-in that comes back from an identity provider."""
    view.writes = True  # type: ignore[attr-defined]
    return view


def _writes(request: HttpRequest) -> bool:
    try:
        return getattr(resolve(request.path_info).func, "writes", False)
    except Resolver404:
        return False


def middleware(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Wrap each GET in a snapshot. What the page records (`audit.trail.look`) is written right after it."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or connection.vendor != "postgresql" or connection.in_atomic_block:
            return answer(request)
        if _writes(request):
            return answer(request)
        with begun(ONE_STATE):
            return answer(request)

    return answered
