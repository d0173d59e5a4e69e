"""A few kills of the sync and of its database, and whether the trial would notice if they did any harm."""

from __future__ import annotations

import io
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from bench import chaos, cluster, families, state
from openhouse.access.models import Association, Pin
from openhouse.audit import trail
from openhouse.demo.district import DistrictPlan, write
from openhouse.district import mirror
from openhouse.sync.models import SyncRun
from tests import cast as make
from tests.sync.export import Export, Sync

DATABASE = "sqlite" if settings.SQLITE else "postgresql"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two nights of a small district."""
    exports = [tmp_path_factory.mktemp("nights") / f"night-{number}.zip" for number in chaos.NIGHTS]
    for number, path in zip(chaos.NIGHTS, exports, strict=True):
        write(path, plan=DistrictPlan(students=300, seed=3, on=date(2026, 11, 20), night=number))
    return exports


def test_kills_at_random_moments_leave_whole_nights_and_lose_nothing(nights: list[Path]) -> None:
    if DATABASE == "postgresql" and cluster.installed() is None:
        pytest.skip("no PostgreSQL server programs here that could be killed")
    found = chaos.tried(DATABASE, nights, kills=2, server_kills=1, dice=random.Random(20261120))
    assert found.wrong == []
    assert found.killed.total() == (2 if DATABASE == "sqlite" else 3)
    assert found.confirmed["pins"] > 0


@pytest.mark.skipif(settings.SQLITE, reason="SQLite has no unlogged tables")
def test_no_unlogged_table_is_made_in_the_transaction_of_a_night(sync: Sync, export: Export) -> None:
    def look(step: str, done: int, total: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relfilenode FROM pg_class WHERE relpersistence = 'u'")
            seen.append({file for (file,) in cursor.fetchall()})

    sync(export)
    seen: list[set[int]] = []
    sync(export.set("users.csv", "ana", phone="213-555-0199"), progress=look)
    assert seen[0]
    assert all(files == seen[0] for files in seen)


def test_a_mirror_with_one_other_fact_is_told_apart(sync: Sync, export: Export) -> None:
    sync(export)
    before = said()
    mirror.STUDENT.model.objects.filter(sourced_id="maya").update(middle_name="Q.")
    assert said() != before


def test_two_mirrors_of_one_night_say_the_same_whatever_was_before(sync: Sync, export: Export) -> None:
    sync(export)
    before = said()
    sync(export.set("users.csv", "ana", phone="213-555-0199"))
    assert said() != before
    sync(export.set("users.csv", "ana", phone=""))
    assert said() == before


def test_a_row_from_a_moment_at_which_no_sync_landed_is_noticed(sync: Sync, export: Export) -> None:
    sync(export)
    assert state.torn(connection.connection, "guardianship") == 0
    SyncRun.objects.update(state=SyncRun.State.DIED)
    assert state.torn(connection.connection, "guardianship") == 4


def test_the_trial_compares_every_table_of_the_mirror() -> None:
    assert list(state.ENTITIES.items()) == [(entity.name, entity.ends) for entity in mirror.ENTITIES]


def said() -> list[tuple[Any, ...]]:
    """What the mirror says, as the trial compares it."""
    return [row for name in state.ENTITIES for row in state.rows(connection.connection, name)]


@pytest.fixture
def confirmed(cast: Any) -> list[dict[str, Any]]:
    """What is noted of a PIN that was given and entered."""
    code = make.give(cast.ana_of_alma)
    association = make.redeem(cast.ana_account, cast.alma, code)
    pin = Pin.objects.get()
    return [
        {"kind": "pin", "pin": pin.pk, "guardianship": pin.guardianship_id, "head": trail.head()},
        {"kind": "association", "association": str(association.key), "pin": pin.pk, "head": trail.head()},
    ]


def lost(noted: list[dict[str, Any]]) -> list[str]:
    """What the trial would miss."""
    found: list[str] = families.check(io.StringIO("\n".join(map(json.dumps, noted))))["lost"]
    return found


def test_what_was_confirmed_and_is_there_is_not_missed(confirmed: list[dict[str, Any]]) -> None:
    assert lost(confirmed) == []


def test_an_association_that_is_gone_is_missed(confirmed: list[dict[str, Any]]) -> None:
    Association.objects.all().delete()
    assert lost(confirmed) == [f"association {confirmed[1]['association']}"]


def test_a_pin_that_is_gone_is_missed(confirmed: list[dict[str, Any]]) -> None:
    Pin.objects.all().delete()
    assert lost(confirmed) == [f"PIN {confirmed[0]['pin']}", f"use of PIN {confirmed[0]['pin']}"]


def test_an_entry_of_the_trail_that_is_gone_is_missed(confirmed: list[dict[str, Any]]) -> None:
    confirmed[0]["head"] = f"{10**6}:{'0' * 64}"
    assert lost(confirmed) == ["audit entry 1000000"]
