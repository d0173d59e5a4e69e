"""One request for a role: approve it, or reject it with a reason."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.pages import doors, messages
from openhouse.pages.staff.roles import naming, refusal
from openhouse.roles import deciding, refusals, requests
from openhouse.roles.models import RoleRequest
from openhouse.roles.roles import MAY, WHAT_FOR, Permission, Role


class AnswerForm(forms.Form):
    """Yes or no; a no says why."""

    approves = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    answer = forms.CharField(label=gettext_lazy("Reason, if you reject"), max_length=300, required=False)

    def clean(self) -> None:
        """A no needs its reason: it goes to who asked."""
        if self.cleaned_data.get("approves") == "no" and not self.cleaned_data.get("answer"):
            self.add_error("answer", _("Say why you reject: the reason goes to who asked."))


@doors.employee(Permission.DECIDE_ROLES, recently=True)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET shows it, decided or not; POST decides it and returns to the list. A mail leads here, whatever one narrowed to."""
    within = deciding.within(request.scope.whole)
    rows = RoleRequest.objects.filter(within).select_related("account", "decided_by")
    asked = get_object_or_404(rows.exclude(account=request.user), key=key)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _decide(
            request, asked, approves=form.cleaned_data["approves"] == "yes", answer=form.cleaned_data["answer"]
        )
    role = Role(asked.role)
    content = {
        "asked": naming.placed([asked])[0],
        "state": requests.state(asked),
        "form": form,
        "what_for": WHAT_FOR[role],
        "would": [each.label for each in Permission if each in MAY[role]],
    }
    return render(request, "staff/roles/decide.html", content)


def _decide(request: doors.Visit, asked: RoleRequest, *, approves: bool, answer: str) -> HttpResponse:
    try:
        if approves:
            requests.approve(request=asked, by=request.user, actor=request.actor, at=request.now)
            messages.success(request, _("Approved. They get an email, and have the role from now on."))
        else:
            requests.reject(request=asked, answer=answer, by=request.user, actor=request.actor, at=request.now)
            messages.success(request, _("Rejected. They get an email with your reason."))
    except refusals.Refused as refused:
        return refusal.answer(request, refused)
    return redirect("staff:roles")
