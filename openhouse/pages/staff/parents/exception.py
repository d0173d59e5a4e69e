"""**Add Exception**: one account may have more students than the limit. The help desk ends an exception again."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.access import limits, refusals
from openhouse.pages import doors, messages
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.LIFT_LIMITS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Added, or there already."""
    account = get_object_or_404(reach.accounts(request, Permission.LIFT_LIMITS), key=key)
    try:
        is_new = limits.lift(account=account, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    added = _("The parent account has been added as an exception.")
    messages.success(request, added if is_new else _("The parent account is an exception already."))
    return telling.back(account)


@require_POST
@doors.employee(Permission.RESTORE_LIMITS)
def remove(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Ended, or there was none."""
    account = get_object_or_404(reach.accounts(request, Permission.RESTORE_LIMITS), key=key)
    try:
        was_there = limits.restore(account=account, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    ended = _("The parent account is no exception any more. Its students stay.")
    messages.success(request, ended if was_there else _("The parent account was no exception."))
    return telling.back(account)
