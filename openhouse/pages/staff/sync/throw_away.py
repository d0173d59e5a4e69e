"""**Throw away** a waiting run, with a reason."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.pages import doors, messages
from openhouse.pages.staff.sync import decision
from openhouse.roles.roles import Permission
from openhouse.sync import waiting


class ReasonForm(forms.Form):
    """Why; for the console alone."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("For your colleagues. Leave names of students and guardians out."),
        error_messages={"required": gettext_lazy("Say why, in a few words.")},
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@doors.employee(Permission.DECIDE_SYNC)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks; POST throws it away."""
    run = decision.run_of(key)
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return decision.ask(request, run, "throw_away", form=form)
    try:
        waiting.throw_away(run=run, by=request.actor, at=request.now, reason=form.cleaned_data["reason"])
    except waiting.NotWaiting:
        return decision.refused(request, run)
    messages.success(request, _("Thrown away. Nothing of it was brought in."))
    return redirect("staff:sync_run", run.key)
