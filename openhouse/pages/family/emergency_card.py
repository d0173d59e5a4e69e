"""The emergency card: the guardian's own contact data as the SIS has it, never the other guardian's."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.audit.events import Event
from openhouse.district.models import Guardianship
from openhouse.pages import doors
from openhouse.pages.family.student import enter, look, notice


@doors.guardian
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The records that this account is tied to, of this student."""
    student, decision = enter(request, key)
    if not decision.allowed:
        return notice(request, student, decision)
    own = Guardianship.objects.filter(
        student=student, valid_until=None, guardian__ties__account=request.user, guardian__ties__valid_until=None
    ).select_related("guardian")
    look(request, Event.EMERGENCY_CARD_SEEN, student)
    return render(request, "family/emergency_card.html", {"student": student, "guardianships": own})
