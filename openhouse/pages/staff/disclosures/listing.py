"""A student's **Disclosure record**: who asked for the record or got of it, printable, and a form to note one more."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.access import cautions, disclosures, refusals
from openhouse.access.disclosures import Basis
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.pages import doors, messages
from openhouse.pages.staff import refusal
from openhouse.roles import scope
from openhouse.roles.roles import Permission

FOR_AN_EMERGENCY = (
    ("threat", gettext_lazy("Say what the threat was.")),
    ("recipients", gettext_lazy("Say who got it.")),
)


def _text(label: Any, *, most: int = 1000, hint: Any = "", required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, help_text=hint, required=required, widget=forms.Textarea(attrs={"rows": rows})
    )


class NoteForm(forms.Form):
    """What 34 CFR 99.32 asks for."""

    on = forms.DateField(
        label=gettext_lazy("Date"),
        error_messages={"invalid": gettext_lazy("Enter a real day.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    party = forms.CharField(
        label=gettext_lazy("Who asked, or got it"),
        max_length=300,
        help_text=gettext_lazy("The person and their agency."),
    )
    interest = _text(gettext_lazy("Their legitimate interest"), required=True)
    basis = forms.ChoiceField(
        label=gettext_lazy("What allows it"), choices=[("", gettext_lazy("Choose one")), *Basis.choices]
    )
    what = _text(
        gettext_lazy("What was disclosed"), hint=gettext_lazy("Leave it empty only where the request was refused.")
    )
    threat = _text(gettext_lazy("The threat"), hint=gettext_lazy("For a health or safety emergency only."))
    recipients = _text(
        gettext_lazy("Who got it in the emergency"), hint=gettext_lazy("For a health or safety emergency only.")
    )
    is_withheld = forms.BooleanField(label=gettext_lazy("A court ordered that the family is not told"), required=False)

    def __init__(self, given: QueryDict | None, *, today: date) -> None:
        super().__init__(given, initial={"on": today})
        self.today = today

    def clean_on(self) -> date:
        """A disclosure has happened."""
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError(_("This day is still to come."))
        return on

    def clean(self) -> None:
        """What each basis needs."""
        given = self.cleaned_data
        if given.get("basis") and given["basis"] != Basis.REFUSED and not given.get("what"):
            self.add_error("what", _("Say what was disclosed."))
        for name, words in FOR_AN_EMERGENCY if given.get("basis") == Basis.EMERGENCY else ():
            if not given.get(name):
                self.add_error(name, words)
        if given.get("is_withheld") and given.get("basis") != Basis.COURT:
            self.add_error("is_withheld", _("Only a court order or a subpoena can say so."))


@doors.employee(Permission.KEEP_DISCLOSURES)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET shows it, which is on record; POST notes one more. Nobody keeps the record of their own family."""
    student = get_object_or_404(scope.remembered(request.scope), key=key)
    about = Subject(student=str(student.key), names={str(student.key): student.name})
    form = NoteForm(request.POST or None, today=timezone.localdate(request.now))
    try:
        cautions.refuse_own_family(by=request.actor, students=[student])
        if request.method == "POST" and form.is_valid():
            disclosures.note(
                student=student, employee=request.user, by=request.actor, at=request.now, **form.cleaned_data
            )
            messages.success(request, _("Noted in the disclosure record."))
            return redirect("staff:disclosures", student.key)
    except refusals.OwnFamily as refused:
        return refusal.answer(request, refused, about=about, back=_back())
    trail.look(event=Event.DISCLOSURES_SEEN, by=request.actor, at=request.now, about=about)
    content = {"student": student, "form": form, "rows": disclosures.of(student), "now": request.now}
    return render(request, "staff/disclosures/listing.html", content)


def _back() -> refusal.Back:
    return refusal.Back(reverse("staff:requests"), _("Back to Requests"))
