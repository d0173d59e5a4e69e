"""The **Roles** tab's first page: requests that wait for this employee's decision. One's own are not among them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.pages import doors, paging
from openhouse.pages.staff.roles import naming
from openhouse.roles import deciding, requests
from openhouse.roles.roles import Permission


@doors.employee(Permission.DECIDE_ROLES)
def page(request: doors.Visit) -> HttpResponse:
    """The oldest first."""
    mine = requests.waiting().filter(deciding.within(request.scope)).exclude(account=request.user)
    shown = paging.of(request, mine)
    return render(request, "staff/roles/inbox.html", {"page": shown, "rows": naming.placed(shown)})
