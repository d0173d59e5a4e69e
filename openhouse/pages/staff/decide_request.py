"""One request: the second employee agrees, or refuses with a reason."""

from __future__ import annotations

import uuid

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access import consents, refusals
from openhouse.access.models import Consent
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.pages import doors, messages
from openhouse.pages.staff import refusal
from openhouse.pages.staff.requests import to_decide
from openhouse.roles.roles import Permission


class DecisionForm(forms.Form):
    """Yes or no; a no says why."""

    agrees = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    reason = forms.CharField(label=gettext_lazy("Reason, if you refuse"), max_length=300, required=False)

    def clean(self) -> None:
        """A refusal needs its reason: the colleague has to tell the family something."""
        if self.cleaned_data.get("agrees") == "no" and not self.cleaned_data.get("reason"):
            self.add_error("reason", _("Say why you refuse: your colleague has to answer the family."))


@doors.employee(Permission.AGREE)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET shows it; POST decides it and returns to the list."""
    consent = next(iter(to_decide(request, consents.waiting(request.now).filter(key=key))), None)
    if consent is None:
        raise Http404
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _decide(
            request, consent, agrees=form.cleaned_data["agrees"] == "yes", reason=form.cleaned_data["reason"]
        )
    trail.look(event=Event.CONSENTS_SEEN, by=request.actor, at=request.now, about=_about(consent))
    content = {"consent": consent, "form": form, "this_one": consents.is_about_restricted(consent, request.policy)}
    return render(request, "staff/decide_request.html", content)


def _decide(request: doors.Visit, consent: Consent, *, agrees: bool, reason: str) -> HttpResponse:
    reason = "" if agrees else reason
    try:
        consents.decide(
            consent=consent, agrees=agrees, reason=reason, by=request.user, actor=request.actor, at=request.now
        )
    except refusals.Refused as refused:
        back = refusal.Back(reverse("staff:requests"), _("Back to Requests"))
        return refusal.answer(request, refused, about=_about(consent), back=back)
    messages.success(
        request, _("You agreed. Your colleague can go on now.") if agrees else _("You refused the request.")
    )
    return redirect("staff:requests")


def _about(consent: Consent) -> Subject:
    return Subject(student=str(consent.student.key), names={str(consent.student.key): consent.student.name})
