"""Taking back one's own request for a role."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.pages import doors, messages
from openhouse.roles import refusals, requests


@require_POST
@doors.employed
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Withdrawn, or decided meanwhile."""
    asked = get_object_or_404(requests.of(request.user), key=key)
    try:
        requests.withdraw(request=asked, by=request.user, actor=request.actor, at=request.now)
        messages.success(request, _("Your request is withdrawn."))
    except refusals.NoLongerOpen:
        messages.success(request, _("Your request was decided meanwhile. Its state is below."))
    return redirect("front:request_access")
