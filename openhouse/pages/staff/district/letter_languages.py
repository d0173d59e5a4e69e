"""**Languages**: in which letters and slips are offered, and which of their texts a qualified translator has reviewed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.letters import languages
from openhouse.pages import doors
from openhouse.roles.roles import Permission


@doors.employee(Permission.SET_POLICY)
def page(request: doors.Visit) -> HttpResponse:
    """Every language that letters are written in."""
    offered = languages.offered(request.policy)
    rows = [(each, each in offered, each.tag in languages.REVIEWED) for each in languages.LANGUAGES]
    return render(request, "staff/district/languages.html", {"rows": rows})
