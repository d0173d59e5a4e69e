"""What every template knows: the district's words, and the day the data is from."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from openhouse.pages import doors
from openhouse.pages.staff import tabs


def everywhere(request: HttpRequest) -> dict[str, Any]:
    """The policy (`policy`), whether this is the demo, the portal's public address, the languages to pick from; and for employees
    the tabs, the sections of the District and Roles tabs, the `only` school they work at for now, as of when the data is, and
    what they `may`."""
    return {
        "policy": SimpleLazyObject(lambda: doors.policy(request)),
        "is_demo": settings.DEMO,
        "portal_url": settings.URL.geturl(),
        "languages": settings.LANGUAGES,
        "tabs": SimpleLazyObject(lambda: tabs.of(request)),
        "sections": SimpleLazyObject(lambda: tabs.of(request, tabs.SECTIONS)),
        "role_sections": SimpleLazyObject(lambda: tabs.of(request, tabs.ROLE_SECTIONS)),
        "only": request.scope.only if hasattr(request, "scope") else None,
        "has_several_schools": hasattr(request, "scope") and request.scope.has_several(),
        "data_as_of": request.scope.as_of if hasattr(request, "scope") else None,
        "may": request.scope.permissions if hasattr(request, "scope") else frozenset(),
    }
