"""The family's home: one card for each student, with what needs attention."""

from __future__ import annotations

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openhouse.access import adulthood, associations, siblings
from openhouse.access.standing import Standing
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district import moments
from openhouse.pages import doors, enrolments


@doors.guardian
def page(request: doors.Visit) -> HttpResponse:
    """All associations of the account. Of a student who may not be seen, only the first name at the time they were added."""
    schools = Prefetch("student__enrolments", enrolments.shown(request), to_attr="current_enrolments")
    cards = associations.of(account=request.user, at=request.now).prefetch_related(schools)
    on = timezone.localdate(request.now)
    for card in cards:
        card.shown_standing = Standing(card.standing)  # type: ignore[attr-defined]
        known = card.student if card.shown_standing.lets_in else moments.version(card.student, card.valid_from)  # type: ignore[attr-defined]
        card.shown_name = (known or card.student).first_name  # type: ignore[attr-defined]
        if card.shown_standing.lets_in:  # type: ignore[attr-defined]
            card.adult_on = adulthood.coming(card.student, doors.policy(request), on)  # type: ignore[attr-defined]
    seen = [str(card.student.key) for card in cards if card.shown_standing.lets_in]  # type: ignore[attr-defined]
    about = Subject(account=str(request.user.key))
    trail.look(event=Event.HOME_SEEN, by=request.actor, at=request.now, about=about, detail={"students": seen})
    offers = siblings.offered(account=request.user, policy=doors.policy(request), at=request.now)
    return render(request, "family/home.html", {"cards": cards, "offers": len(offers)})
