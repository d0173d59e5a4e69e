"""**Verify by Video**, step 2: what came of each question, and where all is well, which kind of ID was seen, and where."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from openhouse.access import checks, refusals
from openhouse.access.identity import Answer, Question
from openhouse.access.models import IdentityCheck
from openhouse.pages import doors
from openhouse.pages.choices import Radios
from openhouse.pages.staff import refusal
from openhouse.pages.staff.identity import running
from openhouse.policy.values import Policy
from openhouse.roles.roles import Permission


class DocumentForm(forms.Form):
    """What was seen, and where. There is no choice for the telephone."""

    use_required_attribute = False

    place = forms.ChoiceField(
        label=_("How did you see the person?"),
        choices=[(place.value, capfirst(place.label)) for place in IdentityCheck.Place],
        widget=Radios,
        error_messages={"required": _("Say how you saw the person.")},
    )
    document = forms.ChoiceField(
        label=_("Which ID did you see?"),
        widget=Radios,
        error_messages={"required": _("Say which ID you saw.")},
    )
    is_same = forms.BooleanField(
        label=_("I saw the person's face and the ID together. The picture and the name on it are theirs."),
        error_messages={"required": _("Confirm that the ID is the person's own, or press No ID was seen.")},
    )

    def __init__(self, *args: object, policy: Policy, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["document"].choices = [(each, capfirst(each)) for each in policy.identity_documents]  # type: ignore[attr-defined]


@doors.employee(Permission.VERIFY_IDENTITY)
@running.check
def page(request: doors.Visit, check: IdentityCheck) -> HttpResponse:
    """A check that is past this step goes on to its PIN."""
    if check.outcome == IdentityCheck.Outcome.VERIFIED:
        return redirect("staff:verified_pin", check.key)
    form = DocumentForm(_sent(request), policy=request.policy)
    try:
        if "not_seen" in request.POST:
            checks.turn_away(check=check, by=request.actor, at=request.now)
            return redirect("staff:identity_check", check.key)
        if form.is_bound and form.is_valid():
            seen = {name: form.cleaned_data[name] for name in ("place", "document")}
            checks.see(check=check, by=request.actor, at=request.now, **seen)
            return redirect("staff:verified_pin", check.key)
    except refusals.Refused as refused:
        return refusal.page(request, check.guardianship, refused)
    answers = [(Question(each), Answer(check.answers[each])) for each in Question.values if each in check.answers]
    left = checks.left(check.guardianship.guardian, policy=request.policy, at=request.now)
    content = {"check": check, "guardianship": check.guardianship, "answers": answers, "form": form, "left": left}
    return render(request, "staff/identity/document.html", content)


def _sent(request: doors.Visit) -> object:
    return request.POST if request.method == "POST" and "not_seen" not in request.POST else None
