"""**Request access**: what an employee asked for and what came of it, the roles they have, and the way to another."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.district.models import School
from openhouse.pages import doors, schools
from openhouse.pages.staff.roles import naming
from openhouse.roles import employed, requests
from openhouse.roles.models import Grant

SHOWN = 20
"""How many requests are shown, the newest first."""


@doors.employed
def page(request: doors.Visit) -> HttpResponse:
    """Those without a role come here when they sign in; all others by their name at the top of the console."""
    held = Grant.objects.filter(account=request.user).current(request.now).order_by("role", "school_code", "region")
    content = {
        "is_employed": employed.is_employed(request.user),
        "held": naming.placed(held),
        "requests": [(row, requests.state(row.row)) for row in naming.placed(requests.of(request.user)[:SHOWN])],
        **schools.search(request, School.objects.filter(valid_until=None)),
    }
    return render(request, "front/request_access.html", content)
