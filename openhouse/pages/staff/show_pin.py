"""**Show**: a POST that puts one code in the clear on Pin Details, and on record."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from openhouse.access import pins, refusals
from openhouse.access.models import Given
from openhouse.pages import doors
from openhouse.pages.staff import reached, refusal
from openhouse.pages.staff.pin_details import family_of, show
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.GIVE_PINS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Made now, if none was given yet."""
    guardianship = reached.guardianship(request, Permission.GIVE_PINS, key)
    try:
        _pin, code = pins.give(guardianship=guardianship, given=Given.SHOWN, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    student = guardianship.student
    return show(request, student, family_of(request, student.key), shown=guardianship, code=code)
