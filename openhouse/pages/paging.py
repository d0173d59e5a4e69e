"""Long lists, some rows at a time: `?page=` counts from 1, and a number that is none shows the nearest there is."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

ROWS = 50


def of(request: HttpRequest, rows: Any, size: int = ROWS) -> Page[Any]:
    """The rows of the page that the address asks for."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
