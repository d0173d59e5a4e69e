"""When a session's owner last proved who they are. What changes a great deal asks for it anew (OWASP ASVS 5.0, 7.5.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

PROVED = "proved_at"


@receiver(user_logged_in)
def began(request: HttpRequest, **kwargs: Any) -> None:
    """A sign-in of either kind: note its moment in the session."""
    request.session[PROVED] = timezone.now().isoformat()


def proved_at(request: HttpRequest) -> datetime | None:
    """When whoever holds this session last signed in; None where it is not known."""
    noted = request.session.get(PROVED)
    return datetime.fromisoformat(noted) if noted else None
