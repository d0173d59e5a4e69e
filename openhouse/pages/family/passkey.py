"""**Remove** beside a passkey, for a device that is lost or given away."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import flows
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from openhouse.pages import doors


@require_POST
@doors.guardian_anew
def remove(request: doors.Visit) -> HttpResponse:
    """The passkey opens nothing any more. Its number stands in the form, among its owner's own."""
    number = request.POST.get("passkey", "")
    mine = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    held = get_object_or_404(mine, pk=int(number) if number.isdecimal() and len(number) < 18 else 0)
    flows.remove_authenticator(request, held)
    return redirect("mfa_index")
