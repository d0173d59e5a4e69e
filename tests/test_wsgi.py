"""The served portal gets over a database that was restarted between two requests, and is known to the database by its name."""

import gc
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import connection

from openhouse import wsgi  # noqa: F401 (what it does to connections)
from openhouse.transactions import PAGES

gc.unfreeze()
os.environ.pop("PGAPPNAME", None)  # what else this process does is no page


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


@pytest.mark.skipif(settings.SQLITE, reason="SQLite has no connections with names")
def test_pages_ask_under_their_name(elsewhere: dict[str, str]) -> None:
    ask = "with connection.cursor() as asked: asked.execute('SHOW application_name'); print(asked.fetchone()[0])"
    program = f"import openhouse.wsgi\nfrom django.db import connection\n{ask}"
    environment = {name: value for name, value in elsewhere.items() if name != "PGAPPNAME"}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True)
    assert told.stdout.strip() == PAGES


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
