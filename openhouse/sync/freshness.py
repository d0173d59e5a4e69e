"""As of when the mirror is."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from openhouse.sync.models import SyncRun


def moments() -> QuerySet[SyncRun, datetime]:
    """When the landed syncs began to read, the newest first."""
    landed = SyncRun.objects.filter(state=SyncRun.State.LANDED).order_by("-started_at")
    return landed.values_list("started_at", flat=True)


def as_of() -> datetime | None:
    """When the newest landed sync began to read; None before the first."""
    return moments().first()
