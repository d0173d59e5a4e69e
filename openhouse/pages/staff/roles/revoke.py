"""Ending somebody's role, with a reason that they are told."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.pages import doors, messages
from openhouse.pages.staff.roles import naming, refusal
from openhouse.roles import deciding, grants, refusals
from openhouse.roles.models import Grant
from openhouse.roles.roles import Permission


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It goes to the person by email."),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why the role ends.")},
    )


@doors.employee(Permission.DECIDE_ROLES, recently=True)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks; POST ends it. Whoever it was is without it at their next request."""
    rows = Grant.objects.filter(deciding.within(request.scope)).select_related("account")
    grant = get_object_or_404(rows, key=key)
    form = ReasonForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/roles/revoke.html", {"held": naming.placed([grant])[0], "form": form})
    try:
        reason = form.cleaned_data["reason"]
        grants.revoke(grant=grant, reason=reason, by=request.user, actor=request.actor, at=request.now)
    except refusals.Refused as refused:
        return refusal.answer(request, refused)
    messages.success(request, _("The role is ended. The person gets an email with your reason."))
    return redirect("staff:role_holders")
