"""The page of something about a role that was not done. It is on record."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.pages.staff.roles import refused_words
from openhouse.roles.refusals import Refused


def answer(request: doors.Visit, refused: Refused) -> HttpResponse:
    """Why, and the way back to the Roles tab."""
    detail = {"why": type(refused).__name__}
    trail.look(event=Event.ACTION_REFUSED, by=request.actor, at=request.now, detail=detail)
    return render(request, "staff/roles/refusal.html", {"text": refused_words.of(refused)}, status=409)
