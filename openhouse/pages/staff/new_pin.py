"""**New Pin**: the warning **Create New Pin**, then on **Continue** a new code."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openhouse.access import cautions, checks, pins, refusals
from openhouse.access.models import Pin
from openhouse.district.models import Guardianship
from openhouse.pages import doors, messages
from openhouse.pages.staff import pin_details, reached, refusal
from openhouse.roles.roles import Permission


@doors.employee(Permission.GIVE_PINS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET warns; POST makes the PIN and returns to Pin Details, at the row's Print. Where there is no PIN yet, Print makes it."""
    guardianship = reached.guardianship(request, Permission.GIVE_PINS, key)
    newest = pins.newest(guardianship)
    replaces = str(newest.pk) if newest else ""
    if request.method != "POST":
        return _warn(request, guardianship, newest) if newest else pin_details.beside(guardianship)
    if request.POST.get("replaces", replaces) != replaces:
        messages.success(request, _("A new PIN was made a moment ago. Please print that one."))
        return pin_details.beside(guardianship)
    try:
        check = checks.standing(guardianship=guardianship, employee=request.user, at=request.now)
        pins.renew(guardianship=guardianship, by=request.actor, at=request.now, check=check)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    messages.success(request, _("A new PIN was made. The old one no longer works."))
    return pin_details.beside(guardianship)


def _warn(request: doors.Visit, guardianship: Guardianship, newest: Pin) -> HttpResponse:
    """What New Pin does. Nobody is warned of what they may not do."""
    try:
        cautions.refuse_own_family(by=request.actor, students=[guardianship.student])
    except refusals.OwnFamily as refused:
        return refusal.page(request, guardianship, refused)
    content = {"guardianship": guardianship, "replaces": newest.pk, "brought": pins.brought(guardianship)}
    content |= {"is_live": pins.state(newest, request.now) is pins.State.LIVE}
    return render(request, "staff/new_pin.html", content)
