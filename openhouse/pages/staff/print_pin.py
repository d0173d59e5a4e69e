"""**Print**: a POST that looks like a link and opens the slip, with a button that opens the browser's print dialog."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from openhouse.access import pins, refusals
from openhouse.access.models import Given
from openhouse.pages import doors
from openhouse.pages.staff import freshness, refusal
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.GIVE_PINS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The same live code again and again; made now, if none was given yet."""
    guardianship = get_object_or_404(scope.guardianships(request.scope, Permission.GIVE_PINS), key=key)
    try:
        pin, code = pins.give(guardianship=guardianship, given=Given.PRINTED, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    slip = {"guardianship": guardianship, "pin": pin, "code": code}
    return render(request, "staff/print_pin.html", slip | freshness.of())
