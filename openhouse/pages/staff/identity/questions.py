"""**Verify by Video**, step 1: the employee types what the person says. It is compared, and forgotten."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from openhouse.access import cautions, checks, refusals
from openhouse.access.identity import Question
from openhouse.pages import doors
from openhouse.pages.dates import MemorableDateField
from openhouse.pages.staff import reached, refusal
from openhouse.roles.roles import Permission

HINTS = {
    Question.ADDRESS: _("The person's own: street and number, apartment, and city or ZIP code."),
    Question.PHONE: _("The person's own, any that the school has."),
    Question.EMERGENCY_PHONE: _("Of somebody else who is an emergency contact of the student."),
}


class SaidText(forms.CharField):
    """What the person said, or nothing: who does not know an answer leaves it blank."""

    def validate(self, value: str) -> None:
        """Anything may be said."""


class SaidDate(MemorableDateField):
    """A day, or nothing."""

    def clean(self, value: list[str] | None) -> date | None:
        """The day, None for nothing, or an error where it is no day."""
        return super().clean(value) if any(part and part.strip() for part in value or []) else None


class QuestionsForm(forms.Form):
    """The questions that policy asks. All blank is a slip of the finger, not a check."""

    use_required_attribute = False

    def __init__(self, *args: object, asked: Collection[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields = {each.value: _field(each) for each in Question if each in asked}
        first = next(iter(self.fields.values())).widget
        first = first.widgets[0] if isinstance(first, forms.MultiWidget) else first
        first.attrs["autofocus"] = not self.is_bound

    def clean(self) -> dict[str, str | date | None]:
        """What was said, by question."""
        if not self.errors and not any(self.cleaned_data.values()):
            raise forms.ValidationError(_("Type what the person says. Leave blank only what they do not know."))
        return self.cleaned_data


def _field(question: Question) -> forms.Field:
    if question is Question.BIRTH_DATE:
        return SaidDate(label=question.label)
    attributes = {"autocomplete": "off", "spellcheck": "false"}
    if question in (Question.PHONE, Question.EMERGENCY_PHONE):
        attributes |= {"inputmode": "tel", "dir": "ltr"}
    return SaidText(
        label=question.label, max_length=255, help_text=HINTS.get(question, ""), widget=forms.TextInput(attributes)
    )


@sensitive_post_parameters()
@doors.employee(Permission.VERIFY_IDENTITY)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET asks, POST compares; both say at once where there can be no check."""
    guardianship = reached.guardianship(request, Permission.VERIFY_IDENTITY, key)
    form = QuestionsForm(request.POST or None, asked=request.policy.identity_questions)
    try:
        if request.method == "POST" and form.is_valid():
            who = {"employee": request.user, "by": request.actor, "at": request.now}
            check = checks.ask(guardianship=guardianship, typed=form.cleaned_data, **who)  # type: ignore[arg-type]
            return redirect("staff:identity_check", check.key)
        left = checks.offer(guardianship=guardianship, by=request.actor, policy=request.policy, at=request.now)
    except refusals.Refused as refused:
        return refusal.page(request, guardianship, refused)
    restricted = bool(cautions.restricted([guardianship.student], request.policy))
    content = {"guardianship": guardianship, "form": form, "left": left, "restricted": restricted}
    return render(request, "staff/identity/questions.html", content)
