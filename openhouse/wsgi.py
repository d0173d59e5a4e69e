"""The portal as a WSGI application, for granian (`openhouse serve`) or any other server.

Pages ask the same questions all day. PostgreSQL plans each once for a connection (psycopg's prepared statements): a plan often
costs more than the answer. And whether a connection still stands is seen at its socket, without a question.

What is loaded at the start stays. Python's collector is not to look through it again and again: while it does, for a tenth of a
second, every page waits.
"""

import gc
import os
import select
import threading
import time
from typing import Any

from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.db import connection as ours
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.urls import get_resolver

from openhouse.transactions import PAGES

os.environ["PGAPPNAME"] = PAGES
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openhouse.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # every page's module
gc.collect()
gc.freeze()

TIMES = 2
"""After so many times a connection prepares a question: what is asked once is not worth it."""
LONG = 30
"""Seconds after which a connection may have died without a word."""
_last = threading.local()
"""When this thread's connection was last looked at."""


def _prepare(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "postgresql":
        connection.connection.prepare_threshold = TIMES
        connection.health_check_enabled = False  # type: ignore[attr-defined]  # `_look` does it


def _look(**_kwargs: Any) -> None:
    """Between two requests PostgreSQL says nothing but goodbye: a connection with something to read is made anew. One that was long
    without a request is asked, for what lies between may have forgotten it without a goodbye.
    """
    if ours.vendor != "postgresql" or ours.connection is None:
        return
    idle, _last.at = time.monotonic() - getattr(_last, "at", 0.0), time.monotonic()
    ours.health_check_enabled = idle > LONG  # type: ignore[attr-defined]
    waiting = select.poll()
    if not ours.connection.closed:
        waiting.register(ours.connection.pgconn.socket, select.POLLIN)
    if ours.connection.closed or waiting.poll(0):
        ours.close()


request_started.connect(_look, dispatch_uid="openhouse.wsgi")
connection_created.connect(_prepare, dispatch_uid="openhouse.wsgi")
