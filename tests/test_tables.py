"""The tables are changed by one process at a time, and never while a sync goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from openhouse import cli, tables
from openhouse.sync import databases


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> list[str]:
    """The commands that are called, which do nothing; migrations are missing until one is called."""
    called: list[str] = []
    monkeypatch.setattr(tables, "call_command", lambda name, **_options: called.append(name))
    monkeypatch.setattr(tables, "is_behind", lambda: "migrate" not in called)
    monkeypatch.setattr(databases.time, "sleep", lambda _seconds: None)
    return called


def test_where_nothing_is_missing_nobody_waits(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "alone", lambda: pytest.fail("nothing is missing"))
    assert not tables.is_behind()
    tables.bring_up_to_date()


def test_what_is_missing_is_changed_once(commands: list[str]) -> None:
    tables.bring_up_to_date()
    tables.bring_up_to_date()
    assert commands.count("migrate") == 1


def test_while_a_sync_goes_on_nothing_is_changed(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PATIENCE", 0)
    other: Any = connection.copy()
    with databases.of(connection).alone(other) as alone, pytest.raises(SystemExit, match="a sync is going on"):
        assert alone
        tables.bring_up_to_date()
    other.close()
    assert "migrate" not in commands


def test_it_waits_until_whoever_was_first_is_done(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    other: Any = connection.copy()
    held = databases.of(connection).alone(other)
    assert held.__enter__()
    monkeypatch.setattr(databases.time, "sleep", lambda _seconds: held.__exit__(None, None, None))
    tables.bring_up_to_date()
    assert commands.count("migrate") == 1
    other.close()


def test_whoever_changes_tables_by_hand_waits_too(commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "PATIENCE", 0)
    other: Any = connection.copy()
    with databases.of(connection).alone(other), pytest.raises(SystemExit, match="a sync is going on"):
        cli.main(["manage", "migrate"])
    other.close()
    assert cli.main(["manage", "migrate", "--check"]) == 0
