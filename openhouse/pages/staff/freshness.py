"""As of when the console's data is, for every page of it."""

from __future__ import annotations

from typing import Any

from openhouse.sync import freshness


def of() -> dict[str, Any]:
    """`data_as_of`: an instant, or None before the first sync."""
    return {"data_as_of": freshness.as_of()}
