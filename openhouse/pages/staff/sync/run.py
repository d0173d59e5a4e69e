"""One run: how it went, why it waits, what it changed or would change, what it set aside, warned of and noted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.pages import doors
from openhouse.pages.staff.sync import listing
from openhouse.roles.roles import Permission
from openhouse.sync.models import Difference, SyncRun

FORESEEN = (SyncRun.State.WAITING, SyncRun.State.REHEARSED)
"""Runs that changed nothing yet, so that one can still ask what they would mean."""


@dataclass(frozen=True)
class Counted:
    """What became of the things of one kind, and of which changes the rows are kept to look at."""

    entity: str
    counts: dict[str, int]
    kept: set[str]


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Counts alone; names stand on the pages behind it."""
    run = get_object_or_404(SyncRun, key=key)
    content: dict[str, Any] = {"line": listing.of([run])[0], "run": run, "report": run.report}
    content |= {
        "counted": _counted(run),
        "waits": run.state == SyncRun.State.WAITING,
        "foreseen": run.state in FORESEEN,
    }
    return render(request, "staff/sync/run.html", content)


def _counted(run: SyncRun) -> list[Counted]:
    kept: dict[str, set[str]] = {}
    found = Difference.objects.filter(run=run).values("entity", "change").annotate(count=Count("pk"))
    for row in found.order_by():
        kept.setdefault(row["entity"], set()).add("new" if row["change"] == "returned" else row["change"])
    entities = run.report.get("entities", {})
    return [Counted(name, counts, kept.get(name, set())) for name, counts in entities.items()]
