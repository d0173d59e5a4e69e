"""**Sign out** beside a device, and everywhere else at once (OWASP ASVS 5.0, 7.5.2)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.accounts import sessions
from openhouse.pages import doors, messages


@require_POST
@doors.guardian_anew
def end(request: doors.Visit) -> HttpResponse:
    """One session ends; twice is once."""
    sessions.end(request.user, row=request.POST.get("session", ""), by=request.actor, at=request.now)
    messages.success(request, _("That device is signed out."))
    return redirect("mfa_index")


@require_POST
@doors.guardian_anew
def end_others(request: doors.Visit) -> HttpResponse:
    """Every session but this one ends."""
    sessions.end_others(request.user, request=request, by=request.actor, at=request.now)
    messages.success(request, _("All other devices are signed out."))
    return redirect("mfa_index")
