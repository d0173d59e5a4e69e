"""**Unlock**: an account that waits after wrong tries, or is locked by them, may try again."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.access import refusals, tries
from openhouse.pages import doors, messages
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.UNLOCK)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The wrong tries are forgiven."""
    account = get_object_or_404(reach.accounts(request, Permission.UNLOCK), key=key)
    try:
        tries.unlock(account=account, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    messages.success(request, _("The account is unlocked. The parent can add a student now."))
    return redirect("staff:parent", account.key)
