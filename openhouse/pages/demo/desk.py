"""The desk of the demo's SIS, as the portal's page meets it: over HTTP, with the portal's own name and secret there."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import httpx
from django.conf import settings

SECONDS = 5.0


class DeskRefused(Exception):
    """The SIS does not run, or knows no such school or Student ID."""


def ask(what: str = "", **told: str) -> dict[str, Any]:
    """What is told to the desk (`families`, `guardians` or `mood`), or nothing; what stands there now. Raises DeskRefused."""
    if not settings.SIS_LOOKUP.place:
        raise DeskRefused
    pair = (settings.SIS_CLIENT_ID, settings.SIS_CLIENT_SECRET)
    address = urljoin(settings.SIS_LOOKUP.place, f"/desk/{what}")
    try:
        with httpx.Client(auth=pair, timeout=SECONDS, trust_env=False) as client:
            answer = client.post(address, json=told) if what else client.get(address)
    except httpx.HTTPError:
        raise DeskRefused from None
    if answer.status_code != 200:
        raise DeskRefused
    found: dict[str, Any] = answer.json()
    return found
