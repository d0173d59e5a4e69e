"""The watch begins a night once, tries it again after waiting, and leaves alone what a person must decide."""

from __future__ import annotations

import argparse
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection

from openhouse import worker
from openhouse.environment import SisAddress, sis_address
from openhouse.policy import values
from openhouse.sync import catalogue, command, databases, nights, waiting, watch
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SourceRefused, SyncHeld, SyncRefused
from openhouse.sync.schedule import Night
from tests.sync.export import BY, Export
from tests.sync.trouble import restricted, stepfather

DUE = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""2 o'clock in Los Angeles."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
State = SyncRun.State


@pytest.fixture(autouse=True)
def sis(tmp_path: Path, export: Export, settings: Any, db: None) -> Path:
    """The SIS writes one zip, over and over."""
    path = export.zip(tmp_path / "night.zip")
    settings.SIS, settings.TIME_ZONE = SisAddress("oneroster-csv", str(path)), "America/Los_Angeles"
    return path


def bring_in(night: Night, at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        nights.bring_in(night, at=at, by=BY)


def tried(attempt: int, state: State, *, ended_at: datetime, due_at: datetime | None = DUE, **facts: Any) -> SyncRun:
    """A try on record."""
    times = {"started_at": ended_at - MINUTE, "ended_at": None if state == State.RUNNING else ended_at}
    told = {"source": "oneroster-csv", "snapshot": "2026-11-20", "actor": "sync", "due_at": due_at, "attempt": attempt}
    return SyncRun.objects.create(state=state, **times | told | facts)


def test_a_night_is_due_at_its_time_and_begins_once() -> None:
    assert watch.tick(at=DUE - MINUTE) == Night(DUE - DAY, 1)
    night = watch.tick(at=DUE)
    assert night == Night(DUE, 1)
    bring_in(night, DUE + MINUTE)
    run = SyncRun.objects.get()
    assert (run.state, run.due_at, run.attempt) == (State.LANDED, DUE, 1)
    assert watch.tick(at=DUE + 2 * MINUTE) is None
    assert watch.tick(at=DUE + DAY) == Night(DUE + DAY, 1)


def test_of_nights_that_nobody_was_there_for_the_newest_is_brought_in() -> None:
    bring_in(Night(DUE, 1), DUE)
    assert watch.tick(at=DUE + 3 * DAY + 5 * MINUTE) == Night(DUE + 3 * DAY, 1)


def test_without_a_sis_or_a_time_no_night_is_due(settings: Any) -> None:
    values.choose(name="sync_time", text="", by=BY, at=DUE)
    assert watch.tick(at=DUE) is None
    settings.SIS = sis_address("")
    assert watch.tick(at=DUE - MINUTE) is None


@pytest.mark.parametrize(("attempt", "wait"), [(1, 10), (2, 20), (3, 40), (4, 80)])
def test_a_night_that_failed_is_tried_again_after_waiting(attempt: int, wait: int) -> None:
    tried(attempt, State.FAILED, ended_at=DUE)
    assert watch.tick(at=DUE + (wait - 1) * MINUTE) is None
    assert watch.tick(at=DUE + wait * MINUTE) == Night(DUE, attempt + 1)


def test_the_last_try_is_the_last() -> None:
    tried(5, State.FAILED, ended_at=DUE)
    assert watch.tick(at=DUE + 23 * 60 * MINUTE) is None


@pytest.mark.parametrize("state", [State.WAITING, State.THROWN_AWAY, State.LANDED])
def test_a_night_that_waited_for_a_person_is_not_tried_again(state: State) -> None:
    tried(1, state, ended_at=DUE)
    assert watch.tick(at=DUE + 23 * 60 * MINUTE) is None


def test_a_try_that_died_is_buried_and_waits_from_its_last_sign_of_life() -> None:
    run = tried(1, State.RUNNING, ended_at=DUE, beat_at=DUE + 5 * MINUTE)
    assert watch.tick(at=DUE + 14 * MINUTE) is None
    run.refresh_from_db()
    assert (run.state, run.ended_at) == (State.DIED, DUE + 14 * MINUTE)
    assert watch.tick(at=DUE + 15 * MINUTE) == Night(DUE, 2)


def test_a_run_that_lives_is_left_alone_and_nothing_begins(monkeypatch: Any) -> None:
    run = tried(1, State.RUNNING, ended_at=DUE, due_at=DUE - DAY)
    with databases.of(connection).alone(connection):
        if connection.vendor == "postgresql":  # the lock is this connection's own, which may take it twice
            monkeypatch.setattr(nights, "take_over", lambda *, at: False)
        assert watch.tick(at=DUE) is None
    run.refresh_from_db()
    assert run.state == State.RUNNING


def test_a_source_that_does_not_open_counts_as_a_try(sis: Path) -> None:
    sis.unlink()
    with pytest.raises(SourceRefused):
        bring_in(Night(DUE, 1), DUE)
    run = SyncRun.objects.get()
    assert (run.state, run.due_at, run.attempt, run.source) == (State.FAILED, DUE, 1, "oneroster-csv")
    assert "no such file" in run.reason
    assert watch.tick(at=DUE + 9 * MINUTE) is None
    assert watch.tick(at=DUE + 10 * MINUTE) == Night(DUE, 2)


def test_a_clock_that_went_back_counts_as_a_try() -> None:
    bring_in(Night(DUE, 1), DUE)
    with pytest.raises(SyncRefused, match="clock"):
        bring_in(Night(DUE + DAY, 1), DUE - MINUTE)
    assert SyncRun.objects.get(due_at=DUE + DAY).state == State.FAILED


def test_an_error_that_nobody_foresaw_is_kept_by_its_kind_alone(monkeypatch: Any) -> None:
    def fail() -> None:
        raise ValueError("Maya Lopez")

    monkeypatch.setattr(catalogue, "open_configured", fail)
    with pytest.raises(ValueError):
        bring_in(Night(DUE, 1), DUE)
    assert re.fullmatch(r"ValueError in \w+\.py, line \d+", SyncRun.objects.get().reason)


def test_a_try_that_another_process_began_is_left_to_it(transactional_db: None) -> None:
    bring_in(Night(DUE, 1), DUE)
    with pytest.raises(SyncHeld, match="Another process"):
        bring_in(Night(DUE, 1), DUE + MINUTE)
    assert SyncRun.objects.count() == 1


def test_a_failure_is_kept_once() -> None:
    for reason in ("first", "second"):
        nights.keep_failure(Night(DUE, 1), at=DUE, by=BY, reason=reason)
    assert SyncRun.objects.get().reason == "first"


def due(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(["--due", *arguments]))


def test_cron_brings_a_night_in_once_and_is_silent_where_nothing_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel(DUE + MINUTE, tick=False):
        assert due("--json") == 0
        assert json.loads(capsys.readouterr().out)["state"] == "landed"
        assert due() == 0
    assert capsys.readouterr() == ("", "")
    assert SyncRun.objects.get().due_at == DUE


def test_cron_is_told_of_a_night_that_fails(sis: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sis.unlink()
    with time_machine.travel(DUE + MINUTE, tick=False):
        assert due() == 1
        assert "no such file" in capsys.readouterr().err
        assert due() == 0  # until its second try
    assert SyncRun.objects.get().state == State.FAILED


def test_a_night_takes_what_the_sis_says_and_nothing_else(sis: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert due(str(sis)) == 1
    assert "give no PATH" in capsys.readouterr().err


def test_without_a_path_the_sis_is_read_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([])) == 0
    assert SyncRun.objects.get().due_at is None
    assert command.run(parser.parse_args(["--on", "2026-11-20"])) == 1
    assert "give its PATH too" in capsys.readouterr().err


def test_a_process_that_ends_before_its_run_counts_as_a_try(monkeypatch: Any) -> None:
    monkeypatch.setattr("django.db.close_old_connections", lambda: None)  # the test's own is in a transaction

    class Ended:
        returncode = -9

        def poll(self) -> int:
            return -9

    child = object.__new__(worker.Child)
    child.night, child.process = Night(DUE, 1), Ended()  # type: ignore[assignment]
    with time_machine.travel(DUE + MINUTE, tick=False):
        assert worker.look(child, worker.Chores(prune_at=DUE + DAY)) is None
    run = SyncRun.objects.get()
    assert (run.state, run.due_at) == (State.FAILED, DUE)
    assert "ended with -9 before it began" in run.reason


DECIDED = DUE + 60 * MINUTE
"""When somebody decided about a run that waited since its night."""


@pytest.mark.parametrize("state", [State.ACCEPTED, State.LET_IN])
def test_a_night_that_somebody_let_in_is_tried_again_at_once(state: State) -> None:
    tried(2, state, ended_at=DUE, decided_at=DECIDED)
    assert watch.tick(at=DECIDED - MINUTE) is None
    assert watch.tick(at=DECIDED + MINUTE) == Night(DUE, 3)
    assert watch.tick(at=DUE + DAY - MINUTE) == Night(DUE, 3)
    assert watch.tick(at=DUE + DAY) == Night(DUE + DAY, 1)


def test_a_night_that_was_thrown_away_is_not_tried_again() -> None:
    tried(1, State.ACCEPTED, ended_at=DUE, decided_at=DECIDED)
    tried(2, State.THROWN_AWAY, ended_at=DUE + MINUTE, decided_at=DECIDED + MINUTE)
    assert watch.tick(at=DECIDED + 2 * MINUTE) is None


@pytest.mark.parametrize("state", [State.LANDED, State.WAITING, State.ACCEPTED])
def test_a_decision_is_followed_once(state: State) -> None:
    tried(1, State.ACCEPTED, ended_at=DUE, decided_at=DECIDED)
    tried(2, state, ended_at=DECIDED + 2 * MINUTE)
    assert watch.tick(at=DECIDED + 20 * MINUTE) is None


def test_a_try_after_a_decision_that_fails_is_followed_by_another() -> None:
    tried(1, State.LET_IN, ended_at=DUE, decided_at=DECIDED)
    tried(2, State.FAILED, ended_at=DECIDED + 2 * MINUTE)
    assert watch.tick(at=DECIDED + 3 * MINUTE) is None
    assert watch.tick(at=DECIDED + 22 * MINUTE) == Night(DUE, 3)


def test_a_run_by_hand_that_somebody_let_in_is_brought_in_as_a_night_of_its_own(settings: Any) -> None:
    values.choose(name="sync_time", text="", by=BY, at=DUE - DAY)
    tried(1, State.ACCEPTED, ended_at=DUE, due_at=None, decided_at=DECIDED)
    night = watch.tick(at=DECIDED + MINUTE)
    assert night == Night(DECIDED, 1)
    bring_in(night, DECIDED + MINUTE)
    assert watch.tick(at=DECIDED + 2 * MINUTE) is None
    settings.SIS = sis_address("")
    SyncRun.objects.filter(state=State.LANDED).delete()
    assert watch.tick(at=DECIDED + 2 * MINUTE) is None


def test_what_was_accepted_lands_with_the_next_look(sis: Path) -> None:
    with time_machine.travel(DUE, tick=False):
        nights.bring_in(Night(DUE, 1), at=DUE, by=BY)
        stepfather(restricted()).zip(sis)
        values.choose(name="brake_floor", text="0", by=BY, at=DUE)
        values.choose(name="brake_gains", text="0", by=BY, at=DUE)
    bring_in(Night(DUE + DAY, 1), DUE + DAY)
    run = SyncRun.objects.get(state=State.WAITING)
    waiting.accept(run=run, by=BY, at=DUE + DAY + 60 * MINUTE)
    night = watch.tick(at=DUE + DAY + 61 * MINUTE)
    assert night == Night(DUE + DAY, 2)
    bring_in(night, DUE + DAY + 61 * MINUTE)
    assert SyncRun.objects.get(due_at=DUE + DAY, attempt=2).state == State.LANDED


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that a worker has started; each goes on."""
    commands: list[tuple[str, ...]] = []

    class Goes:
        def __init__(self, *command: str, night: Night | None = None) -> None:
            commands.append(command)
            self.command, self.night, self.process, self.code = command, night, self, None

        def poll(self) -> int | None:
            return self.code

    monkeypatch.setattr("django.db.close_old_connections", lambda: None)
    monkeypatch.setattr(worker, "Child", Goes)
    return commands


def ended(child: Any, code: int = 0) -> Any:
    child.code = code
    return child


def test_a_worker_does_its_chores_after_the_night_and_one_at_a_time(
    started: list[tuple[str, ...]], settings: Any
) -> None:
    settings.SIS_LOOKUP, chores, child = settings.SIS, worker.Chores(), None
    with time_machine.travel(DUE + MINUTE, tick=False):
        child = worker.look(child, chores)
        assert worker.look(child, chores) is child and started == [("sync", "--due")]
        tried(1, State.LANDED, ended_at=DUE + MINUTE)
        for _ in range(3):
            child = worker.look(ended(child) if child else None, chores)
    assert (child, started[1:]) == (None, [("index",), ("prune",)])


@pytest.mark.parametrize(("code", "again"), [(0, timedelta(days=1)), (1, timedelta(hours=1))], ids=["done", "refused"])
def test_old_rows_are_deleted_once_a_day(started: list[tuple[str, ...]], code: int, again: timedelta) -> None:
    values.choose(name="sync_time", text="", by=BY, at=DUE - DAY)
    chores = worker.Chores()
    with time_machine.travel(DUE, tick=False) as clock:
        child = worker.look(None, chores)
        assert worker.look(ended(child, code), chores) is None
        clock.move_to(DUE + again - MINUTE)
        assert worker.look(None, chores) is None
        clock.move_to(DUE + again)
        assert worker.look(None, chores) is not None
    assert started == [("prune",)] * 2


@pytest.mark.parametrize(("code", "again"), [(0, timedelta(hours=24)), (1, timedelta(hours=1))], ids=["done", "failed"])
def test_guardians_are_told_of_birthdays_once_a_day_and_by_day(
    started: list[tuple[str, ...]], code: int, again: timedelta
) -> None:
    values.choose(name="sync_time", text="", by=BY, at=DUE - DAY)
    chores, eight = worker.Chores(prune_at=DUE + 30 * DAY), DUE + timedelta(hours=6)
    with time_machine.travel(eight - MINUTE, tick=False) as clock:
        assert worker.look(None, chores) is None
        clock.move_to(eight)
        child = worker.look(None, chores)
        assert worker.look(ended(child, code), chores) is None
        clock.move_to(eight + again - MINUTE)
        assert worker.look(None, chores) is None
        clock.move_to(eight + again)
        assert worker.look(None, chores) is not None
    assert started == [("notices",)] * 2


def test_no_chore_begins_while_somebody_syncs(started: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    tried(1, State.RUNNING, ended_at=DUE)
    monkeypatch.setattr(nights, "take_over", lambda *, at: False)
    with time_machine.travel(DUE + MINUTE, tick=False):
        assert worker.look(None, worker.Chores()) is None
    assert started == []
