"""Pages for what went wrong. They say what happened and what to do, and never a word of anybody's data."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.trail import look

logger = logging.getLogger("openhouse.limits")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    user = getattr(request, "user", None)
    is_employee = user is not None and user.is_authenticated and not user.is_guardian
    base = "base_staff.html" if is_employee else "base.html"
    content = {"title": title, "text": text, "base": base, "is_employee": is_employee}
    return render(request, "error.html", content, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(request, 400, _("This request was not understood"), _("Please go back and try again."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403, _("You may not do this"), _("Please go back, or call the help line."))


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old, or cookies are switched off."""
    text = _("The page was open for a long time, or your browser does not keep cookies. Please open the page again.")
    return _page(request, 403, _("Please open the page again"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: alike for what is not there and what is somebody else's. Of somebody signed in, the try is on record."""
    user, asked = getattr(request, "user", None), request.resolver_match
    if asked is not None and user is not None and user.is_authenticated:
        by = actor.of(user, actor.address_of(request))
        look(event=Event.DOOR_CLOSED, by=by, at=timezone.now(), detail={"page": asked.view_name})
    return _page(request, 404, _("There is nothing here"), _("This page does not exist, or it is not yours to see."))


def broken(request: HttpRequest) -> HttpResponse:
    """500: asks nothing of the database or the templates, which may be what is broken."""
    title = "Something went wrong"
    text = "Something went wrong on our side. Nothing was lost. Please try again in a few minutes."
    page = f'<!doctype html><html lang="en"><title>{title}</title><main><h1>{title}</h1><p>{text}</p></main></html>'
    return HttpResponse(page, status=500)


def too_many(request: HttpRequest) -> HttpResponse:
    """429: registering, signing in or asking for codes again and again (allauth's limits)."""
    logger.warning("too many requests: %s", request.path)
    return _page(
        request,
        429,
        _("Please wait a moment"),
        _("That was tried too often in a short time. Please try again in a few minutes."),
    )
