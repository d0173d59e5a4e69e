"""**Verify by Video**, step 3: the PIN, once, large enough for a camera, by a POST of its own."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from openhouse.access import checks, pins, refusals
from openhouse.access.models import IdentityCheck
from openhouse.pages import doors
from openhouse.pages.staff import refusal
from openhouse.pages.staff.identity import running
from openhouse.roles.roles import Permission


@doors.employee(Permission.VERIFY_IDENTITY)
@running.check
def page(request: doors.Visit, check: IdentityCheck) -> HttpResponse:
    """GET says what will happen; POST shows the PIN, after making a new one where that was pressed."""
    if check.outcome != IdentityCheck.Outcome.VERIFIED:
        raise Http404
    content = {"check": check, "guardianship": check.guardianship}
    if request.method != "POST":
        state = pins.state(pins.newest(check.guardianship), request.now)
        return render(request, "staff/identity/pin.html", content | {"state": state})
    try:
        pin, code = checks.give(check=check, renewing="new" in request.POST, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, check.guardianship, refused)
    return render(request, "staff/identity/shown.html", content | {"pin": pin, "code": code})
