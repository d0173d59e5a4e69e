"""**Keys**: how many live PINs stand under which key, and encrypting them all under the newest while pages are served."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openhouse.access import rotation
from openhouse.pages import doors, messages
from openhouse.roles.roles import Permission


@doors.employee(Permission.SET_POLICY, recently=True)
def page(request: doors.Visit) -> HttpResponse:
    """GET counts; POST has the worker do it."""
    if request.method == "POST":
        rotation.ask(by=request.actor)
        messages.success(
            request, _("The worker encrypts every live PIN under the newest key now. Come back to see it done.")
        )
        return redirect("staff:keys")
    counted = rotation.count(at=request.now)
    last = rotation.last()
    return render(request, "staff/district/keys.html", {"counted": counted, "last": last})
