"""What the portal answered: a line for each request in `answers` of OPENHOUSE_DIR, for a scanner does not say it.

No token is asked for: a scanner's old one would end every request before it reached what is to be tried.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse


def middleware(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Note the method, the route, the status, who was signed in and the program that asked."""
    file = os.open(settings.HOME / "answers", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def answered(request: HttpRequest) -> HttpResponse:
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        given = answer(request)
        route = request.resolver_match.route if request.resolver_match else ""
        is_signed_in = hasattr(request, "user") and request.user.is_authenticated
        by = request.headers.get("User-Agent", "").partition("/")[0].lower()
        line = [by, request.method, route, given.status_code, bool(is_signed_in)]
        os.write(file, json.dumps(line).encode() + b"\n")
        return given

    return answered


def told(folder: Path) -> Counter[tuple[str, str, str, int, bool]]:
    """How often each program got each answer of each route."""
    return Counter(tuple(json.loads(line)) for line in (folder / "answers").read_text().splitlines())
