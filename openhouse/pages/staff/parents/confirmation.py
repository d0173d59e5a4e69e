"""**Resend the confirmation mail** to a guardian who has not confirmed their email."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.accounts import confirmation
from openhouse.pages import doors, messages
from openhouse.pages.staff.parents import reach
from openhouse.roles.roles import Permission


@require_POST
@doors.employee(Permission.SEARCH_PARENTS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Queued, or not needed."""
    account = get_object_or_404(reach.accounts(request), key=key)
    is_sent = confirmation.remind(account=account, by=request.actor, at=request.now)
    sent = _("The mail is on its way. The parent signs in, and enters the code that then arrives.")
    not_sent = _("No mail was sent: one was sent a moment ago, or there is nothing to confirm.")
    messages.success(request, sent if is_sent else not_sent)
    return redirect("staff:parent", account.key)
