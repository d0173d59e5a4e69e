"""How long a family's session rests and lasts, asked at every request before anything is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from openhouse.accounts import sessions
from openhouse.pages import doors
from openhouse.policy.values import Policy


def of(policy: Policy) -> dict[str, timedelta]:
    """A guardian's session's limits: `idle` and `longest`."""
    return {
        "idle": timedelta(minutes=policy.guardian_idle_minutes),
        "longest": timedelta(hours=policy.guardian_session_hours),
    }


def middleware(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End a guardian's session that is over. It reads the policy for the page too, so this costs no statement."""

    def answered(request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.is_guardian and _is_over(request):
            request.session.flush()
            request.user = AnonymousUser()
            messages.info(request, _("You were signed out to keep your account safe. Please log in again."))
        return answer(request)

    return answered


def _is_over(request: HttpRequest) -> bool:
    return sessions.is_over(request, **of(doors.policy(request)), at=timezone.now())
