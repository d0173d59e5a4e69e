"""A good export for every test to bend, and a sync for every night."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from openhouse.sync.report import Report
    from tests.sync.export import Export, Sync


@pytest.fixture
def export() -> Export:
    """Tonight's export."""
    from tests.sync.export import Export

    return Export()


@pytest.fixture
def sync(tmp_path: Path, db: None) -> Sync:
    """`sync(export)` brings it in, each time a night later."""
    from tests.sync.export import land

    nights = itertools.count(1)

    def sync(export: Export, **options: Any) -> Report:
        number = next(nights)
        return land(export.zip(tmp_path / f"night-{number}.zip"), number, **options)

    return sync


@pytest.fixture
def trusting(request: pytest.FixtureRequest) -> None:
    """Policy lets restrictions be lifted without a person."""
    request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
    from openhouse.policy import values
    from tests.sync.export import BY

    values.choose(name="brake_restricted", text="9", by=BY, at=datetime(2020, 1, 1, tzinfo=UTC))
