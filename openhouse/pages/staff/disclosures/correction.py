"""A note of the disclosure record that was entered in error: it ends, with a reason, and stays to be read."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access import cautions, disclosures, refusals
from openhouse.access.disclosures import Disclosure
from openhouse.audit.trail import Subject
from openhouse.pages import doors, messages
from openhouse.pages.staff import refusal
from openhouse.roles import scope
from openhouse.roles.roles import Permission


class ReasonForm(forms.Form):
    """Why it is no longer to count."""

    reason = forms.CharField(
        label=gettext_lazy("What was wrong"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say what was wrong.")},
    )


@doors.employee(Permission.KEEP_DISCLOSURES)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks for the reason; POST ends the note."""
    noted = Disclosure.objects.filter(key=key, ended_at=None)
    student = get_object_or_404(scope.remembered(request.scope), pk__in=noted.values("student"))
    disclosure = get_object_or_404(student.disclosures, pk__in=noted)
    form = ReasonForm(request.POST or None)
    here = reverse("staff:disclosures", args=[student.key])
    try:
        cautions.refuse_own_family(by=request.actor, students=[student])
        if request.method == "POST" and form.is_valid():
            reason, by = form.cleaned_data["reason"], request.actor
            disclosures.end(disclosure=disclosure, reason=reason, employee=request.user, by=by, at=request.now)
            messages.success(request, _("Marked as entered in error. It stays in the record."))
            return redirect(here)
    except refusals.OwnFamily as refused:
        about, back = Subject(student=str(student.key)), refusal.Back(here, _("Back to the disclosure record"))
        return refusal.answer(request, refused, about=about, back=back)
    return render(request, "staff/disclosures/correction.html", {"disclosure": disclosure, "form": form})
