"""**Let in restrictions and endings alone**: a page that asks, then the decision."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from openhouse.pages import doors, messages
from openhouse.pages.staff.sync import decision
from openhouse.roles.roles import Permission
from openhouse.sync import waiting


@doors.employee(Permission.DECIDE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks; POST lets them in."""
    run = decision.run_of(key)
    if request.method != "POST":
        return decision.ask(request, run, "let_in")
    try:
        waiting.let_in(run=run, by=request.actor, at=request.now)
    except waiting.NotWaiting:
        return decision.refused(request, run)
    at_once = _("Restrictions and endings are let in: the portal reads the SIS again within minutes for these alone.")
    later = _("Restrictions and endings are let in: the next sync that would change the same brings in these alone.")
    messages.success(request, at_once if decision.comes_at_once() else later)
    return redirect("staff:sync_run", run.key)
