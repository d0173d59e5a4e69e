"""How long a session lasts, and when its owner last proved who they are (OWASP ASVS 5.0, 7.3.1, 7.3.2 and 7.5.3).

An employee's limits are written into the session when it begins, so that holding every request to them asks the database nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.policy import values

PROVED, ENDS, IDLE, SEEN, PROVIDER = "proved_at", "ends_at", "idle_minutes", "seen_at", "provider"
NOTED_EVERY = timedelta(minutes=1)
"""Use is noted at most this often, so that it costs a statement a minute and not one for each page."""


@receiver(user_logged_in)
def began(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """A sign-in of either kind: note its moment in the session, and for an employee when the session will end."""
    now = timezone.now()
    request.session[PROVED] = now.isoformat()
    if not user.is_guardian:
        policy = values.at(now)
        request.session[SEEN] = now.isoformat()
        request.session[IDLE] = policy.employee_idle_minutes
        request.session[ENDS] = (now + timedelta(hours=policy.employee_session_hours)).isoformat()


def vouched(request: HttpRequest, *, provider: str, proved_at: datetime | None) -> None:
    """Who vouched for the owner of a session that has just begun, and when they proved themselves there, if that is known."""
    request.session[PROVIDER] = provider
    request.session[PROVED] = proved_at.isoformat() if proved_at else ""


def provider(request: HttpRequest) -> str:
    """Which identity provider vouched for the owner; blank for none."""
    return str(request.session.get(PROVIDER, ""))


def proved_at(request: HttpRequest) -> datetime | None:
    """When whoever holds this session last signed in; None where it is not known."""
    noted = request.session.get(PROVED)
    return datetime.fromisoformat(noted) if noted else None


def middleware(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """End an employee's session that was not used for too long, or is too old, before any page looks at it."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.session.get(ENDS):
            now = timezone.now()
            seen = datetime.fromisoformat(request.session[SEEN])
            if now >= datetime.fromisoformat(request.session[ENDS]) or now - seen >= _idle(request):
                request.session.flush()
                request.user = AnonymousUser()
            elif now - seen >= NOTED_EVERY:
                request.session[SEEN] = now.isoformat()
        return answer(request)

    return answered


def _idle(request: HttpRequest) -> timedelta:
    return timedelta(minutes=request.session[IDLE])
