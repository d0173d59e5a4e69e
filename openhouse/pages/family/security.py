"""Sign-in and security: what an account is opened with, and where it is open."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import render

from openhouse.accounts import factors, sessions
from openhouse.pages import doors, limits


@doors.guardian_setting_up
def page(request: doors.Visit) -> HttpResponse:
    """The account's second factors, its sessions, and what policy still asks for."""
    held = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    by_type = {each.type: each for each in held}
    policy = doors.policy(request)
    content = {
        "passkeys": [each for each in held if each.type == Authenticator.Type.WEBAUTHN],
        "app": by_type.get(Authenticator.Type.TOTP),
        "recovery_codes": by_type.get(Authenticator.Type.RECOVERY_CODES),
        "sessions": sessions.of(request.user, request=request, at=request.now, **limits.of(policy, request.user)),
        "must_set_up": policy.guardian_second_factor == "required" and not factors.proved(request),
    }
    return render(request, "family/security.html", content)
