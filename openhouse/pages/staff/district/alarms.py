"""**Alarms**: who is told when a sync fails, waits or the data is old; a test mail; the last alarms."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from openhouse.pages import doors, messages, paging
from openhouse.roles.roles import Permission
from openhouse.sync import trial_mail
from openhouse.sync.models import Alarm


@doors.employee(Permission.SET_POLICY, recently=True)
def page(request: doors.Visit) -> HttpResponse:
    """GET lists; POST sends a test mail, and says what the mail server said where it does not take it."""
    refused = ""
    if request.method == "POST":
        try:
            sent = trial_mail.send(by=request.actor, at=request.now)
        except (trial_mail.NobodyToTell, trial_mail.NotTaken) as error:
            refused = str(error)
        else:
            messages.success(
                request, _("The mail server took a test mail to %(emails)s.") % {"emails": ", ".join(sent)}
            )
            return redirect("staff:alarms")
    shown = paging.of(request, Alarm.objects.order_by("-raised_at", "-pk"))
    content = {"page": shown, "refused": refused}
    return render(request, "staff/district/alarms.html", content, status=409 if refused else 200)
