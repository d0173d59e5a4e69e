"""A run's progress is written where others see it, and never waits for anybody."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from openhouse.sync import databases, landing, progress, runs
from openhouse.sync.models import SyncRun
from openhouse.sync.progress import Beats
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import BY, Export, night

START = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def run(transactional_db: None) -> SyncRun:
    """A run that goes on."""
    return SyncRun.objects.create(source="a source", snapshot="2026-11-20", actor="sync", started_at=START)


def far(run: SyncRun) -> tuple[str, int, int]:
    run.refresh_from_db()
    return run.step, run.done, run.total


def test_a_beat_is_written_while_the_run_is_in_a_transaction_of_its_own(run: SyncRun) -> None:
    long = databases.sqlite.filling(connection) if connection.vendor == "sqlite" else transaction.atomic()
    with Beats() as beats, long:
        beats.begin(run.pk)
        beats("reading", 5, 10)
    assert far(run) == ("reading", 5, 10)
    assert run.beat_at is not None and run.beat_at > START


def test_beats_are_a_second_apart_within_a_step(run: SyncRun, monkeypatch: Any) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    with Beats() as beats:
        beats.begin(run.pk)
        beats("reading", 1, 10)
        now[0] = 100.9
        beats("reading", 2, 10)
        assert far(run) == ("reading", 1, 10)
        beats("checking", 0, 2)
        assert far(run) == ("checking", 0, 2)
        now[0] = 102.0
        beats("checking", 1, 2)
        assert far(run) == ("checking", 1, 2)


def test_a_beat_waits_for_nobody(run: SyncRun) -> None:
    with Beats() as beats:
        beats.begin(run.pk)
        with transaction.atomic():
            SyncRun.objects.filter(pk=run.pk).update(reason="the row is locked")
            started = time.monotonic()
            beats("landing", 0, 1)
            assert time.monotonic() - started < 0.5
        assert far(run) == ("", 0, 0)
        beats("comparing", 1, 1)
        assert far(run) == ("comparing", 1, 1)


def test_all_of_it_is_shown_also_before_a_run_began(run: SyncRun) -> None:
    shown: list[tuple[str, int, int]] = []
    with Beats(lambda *told: shown.append(told)) as beats:
        beats("reading", 1, 2)
        beats("reading", 2, 2)
    assert shown == [("reading", 1, 2), ("reading", 2, 2)]
    assert far(run) == ("", 0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_landing_tells_of_every_table(export: Export, tmp_path: Path) -> None:
    """The first one, which on SQLite goes in by pieces, and one after it."""
    path = export.zip(tmp_path / "export.zip")
    for number in (1, 2):
        told: list[tuple[str, int, int]] = []
        with Beats(lambda *step: told.append(step)) as beats:  # noqa: B023
            runs.land(open_package(path), at=night(number), by=BY, whole=True, progress=beats)
        assert [done for step, done, total in told if (step, total) == ("landing", landing.STEPS)] == [
            *range(landing.STEPS + 1)
        ]
        assert SyncRun.objects.latest("started_at").step == "landing"
