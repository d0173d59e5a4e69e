"""Counts the SQL statements of a request and tells them in its answer's header. Never switched on while time is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

HEADER = "X-Statements"
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET", "SELECT PG_LOGICAL_EMIT_MESSAGE")
"""The last is the second half of a look's commit: the wait for the disk (audit.commits)."""


def middleware(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Outermost, so that what is written after the snapshot counts too."""

    def answered(request: HttpRequest) -> HttpResponse:
        count = 0

        def counted(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
            nonlocal count
            count += not sql.lstrip().upper().startswith(TRANSACTION_CONTROL)
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(counted):
            response = answer(request)
        response[HEADER] = str(count)
        return response

    return answered
