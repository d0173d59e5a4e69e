"""Who would gain or lose access by a run that waits or was rehearsed, restricted students first."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.access import foresight
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, paging
from openhouse.pages.staff.sync.run import FORESEEN
from openhouse.roles.roles import Permission
from openhouse.sync.models import SyncRun

MOST = 2000


@doors.employee(Permission.SEE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Guardians first, then the parent accounts that would notice. Each look is on record."""
    run = get_object_or_404(SyncRun, key=key)
    if run.state not in FORESEEN:
        raise Http404
    foreseen = foresight.of(run=run, at=request.now, most=MOST)
    shown = paging.of(request, foreseen.pairs)
    keys = {each.account for each in foreseen.shifts}
    emails = dict(Account.objects.filter(key__in=keys).values_list("key", "email"))
    shifts = [(each, emails.get(each.account, "")) for each in foreseen.shifts]
    detail = {"run": run.pk, "what": "access", "page": shown.number}
    trail.look(event=Event.SYNC_SEEN, by=request.actor, at=request.now, detail=detail)
    content = {"run": run, "foreseen": foreseen, "page": shown, "shifts": shifts}
    content["left_out"] = foreseen.gains + foreseen.losses - shown.paginator.count
    return render(request, "staff/sync/access.html", content)
