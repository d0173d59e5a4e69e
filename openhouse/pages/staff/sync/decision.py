"""What three pages share: a run that waits, asked for and refused."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.pages import doors
from openhouse.sync import catalogue, waiting
from openhouse.sync.models import SyncRun


def run_of(key: uuid.UUID) -> SyncRun:
    """The run with this key, whatever became of it."""
    return get_object_or_404(SyncRun, key=key)


def ask(request: doors.Visit, run: SyncRun, what: str, **content: object) -> HttpResponse:
    """The page that asks before anything is done, or says that there is nothing to decide any more."""
    if run.state != SyncRun.State.WAITING:
        return refused(request, run)
    hours = round(waiting.DECISION_HOLDS.total_seconds() / 3600)
    shown = {"run": run, "what": what, "hours": hours, "comes_at_once": comes_at_once()} | content
    return render(request, f"staff/sync/{what}.html", shown)


def comes_at_once() -> bool:
    """Whether the portal reads the SIS again by itself once somebody has decided."""
    return catalogue.configured() is not None


def refused(request: doors.Visit, run: SyncRun) -> HttpResponse:
    """Somebody was faster, or a later run took its place."""
    return render(request, "staff/sync/decided.html", {"run": run}, status=409)
