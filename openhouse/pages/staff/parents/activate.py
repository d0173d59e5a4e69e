"""**Activate Account**, by school staff and by the help desk."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from openhouse.access import activation, refusals
from openhouse.access.activation import Activated
from openhouse.pages import doors, messages
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.ACTIVATE)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Only who may deactivate lifts a deactivation for cause."""
    account = get_object_or_404(reach.accounts(request, Permission.ACTIVATE), key=key)
    over_cause = reach.reaches(request, account, Permission.DEACTIVATE)
    try:
        done = activation.activate(account=account, over_cause=over_cause, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    messages.success(request, _told(done, request.policy.inactivity_days))
    return telling.back(account)


def _told(done: Activated, days: int) -> str:
    if not done.is_new:
        return _("The parent account was active already. Nothing was changed.")
    text = _("The parent account's activation status has been changed.")
    if not done.asked_to_revalidate:
        return text
    why = ngettext(
        "Nobody signed in to it for more than %(days)s days: %(count)s student has to be validated with a new PIN.",
        "Nobody signed in to it for more than %(days)s days: %(count)s students have to be validated with new PINs.",
        done.asked_to_revalidate,
    )
    return f"{text} {why % {'days': days, 'count': done.asked_to_revalidate}}"
