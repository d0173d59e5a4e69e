"""The portal as a WSGI application, for granian (`openhouse serve`) or any other server.

Pages ask the same questions all day. PostgreSQL plans each once for a connection (psycopg's prepared statements): a plan often
costs more than the answer.
"""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openhouse.settings")
application = get_wsgi_application()

TIMES = 2
"""After so many times a connection prepares a question: what is asked once is not worth it."""


def _prepare(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    if connection.vendor == "postgresql":
        connection.connection.prepare_threshold = TIMES


connection_created.connect(_prepare, dispatch_uid="openhouse.wsgi")
