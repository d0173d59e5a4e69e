"""PostgreSQL's first night takes the indexes away and builds them again, unless somebody is asking just then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from openhouse.district.models import Guardianship, Student
from openhouse.sync import databases, landing, runs
from openhouse.sync.databases import asked
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import BY, Export, night

pytestmark = [
    pytest.mark.skipif(settings.SQLITE, reason="SQLite's first night goes in by pieces"),
    pytest.mark.django_db(transaction=True),
]


def schema() -> set[tuple[str, str]]:
    """Every index and constraint of the portal, in the database's own words."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0"
            " UNION SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid::regclass::text !~ '^(pg_|stated_|staged_)'"
        )
        return set(cursor.fetchall())


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many keys there were while rows went in."""
    keys: list[int] = []
    database = databases.of(connection)
    analyze = database.analyze

    def look(asked: object, table: str, columns: Sequence[str] = ()) -> None:
        if table == "district_school" and columns:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_constraint"
                    " WHERE conrelid = 'district_guardianship'::regclass AND contype IN ('p', 'u')"
                )
                keys.append(cursor.fetchone()[0])
        analyze(connection, table, columns)

    monkeypatch.setattr(database, "analyze", look)
    return keys


def test_after_a_first_night_the_planner_knows_what_the_indexes_compute(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "MANY", 1)
    runs.land(open_package(export.zip(tmp_path / "export.zip")), at=night(1), by=BY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tablename FROM pg_stats WHERE tablename IN ('student_names', 'student_number_upper')"
        )
        assert len(cursor.fetchall()) == 2


def test_after_a_first_night_every_index_and_key_is_back(export: Export, tmp_path: Path, keys: list[int]) -> None:
    before = schema()
    runs.land(open_package(export.zip(tmp_path / "export.zip")), at=night(1), by=BY)
    assert keys == [0]
    assert schema() == before
    assert Guardianship.objects.exists()


@pytest.mark.parametrize("table", ["district_guardian", "access_pin"])
def test_a_first_night_lands_though_somebody_is_asking(
    export: Export, tmp_path: Path, keys: list[int], table: str
) -> None:
    before, other = schema(), connection.copy()
    with closing(other):
        other.set_autocommit(False)
        other.cursor().execute(f"SELECT * FROM {table}")
        runs.land(open_package(export.zip(tmp_path / "export.zip")), at=night(1), by=BY)
    assert len(keys) == 1 and keys[0] > 0
    assert schema() == before
    assert Guardianship.objects.exists()


def test_what_everybody_is_lies_where_all_processes_can_read_it(export: Export, tmp_path: Path) -> None:
    path, found = export.zip(tmp_path / "export.zip"), []
    for number in (1, 2):
        runs.land(open_package(path), at=night(number), by=BY, whole=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(DISTINCT person), sum(is_student) FROM stated_parts")
            found.append(cursor.fetchone())
    assert found[0] == found[1]
    assert found[0][0] == found[0][1] > found[0][2] == Student.objects.count() > 0


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How a page of this test connects."""
    monkeypatch.setattr(asked, "PAGES", "pages of this test")
    named = {"application_name": "pages of this test", "cursor_factory": psycopg.Cursor}
    return connection.get_connection_params() | named


def test_a_run_asks_for_no_helpers_while_pages_are_asked_for(page: dict[str, Any]) -> None:
    def helpers() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW max_parallel_workers_per_gather")
            return str(cursor.fetchone()[0])

    database = databases.of(connection)
    with database.filling(connection):
        database.seek(connection)
        assert helpers() == "1"
        with psycopg.connect(**page) as asking:
            asking.execute("SELECT 1")
            database.seek(connection)
            assert helpers() == "0"
    assert helpers() != "0"


def test_a_first_night_leaves_the_indexes_to_pages_that_are_asked_for(
    export: Export, tmp_path: Path, keys: list[int], page: dict[str, Any]
) -> None:
    with psycopg.connect(**page, autocommit=True) as asking:
        asking.execute("SELECT 1")
        runs.land(open_package(export.zip(tmp_path / "export.zip")), at=night(1), by=BY)
    assert len(keys) == 1 and keys[0] > 0
    assert Guardianship.objects.exists()
