"""As of when the mirror is."""

from __future__ import annotations

from datetime import datetime

from django.db.models import DateTimeField

from openhouse.sql import Holds, Text
from openhouse.sync.models import SyncRun

NEWEST = Holds(
    Text("(SELECT max(run.started_at) FROM sync_syncrun run WHERE run.state = {})", (SyncRun.State.LANDED.value,)),
    DateTimeField(),
)
"""For a query: when the newest landed sync began to read."""


def as_of() -> datetime | None:
    """When the newest landed sync began to read; None before the first."""
    landed = SyncRun.objects.filter(state=SyncRun.State.LANDED).order_by("-started_at")
    return landed.values_list("started_at", flat=True).first()
