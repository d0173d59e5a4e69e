"""Real processes: one sync at a time, and a killed one leaves yesterday's mirror."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from openhouse.demo.district import DistrictPlan, write
from openhouse.sync import databases, runs
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SyncHeld
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import BY, Export, mirror, night

SHARES = (0.1, 0.3, 0.5, 0.65, 0.8, 0.9, 0.97)
"""When to kill, in shares of the time that a whole sync takes."""


@pytest.fixture
def nights(tmp_path: Path) -> list[Path]:
    """Two nights of a district that takes a moment to bring in."""
    exports = [tmp_path / f"night-{number}.zip" for number in (1, 9)]
    for number, path in zip((1, 9), exports, strict=True):
        write(path, plan=DistrictPlan(students=1000, seed=3, on=date(2026, 11, 20), night=number))
    return exports


def start(path: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A sync in a process of its own."""
    command = [sys.executable, "-m", "openhouse", "sync", str(path), "--json"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(path: Path, environment: dict[str, str]) -> dict[str, Any]:
    """A sync in a process of its own, to its end. The database may need a moment to notice that the one before died."""
    for _attempt in range(20):
        process = start(path, environment)
        out, error = process.communicate(timeout=120)
        if b"Another sync is going on" not in error:
            break
        time.sleep(0.5)
    assert process.returncode == 0, error.decode()
    return json.loads(out)


def kill(path: Path, environment: dict[str, str], after: float) -> None:
    """Start a sync and kill it so many seconds after its run began."""
    before = SyncRun.objects.count()
    process = start(path, environment)
    while SyncRun.objects.count() == before and process.poll() is None:
        time.sleep(0.005)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_a_killed_sync_leaves_yesterdays_mirror_and_the_next_one_lands(
    elsewhere: dict[str, str], nights: list[Path], trusting: None
) -> None:
    seconds = finish(nights[0], elsewhere)["seconds"]
    yesterday, tonight = mirror(), nights[1]
    for share in SHARES:
        landed = SyncRun.objects.filter(state="landed").count()
        kill(tonight, elsewhere, after=share * seconds)
        if SyncRun.objects.filter(state="landed").count() == landed:
            assert mirror() == yesterday
        else:  # it was over before it was killed
            yesterday, tonight = mirror(), nights[0] if tonight == nights[1] else nights[1]
    assert finish(tonight, elsewhere)["changed"] > 0
    assert finish(tonight, elsewhere)["nothing_changed"]
    assert set(SyncRun.objects.values_list("state", flat=True)) == {"landed", "died"}


def test_a_second_sync_says_who_holds_it(elsewhere: dict[str, str], export: Export, tmp_path: Path) -> None:
    path = export.zip(tmp_path / "night.zip")
    with databases.of(connection).alone(connection) as alone:
        assert alone
        SyncRun.objects.create(source="a source", snapshot="2026-11-20", actor="the other", started_at=night(1))
        process = start(path, elsewhere)
        out, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "since 2026-11-20 02:00 UTC (run" in error.decode() and "the other" in error.decode()
    assert json.loads(out)["state"] == "failed"
    assert finish(path, elsewhere)["new"] == 16
    assert SyncRun.objects.get(actor="the other").state == "died"


def test_whoever_dies_lets_go(transactional_db: None, export: Export, tmp_path: Path) -> None:
    path = export.zip(tmp_path / "night.zip")
    with databases.of(connection).alone(connection) as first:
        assert first
    assert runs.land(open_package(path), at=night(1), by=BY).total("new") == 16


def test_of_two_at_once_one_lands_and_one_is_turned_away(elsewhere: dict[str, str], nights: list[Path]) -> None:
    processes = [start(nights[0], elsewhere) for _ in range(3)]
    codes = []
    for process in processes:
        process.communicate(timeout=120)
        codes.append(process.returncode)
    landed = SyncRun.objects.filter(state="landed").order_by("pk")
    assert 0 in codes
    assert [run.report["nothing_changed"] for run in landed] == [False] + [True] * (codes.count(0) - 1)


def test_a_run_that_is_refused_names_the_holder(transactional_db: None) -> None:
    SyncRun.objects.create(source="a source", snapshot="2026-11-20", actor="demo", started_at=night(1))
    with pytest.raises(SyncHeld, match="since 2026-11-20 02:00 UTC"):
        raise SyncHeld(runs.whoever_holds())
