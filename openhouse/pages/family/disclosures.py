"""A student's disclosure record for the family, who may inspect it (34 CFR 99.32(c))."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.access import disclosures
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.pages.family import student


@doors.guardian
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """For whoever may see the student now; what a court ordered to keep from the family is not there."""
    found, decision = student.enter(request, key)
    if not decision.allowed:
        return student.notice(request, found, decision)
    student.look(request, Event.DISCLOSURES_SEEN, found)
    return render(request, "family/disclosures.html", {"student": found, "rows": disclosures.for_family(found)})
