"""The mirror's writer by itself: what it makes of a stated row."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from openhouse.district import mirror
from openhouse.district.models import School
from openhouse.sync import databases

FIRST = datetime(2026, 11, 20, 2, 0, 0, 123456, UTC)


def state(*schools: tuple[str, str], kept: tuple[str, ...] = (), night: int = 0) -> mirror.Counts:
    """Bring in schools (sourcedId, name) on a night; `kept` ones stay."""
    columns = ", ".join(f"{fact} text" for fact in ("sourced_id", *mirror.SCHOOL.facts))
    blanks = [""] * (len(mirror.SCHOOL.facts) - 2)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute(f"CREATE TEMP TABLE ready_school ({columns})")
        marks = ", ".join(["%s"] * (3 + len(blanks)))
        for sourced_id, name in schools:
            cursor.execute(
                f"INSERT INTO ready_school VALUES ({marks})", [sourced_id, f"code {sourced_id}", name, *blanks]
            )
        cursor.execute(
            "CREATE TEMP TABLE kept_school AS SELECT id FROM district_school WHERE code = %s", [*kept, "none"][:1]
        )
        counts = mirror.compare(connection, mirror.SCHOOL, ready="ready_school", kept="kept_school")
        new_key = databases.of(connection).NEW_KEY
        at = FIRST + timedelta(days=night)
        mirror.apply(connection, mirror.SCHOOL, ready="ready_school", at=at, new_key=new_key)
        for table in ("ready_school", "kept_school", "changes_school"):
            cursor.execute(f"DROP TABLE {table}")
    return counts


@pytest.mark.django_db
def test_new_rows_have_random_keys_of_version_4() -> None:
    assert state(("oak", "Oak"), ("elm", "Elm")) == mirror.Counts(new=2, changed=0, ended=0, unchanged=0, kept=0)
    keys = set(School.objects.values_list("key", flat=True))
    assert len(keys) == 2
    assert {(key.version, key.variant) for key in keys} == {(4, uuid.RFC_4122)}
    assert School.objects.get(key=keys.pop()).valid_from == FIRST


@pytest.mark.django_db
def test_each_row_is_new_changed_ended_or_unchanged() -> None:
    state(("oak", "Oak"), ("elm", "Elm"), ("ash", "Ash"))
    counts = state(("oak", "Oak"), ("elm", "Elm School"), ("fir", "Fir"), night=1)
    assert counts == mirror.Counts(new=1, changed=1, ended=1, unchanged=1, kept=0)
    past = School.objects.get(sourced_id="elm").past.get()
    assert (past.name, past.valid_from, past.valid_until) == ("Elm", FIRST, FIRST + timedelta(days=1))
    assert School.objects.get(sourced_id="ash").valid_until == FIRST + timedelta(days=1)


@pytest.mark.django_db
def test_a_kept_row_is_neither_ended_nor_changed() -> None:
    state(("oak", "Oak"), ("elm", "Elm"))
    assert state(("oak", "Oak"), kept=("code elm",), night=1) == mirror.Counts(0, 0, 0, unchanged=2, kept=1)
    assert School.objects.filter(valid_until=None).count() == 2


@pytest.mark.django_db
def test_a_row_that_returns_keeps_its_key_and_its_gap() -> None:
    state(("oak", "Oak"))
    key = School.objects.get().key
    state(night=1)
    assert state(("oak", "Oak"), night=2).new == 1
    oak = School.objects.get()
    assert (oak.key, oak.valid_from, oak.valid_until) == (key, FIRST + timedelta(days=2), None)
    assert oak.past.get().valid_until == FIRST + timedelta(days=1)


def test_the_facts_follow_from_the_models() -> None:
    assert mirror.ENROLMENT.facts == ("grade", "begin_date", "end_date")
    assert mirror.GUARDIANSHIP.keys == ("student", "guardian")
    assert all("thing_id" not in entity.facts for entity in mirror.ENTITIES)
