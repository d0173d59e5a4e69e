"""On SQLite the first night goes in by pieces that no page sees, and nothing of it is left where it does not land."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from openhouse.district import mirror as district
from openhouse.sync import databases, runs
from openhouse.sync.databases import hidden
from openhouse.sync.report import Report
from openhouse.sync.sources.oneroster_csv import open_package
from openhouse.transactions import begin_writing
from tests.sync.export import BY, Export, Sync, mirror, night

pytestmark = pytest.mark.skipif(not settings.SQLITE, reason="PostgreSQL's writers do not wait for each other")
BOOKKEEPING = ("id", "key", "student_id", "guardian_id", "school_id", "thing_id")


def land(path: Path) -> Report:
    """The first night."""
    return runs.land(open_package(path), at=night(1), by=BY)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[list[int]]:
    """Pieces of one row. Yields how many students pages saw after each."""
    seen: list[int] = []

    def look(_seconds: float) -> None:
        seen.append(district.STUDENT.model.objects.count())

    monkeypatch.setattr(hidden, "FIRST", 1)
    monkeypatch.setattr(hidden, "MOST", 1)
    monkeypatch.setattr(hidden, "sleep", look)
    yield seen


def schema() -> set[tuple[str, ...]]:
    """Every table and index there is, in the database's own words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, tbl_name, COALESCE(sql, '') FROM sqlite_master")
        return set(cursor.fetchall())


def facts() -> dict[str, list[Any]]:
    """What the mirror says, whatever the keys."""
    return {
        name: sorted(repr({key: value for key, value in row.items() if key not in BOOKKEEPING}) for row in rows)
        for name, rows in mirror().items()
    }


@pytest.mark.django_db(transaction=True)
def test_a_first_night_by_pieces_is_the_night_at_once(export: Export, tmp_path: Path, small: list[int]) -> None:
    path, before = export.zip(tmp_path / "export.zip"), schema()
    with transaction.atomic():
        land(path)
        at_once = facts()
        transaction.set_rollback(True)
    assert small == []
    land(path)
    assert len(small) > 10 and set(small) == {0}
    assert facts() == at_once and at_once["Guardianship"]
    assert schema() == before


@pytest.mark.django_db(transaction=True)
def test_others_write_between_two_pieces(
    export: Export, tmp_path: Path, small: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("CREATE TABLE written (word text)")

    def write(_seconds: float) -> None:
        begin_writing(other, patience=0)
        other.execute("INSERT INTO written VALUES ('between')")
        other.execute("COMMIT")

    monkeypatch.setattr(hidden, "sleep", write)
    land(export.zip(tmp_path / "export.zip"))
    assert other.execute("SELECT count(*) FROM written").fetchone()[0] > 10
    other.execute("DROP TABLE written")
    other.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dies", [False, True])
def test_a_first_night_that_is_broken_off_leaves_nothing(
    dies: bool, export: Export, tmp_path: Path, small: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = export.zip(tmp_path / "export.zip"), schema()

    def stop(_seconds: float) -> None:
        small.append(0)
        if len(small) > 5:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(hidden, "sleep", stop)
        if dies:  # nobody who was killed puts anything right
            patch.setattr(hidden, "mend", lambda _connection: None)
        with pytest.raises(KeyboardInterrupt):
            land(path)
    assert (schema() != before) is dies and not any(mirror().values())
    with databases.of(connection).alone(connection):
        assert schema() == before and not any(mirror().values())
    assert land(path).total("new") == 16 and schema() == before


@pytest.mark.django_db(transaction=True)
def test_a_mirror_with_rows_is_never_hidden(sync: Sync, export: Export, small: list[int]) -> None:
    sync(export)
    small.clear()
    sync(export.set("users.csv", "maya", givenName="Mayita"))
    assert small == []


@pytest.mark.django_db(transaction=True)
def test_a_writer_begins_as_soon_as_the_other_one_is_done() -> None:
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    begin_writing(other, patience=0)
    connection.ensure_connection()
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        begin_writing(connection.connection, patience=0.05)
    threading.Timer(0.2, other.execute, ["COMMIT"]).start()
    began = time.monotonic()
    with transaction.atomic():
        waited = time.monotonic() - began
    assert 0.05 < waited < 5
    other.close()
