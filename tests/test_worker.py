"""Real workers: they bring the night in, once, whoever dies meanwhile, and say so where it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from openhouse.audit.trail import Actor
from openhouse.demo.district import DistrictPlan, write
from openhouse.policy import values
from openhouse.sync.models import Alarm, SyncRun
from openhouse.worker import take_up
from tests.sync.export import Export

BY = Actor.system("tests")
PATIENCE = 120
type Work = Callable[[Path], subprocess.Popen[bytes]]


def choose(**chosen: str) -> None:
    for name, text in chosen.items():
        values.choose(name=name, text=text, by=BY, at=timezone.now())


@pytest.fixture
def work(elsewhere: dict[str, str], tmp_path: Path) -> Iterator[Work]:
    """`work(path)` starts a worker whose SIS exports to that path, and whose night was due a minute ago."""
    choose(sync_time=f"{timezone.localtime() - timedelta(minutes=1):%H:%M}", sync_retry_minutes="0", sync_tries="3")
    workers: list[subprocess.Popen[bytes]] = []

    def work(path: Path) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "openhouse", "worker", "--look", "0.2", "--interval", "0.2"]
        environment = elsewhere | {"OPENHOUSE_SIS": f"oneroster-csv:{path}"}
        with (tmp_path / "log").open("ab") as log:
            workers.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        return workers[-1]

    yield work
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.wait(PATIENCE)


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """An export that takes a moment to bring in."""
    path = tmp_path / "slow.zip"
    write(path, plan=DistrictPlan(students=2000, seed=3, on=date(2026, 11, 20)))
    return path


def until(happened: Callable[[], Any], tmp_path: Path) -> Any:
    """Wait until something has happened; what it is."""
    end = time.monotonic() + PATIENCE
    while not (found := happened()):
        assert time.monotonic() < end, (tmp_path / "log").read_text()
        time.sleep(0.02)
    return found


def tries() -> list[tuple[int, str]]:
    return list(SyncRun.objects.order_by("due_at", "attempt").values_list("attempt", "state"))


@pytest.mark.parametrize(
    ("status", "hours", "tries", "again"),
    [
        ("RUNNING", 2, 1, True),
        ("FAILED", 2, 4, True),
        ("RUNNING", 0, 1, False),
        ("FAILED", 2, 5, False),
        ("FAILED", 25, 1, False),
        ("SUCCESSFUL", 2, 1, False),
    ],
)
def test_a_task_that_failed_or_was_abandoned_is_taken_up_an_hour_later(db, status, hours, tries, again) -> None:
    now = timezone.now()
    task = DBTaskResult.objects.create(
        args_kwargs={"args": [1], "kwargs": {}},
        task_path="openhouse.access.notices.student_added",
        backend_name="default",
        status=status,
        started_at=now - timedelta(hours=hours),
        worker_ids=["a"] * tries,
    )
    assert take_up(at=now) == again
    task.refresh_from_db()
    assert (task.status == "READY") == again


def child_of(worker: subprocess.Popen[bytes]) -> int:
    """The process that a worker started."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(worker.pid)], capture_output=True, text=True, check=True)
    return int(found.stdout)


def test_a_worker_brings_the_night_in_once(work: Work, tmp_path: Path) -> None:
    work(Export().zip(tmp_path / "night.zip"))
    until(lambda: tries() == [(1, "landed")], tmp_path)
    time.sleep(1)
    assert tries() == [(1, "landed")]
    assert SyncRun.objects.get().report["new"] == 16


def test_of_two_workers_one_brings_the_night_in(work: Work, slow: Path, tmp_path: Path) -> None:
    for _ in range(2):
        work(slow)
    until(lambda: tries() == [(1, "landed")], tmp_path)
    time.sleep(2)
    assert tries() == [(1, "landed")]


def test_a_sync_that_was_killed_is_taken_over(work: Work, slow: Path, tmp_path: Path) -> None:
    worker = work(slow)
    until(lambda: tries() == [(1, "running")], tmp_path)
    os.kill(child_of(worker), signal.SIGKILL)
    until(lambda: tries() == [(1, "died"), (2, "landed")], tmp_path)
    assert worker.poll() is None


def test_a_worker_that_is_told_to_stop_stops_its_sync(work: Work, slow: Path, tmp_path: Path) -> None:
    worker = work(slow)
    until(lambda: tries() == [(1, "running")], tmp_path)
    worker.terminate()
    assert worker.wait(PATIENCE) == 0
    assert tries() in ([(1, "failed")], [(1, "running")])  # it wrote it down where its connection was still good
    work(slow)
    until(lambda: tries()[1:] == [(2, "landed")], tmp_path)
    assert tries()[0] in ((1, "failed"), (1, "died"))


def test_a_night_that_fails_is_told_by_mail_and_so_is_its_end(
    work: Work, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    choose(alarm_emails="sis@district.example")
    folder, path = Path(elsewhere["OPENHOUSE_DIR"], "mail"), tmp_path / "night.zip"

    def mailed(subject: str) -> bool:
        return any(f"Subject: {subject}" in each.read_text() for each in folder.glob("*.log"))

    work(path)
    until(lambda: mailed("Last night's sync failed"), tmp_path)
    assert tries() == [(1, "failed"), (2, "failed"), (3, "failed")]
    command = [sys.executable, "-m", "openhouse", "sync", str(Export().zip(path))]
    subprocess.run(command, env=elsewhere, check=True, capture_output=True)
    until(lambda: mailed("The sync works again"), tmp_path)
    assert Alarm.objects.get(cause="night missed").cleared_at


def test_a_worker_indexes_an_export_that_lands_between_nights(
    work: Work, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    path = Export().zip(tmp_path / "night.zip")
    work(path)
    until(lambda: tries() == [(1, "landed")], tmp_path)
    indexes = Path(elsewhere["OPENHOUSE_DIR"], "indexes")
    with zipfile.ZipFile(tmp_path / "next.zip", "w") as archive:
        for name, content in Export().files().items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 14, 0, 0)), content)
    (tmp_path / "next.zip").replace(path)
    until(lambda: list(indexes.glob("[!.]*.index")), tmp_path)
