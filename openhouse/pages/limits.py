"""How long a session rests and lasts, a family's or an employee's: asked at every request before anything is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from openhouse.accounts import sessions
from openhouse.accounts.models import Account
from openhouse.pages import doors
from openhouse.policy.values import Policy


def of(policy: Policy, account: Account) -> dict[str, timedelta]:
    """The limits of an account's sessions: `idle` and `longest`."""
    if account.is_guardian:
        minutes, hours = policy.guardian_idle_minutes, policy.guardian_session_hours
    else:
        minutes, hours = policy.employee_idle_minutes, policy.employee_session_hours
    return {"idle": timedelta(minutes=minutes), "longest": timedelta(hours=hours)}


def middleware(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End a session that is over. It reads the policy for the page too, so this costs no statement."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _is_over(request):
            request.session.flush()
            request.user = AnonymousUser()
            messages.info(request, _("You were signed out to keep your account safe."))
        return answer(request)

    return answered


def _is_over(request: HttpRequest) -> bool:
    return sessions.is_over(request, **of(doors.policy(request), cast(Account, request.user)), at=timezone.now())
