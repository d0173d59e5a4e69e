"""The **District** tab's first page: its sections, each with a sentence (`tabs.SECTIONS`)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.pages import doors
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit) -> HttpResponse:
    """Those sections that the employee's roles open."""
    return render(request, "staff/district/landing.html")
