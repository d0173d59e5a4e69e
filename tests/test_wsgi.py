"""The served portal gets over a database that was restarted between two requests."""

import pytest
from django.core.signals import request_started
from django.db import connection

from openhouse import wsgi  # noqa: F401 (what it does to connections)


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_ended_is_made_anew() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection that could end")
    connection.close()
    first = _backend()
    request_started.send(None)
    assert _backend() == first
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [first])
    other.close()
    request_started.send(None)
    assert _backend() != first


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
