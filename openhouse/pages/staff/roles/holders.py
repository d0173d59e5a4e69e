"""**Who may do what**: everybody who has a role that reaches one's schools, since when, until when, and from whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, paging
from openhouse.pages.staff.roles import naming
from openhouse.roles import deciding, employed
from openhouse.roles.models import Grant
from openhouse.roles.roles import Permission


@doors.employee(Permission.DECIDE_ROLES)
def page(request: doors.Visit) -> HttpResponse:
    """By name. Roles of a region or the district reach the school too: they are shown, and somebody else decides them."""
    current = Grant.objects.current(request.now).filter(employed.now("account__employee_key"))
    found = current.filter(deciding.seen(request.scope)).select_related("account", "given_by")
    shown = paging.of(request, found.order_by("account__family_name", "account__given_name", "account", "role", "pk"))
    mine = current.filter(deciding.within(request.scope), pk__in=[each.pk for each in shown])
    decided = set(mine.values_list("pk", flat=True))
    trail.look(event=Event.ROLES_SEEN, by=request.actor, at=request.now, detail={"found": shown.paginator.count})
    rows = [(each, each.row.pk in decided) for each in naming.placed(shown)]
    content = {"page": shown, "rows": rows, "roles": naming.described()}
    return render(request, "staff/roles/holders.html", content)
