"""A look's commit lets the chain's lock go at once; the wait for the disk comes after it, and before the answer."""

import tempfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor
from tests.cast import NOW

WAIT = "SELECT pg_logical_emit_message"


@pytest.mark.django_db(transaction=True)
def test_a_look_holds_the_lock_until_its_commit_and_then_waits_for_the_disk() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite holds one lock for everything")
    _say("SET synchronous_commit = on")
    with CaptureQueriesContext(connection) as asked, tempfile.TemporaryFile("w+") as wire:
        connection.connection.pgconn.trace(wire.fileno())
        try:
            trail.look(event=Event.STUDENT_SEEN, by=Actor.system("test"), at=NOW)
        finally:
            connection.connection.pgconn.untrace()
        wire.seek(0)
        ends = [line for line in wire if "COMMIT" in line and "Query" in line]
    _begin, lock, insert, *_commit = [each["sql"] for each in asked]
    assert lock.endswith("FOR UPDATE") and "INSERT INTO audit_entry" in insert
    assert len(ends) == 1 and f"COMMIT; {WAIT}" in ends[0]
    assert _say("SHOW synchronous_commit") == ("on",)
    assert trail.verify().entries == 1


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_a_change_waits_for_the_disk_with_the_change() -> None:
    with CaptureQueriesContext(connection) as asked:
        trail.record(event=Event.STUDENT_SEEN, by=Actor.system("test"), at=NOW)
    assert not [each["sql"] for each in asked if "synchronous_commit" in each["sql"] or WAIT in each["sql"]]


def _say(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None
