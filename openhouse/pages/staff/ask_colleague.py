"""Asking a second person to agree, from the page that said that one is needed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from openhouse.access import associations, consents, merging, refusals
from openhouse.access.models import Act, Consent
from openhouse.accounts.models import Account
from openhouse.audit.trail import NOBODY
from openhouse.district.models import Guardian, Student
from openhouse.pages import doors, messages
from openhouse.pages.staff import reached, refusal
from openhouse.pages.staff.parents import reach
from openhouse.roles import colleagues
from openhouse.roles.roles import Permission

NEEDS = {
    Act.GIVE_PIN: Permission.VERIFY_IDENTITY,
    Act.NEW_PIN: Permission.VERIFY_IDENTITY,
    Act.ADD: Permission.GIVE_PINS,
    Act.ACTIVATE: Permission.ACTIVATE,
    Act.EXCEPTION: Permission.LIFT_LIMITS,
    Act.TIE: Permission.MAKE_TIES,
    Act.MERGE: Permission.MAKE_TIES,
    Act.FACTORS: Permission.REMOVE_FACTORS,
}
"""What an employee must be allowed anyway to ask for a second person's word on it. PINs are given at the counter, and by whoever
verifies an identity by video."""


class AskForm(forms.Form):
    """What is to be done, and about whom: the keys of a guardianship, or of an account, with a guardian to tie it to, or with
    another account to merge into it."""

    act = forms.ChoiceField(choices=Act.choices)
    guardianship = forms.UUIDField(required=False)
    account = forms.UUIDField(required=False)
    guardian = forms.UUIDField(required=False)
    other = forms.UUIDField(required=False)


@dataclass(frozen=True)
class About:
    """Whom an act is about."""

    students: list[Student]
    guardian: Guardian | None
    account: Account | None
    other: Account | None = None


@require_POST
@doors.employee(Permission.SEE_REQUESTS)
def page(request: doors.Visit) -> HttpResponse:
    """POST asks, and returns to Requests."""
    form = AskForm(request.POST)
    if not form.is_valid() or not request.scope.allows(NEEDS[Act(form.cleaned_data["act"])]):
        raise Http404
    act, about = Act(form.cleaned_data["act"]), _about(request, form.cleaned_data)
    try:
        found = consents.ask(
            act=act, students=about.students, guardian=about.guardian, account=about.account, other=about.other,
            by=request.user, actor=request.actor, at=request.now,
        )  # fmt: skip
    except refusals.Refused as refused:
        back = refusal.Back(reverse("staff:requests"), _("Back to Requests"))
        return refusal.answer(request, refused, about=NOBODY, back=back)
    messages.success(request, _told(request, found))
    return redirect("staff:requests")


def _told(request: doors.Visit, found: list[Consent]) -> str:
    """That it waits; of what was asked before, since when and who can decide it."""
    earlier = [each for each in found if each.asked_at < request.now]
    if not earlier:
        return _("Your request waits for a colleague. When they have agreed, do it again.")
    if all(each.agreed for each in found):
        return _("A colleague has agreed to this already. Do it again now.")
    acts = [(each.student, request.user) for each in earlier]
    able = colleagues.of_each(acts, policy=request.policy, at=request.now).values()
    names = ", ".join(dict.fromkeys(each.name for each in chain.from_iterable(able)))
    since = date_format(timezone.localtime(earlier[0].asked_at), "SHORT_DATETIME_FORMAT")
    text = _("You asked for this on %(since)s, and it still waits. These colleagues can decide it: %(names)s.")
    return text % {"since": since, "names": names}


def _about(request: doors.Visit, asked: dict[str, Any]) -> About:
    if asked["guardianship"]:
        pair = reached.guardianship(request, NEEDS[Act(str(asked["act"]))], asked["guardianship"])
        return About([pair.student], pair.guardian, None)
    if asked["other"]:
        keeps, gives = (get_object_or_404(reach.mergeable(request), key=asked[name]) for name in ("account", "other"))
        return About(merging.family_of(keeps, gives), None, keeps, gives)
    account = get_object_or_404(reach.accounts(request), key=asked["account"])
    if asked["guardian"]:
        guardians = reach.guardians(request, Permission.MAKE_TIES)
        guardian = get_object_or_404(guardians, key=asked["guardian"], valid_until=None)
        of_guardian = {"guardianships__guardian": guardian, "guardianships__valid_until": None}
        return About(list(Student.objects.filter(**of_guardian)), guardian, account)
    return About(list(associations.students_of(account)), None, account)
