"""As of when the console's data is."""

from __future__ import annotations

from typing import Any

from openhouse.sync.models import SyncRun


def of() -> dict[str, Any]:
    """`data_as_of`: the instant at which the newest landed sync began to read; None before the first."""
    return {"data_as_of": SyncRun.newest_landed_at()}
