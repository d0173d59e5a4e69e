"""Roles that end soon or have ended: renewed in one click, one or many at once."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openhouse.district import kin
from openhouse.pages import doors, messages, paging
from openhouse.pages.staff.roles import naming
from openhouse.roles import deciding, grants, refusals
from openhouse.roles.models import Grant
from openhouse.roles.roles import Permission


@doors.employee(Permission.DECIDE_ROLES, recently=True)
def page(request: doors.Visit) -> HttpResponse:
    """GET lists them; POST renews the one whose button was pressed, or those that were chosen, and says what came of it."""
    due = _due(request)
    if request.method == "POST":
        chosen = request.POST.getlist("only") or request.POST.getlist("grant")
        _renew(request, list(due.filter(key__in=_keys(chosen))))
        return redirect("staff:role_renewals")
    shown = paging.of(request, due)
    rows = [(each, each.row.expires_at <= request.now) for each in naming.placed(shown)]
    return render(request, "staff/roles/renewals.html", {"page": shown, "rows": rows})


def _due(request: doors.Visit) -> QuerySet[Grant]:
    """One's own are left out: somebody else renews them."""
    mine = kin.selves(request.user.employee_key).values("sourced_id")
    rows = Grant.objects.filter(deciding.within(request.scope)).exclude(account__employee_key__in=mine)
    return grants.renewable(rows, request.now).select_related("account")


def _keys(typed: list[str]) -> list[uuid.UUID]:
    found = []
    for text in typed[: paging.ROWS]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found


def _renew(request: doors.Visit, chosen: list[Grant]) -> None:
    renewed = 0
    for grant in chosen:
        try:
            grants.renew(grant=grant, by=request.user, actor=request.actor, at=request.now)
        except refusals.Refused:
            continue
        renewed += 1
    done = ngettext("%(count)s role is renewed.", "%(count)s roles are renewed.", renewed) % {"count": renewed}
    messages.success(request, done if renewed else _("Nothing was renewed: choose a role that is still on the list."))
