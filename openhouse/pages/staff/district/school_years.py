"""**School years**: this one and the next by their days, the summer break, and what begins and ends then."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from openhouse.pages import doors
from openhouse.policy import school_years
from openhouse.roles.roles import Permission


@doors.employee(Permission.SET_POLICY)
def page(request: doors.Visit) -> HttpResponse:
    """All of it spelled out, with a warning where the summer dates are missing, crossed or past."""
    policy, on = request.policy, timezone.localdate(request.now)
    this = school_years.at(policy, on)
    first, last = policy.summer_from, policy.summer_until
    content = {
        "this": this,
        "next": school_years.after(this),
        "missing": not (first and last),
        "crossed": bool(first and last and last < first),
        "past": bool(last and last < on),
    }
    return render(request, "staff/district/school_years.html", content)
