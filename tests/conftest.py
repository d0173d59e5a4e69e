"""What all tests share: a home of their own, a database that can be emptied, a clock, the cast, browsers without a browser.

The home is made before Django reads its settings, one for each process, so that no test ever meets a developer's own
OPENHOUSE_DIR. DATABASE_URL decides the database; without one it is an SQLite file, because races need real connections.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

HOME = Path(tempfile.mkdtemp(prefix="openhouse-tests-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith("OPENHOUSE_")]:
    del os.environ[name]
os.environ["OPENHOUSE_DIR"] = str(HOME)
(HOME / "static").mkdir()

import hypothesis  # noqa: E402
import pytest  # noqa: E402
import time_machine  # noqa: E402
from django.conf import settings as django_settings  # noqa: E402

with mock.patch.dict(
    os.environ, DJANGO_SETTINGS_MODULE="openhouse.settings"
):  # each worker's own conftest names it again
    if django_settings.SQLITE:
        django_settings.DATABASES["default"]["TEST"] = {"NAME": str(HOME / "tests.sqlite3")}
    else:  # nobody needs a test's rows after a power cut
        django_settings.DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"
django_settings.STORAGES = django_settings.STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
django_settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}

hypothesis.settings.register_profile("house", deadline=None, database=None, print_blob=False)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def emptying() -> Iterator[None]:
    """Let transactional tests empty the tables although the trail's triggers refuse it, and begin the chain anew.

    PostgreSQL's TRUNCATE waits a second for the disk each time; for a test's few rows DELETE does not.
    """
    from django.db import connection

    from openhouse.audit import trail, triggers

    ops = type(connection.ops)
    flush, vendor = ops.sql_flush, connection.vendor
    head = f"INSERT INTO audit_head (id, position, digest) VALUES (1, 0, '{trail.START}')"

    def unlocked(self: Any, style: Any, tables: list[str], **kwargs: Any) -> list[str]:
        deletes = [f"DELETE FROM {self.quote_name(table)}" for table in tables]
        emptied = deletes if vendor == "postgresql" else flush(self, style, tables, **kwargs)
        return [*triggers.DROP[vendor], *emptied, *triggers.CREATE[vendor], head]

    with mock.patch.object(ops, "sql_flush", unlocked):
        yield


@pytest.fixture
def cast(db: None) -> Any:
    """Everybody of `tests.cast`, in the tables of this test."""
    from tests.cast import Cast

    return Cast()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time stands at `cast.NOW`; `clock.shift(seconds)` and `clock.move_to(instant)` move it."""
    from tests.cast import NOW

    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def elsewhere(transactional_db: None) -> dict[str, str]:
    """The environment in which another process meets this test's own database."""
    from django.db import connection

    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{settings['NAME']}"
    else:
        host = f"{settings['HOST']}:{settings['PORT']}" if settings["PORT"] else settings["HOST"]
        user = f"{settings['USER']}:{settings['PASSWORD']}@" if settings["USER"] else ""
        url = f"postgresql://{user}{host}/{settings['NAME']}"
    return dict(os.environ) | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "openhouse.settings"}


type Visit = Callable[..., Any]


@pytest.fixture
def visit(clock: None, db: None, django_capture_on_commit_callbacks: Any) -> Visit:
    """`visit(account)` gives Django's test client, signed in as that account (or nobody), with the work after commits done."""
    from django.test import Client

    from openhouse.accounts import actor

    class Visitor(Client):
        def request(self, **request: Any) -> Any:
            with django_capture_on_commit_callbacks(execute=True):
                return super().request(**request)

    def visit(account: Any = None) -> Client:
        client = Visitor()
        if account is not None:
            kind = "GuardianBackend" if account.is_guardian else "EmployeeBackend"
            with mock.patch.object(
                actor, "address_of", return_value="127.0.0.1"
            ):  # the client's own request has no address
                client.force_login(account, backend=f"openhouse.accounts.backends.{kind}")
        return client

    return visit
