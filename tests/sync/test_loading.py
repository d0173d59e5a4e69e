"""PostgreSQL's first night takes the indexes away and builds them again, unless somebody is asking just then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from openhouse.district.models import Guardianship
from openhouse.sync import databases, runs
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


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Yields how many keys there were while rows went in."""
    keys: list[int] = []
    database = databases.of(connection)
    analyze = database.analyze

    def look(asked: object, table: str) -> None:
        if table == "district_school":
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_constraint WHERE conrelid = 'district_guardianship'::regclass")
                keys.append(cursor.fetchone()[0])
        analyze(connection, table)

    monkeypatch.setattr(database, "analyze", look)
    yield keys


def test_after_a_first_night_every_index_and_key_is_back(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema()
    with watched(monkeypatch) as keys:
        runs.land(open_package(export.zip(tmp_path / "export.zip")), at=night(1), by=BY)
    assert keys == [0]
    assert schema() == before
    assert Guardianship.objects.exists()


@pytest.mark.parametrize("asked", ["district_guardian", "access_pin"])
def test_a_first_night_waits_for_nobody_who_is_asking(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    before, other = schema(), connection.copy()
    with closing(other), watched(monkeypatch) as keys:
        other.set_autocommit(False)
        other.cursor().execute(f"SELECT * FROM {asked}")
        runs.land(open_package(export.zip(tmp_path / "export.zip")), at=night(1), by=BY)
    assert len(keys) == 1 and keys[0] > 0
    assert schema() == before
    assert Guardianship.objects.exists()
