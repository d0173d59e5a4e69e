"""Facts as they were known at a moment: of a mirrored row, the version that held then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from openhouse.district.models import Mirrored


def version(row: Mirrored, at: datetime) -> Any | None:
    """The row itself, one of its past versions, or None where the SIS did not state the thing at that moment."""
    if row.valid_from <= at:
        return row if row.valid_until is None or at < row.valid_until else None
    return row.past.filter(valid_from__lte=at, valid_until__gt=at).first()  # type: ignore[attr-defined]


def versions(rows: Iterable[Mirrored], at: datetime) -> tuple[Any, ...]:
    """The versions that held at that moment of those rows that had one."""
    return tuple(found for row in rows if (found := version(row, at)) is not None)
