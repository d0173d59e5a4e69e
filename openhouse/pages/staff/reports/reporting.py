"""The **Reporting** tab: the **Registered Parents Report**, and the district's own dashboards where policy names them."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.pages import doors
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEE_REPORTS)
def page(request: doors.Visit) -> HttpResponse:
    """Links alone. The district's own are elsewhere, so the page says where."""
    content = {"elsewhere": urlsplit(request.policy.reports_address).hostname or ""}
    return render(request, "staff/reports/reporting.html", content)
