"""The family's home: one card for each student, with what needs attention."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render

from openhouse.access import associations
from openhouse.access.standing import Standing
from openhouse.district.models import Enrolment
from openhouse.pages import doors


@doors.guardian
def page(request: doors.Visit) -> HttpResponse:
    """All associations of the account; a student who may not be seen shows by first name only."""
    current = Enrolment.objects.filter(valid_until=None).select_related("school").order_by("-begin_date", "pk")
    schools = Prefetch("student__enrolments", current, to_attr="current_enrolments")
    cards = associations.of(account=request.user, at=request.now).prefetch_related(schools)
    for card in cards:
        card.shown_standing = Standing(card.standing)  # type: ignore[attr-defined]
    return render(request, "family/home.html", {"cards": cards})
