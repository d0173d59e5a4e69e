"""**Deactivate Account**: the help desk's, for cause or not. School staff read here whom to call."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access import activation, refusals
from openhouse.pages import doors, messages
from openhouse.pages.choices import Radios
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles.roles import Permission


class CauseForm(forms.Form):
    """For cause or not."""

    cause = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[
            ("no", gettext_lazy("Not for cause: the school may activate it again")),
            ("yes", gettext_lazy("For cause: only the help desk may activate it again")),
        ],
        widget=Radios,
        error_messages={"required": gettext_lazy("Say whether this is for cause.")},
    )


@doors.employee(Permission.ACTIVATE)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks; POST deactivates."""
    account = get_object_or_404(reach.accounts(request, Permission.ACTIVATE), key=key)
    if not reach.reaches(request, account, Permission.DEACTIVATE):
        return render(request, "staff/parents/call_help_desk.html", {"account": account})
    form = CauseForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/parents/deactivate.html", {"account": account, "form": form})
    for_cause = form.cleaned_data["cause"] == "yes"
    try:
        is_new = activation.deactivate(account=account, for_cause=for_cause, by=request.actor, at=request.now)
    except refusals.Refused as refused:
        return telling.refuse(request, account, refused)
    done = _("The parent account's activation status has been changed.")
    messages.success(request, done if is_new else _("The parent account was deactivated already. Nothing was changed."))
    return telling.back(account)
