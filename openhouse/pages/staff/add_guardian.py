"""**Add To Parent Portal**: a POST that looks like a link. It makes the PIN, and Pin Details shows the new row."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.access import pins, refusals
from openhouse.pages import doors, messages
from openhouse.pages.staff import pin_details, reached, refusal
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.GIVE_PINS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Back to Pin Details, at the new row's Print."""
    guardianship = reached.guardianship(request, Permission.GIVE_PINS, key)
    try:
        added = pins.add(guardianship=guardianship, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    parent = {"parent": guardianship.guardian.name}
    if added:
        messages.success(request, _("%(parent)s was added to the Parent Portal and has a PIN now.") % parent)
    else:
        messages.success(request, _("%(parent)s is in the Parent Portal already.") % parent)
    return pin_details.beside(guardianship)
