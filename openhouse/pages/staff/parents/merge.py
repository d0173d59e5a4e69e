"""Merging two accounts of one person: one stays, the other's students and ties move to it, and it is deactivated."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from openhouse.access import merging, refusals
from openhouse.access.merging import Merged
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors, messages
from openhouse.pages.choices import Radios
from openhouse.pages.staff.parents import reach, students, telling
from openhouse.pages.staff.parents.identity import IdentityForm
from openhouse.policy.values import Policy
from openhouse.roles import scope
from openhouse.roles.roles import Permission


class EmailForm(forms.Form):
    """The other account's email."""

    email = forms.EmailField(
        label=gettext_lazy("Email of the other account"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false", "dir": "ltr"}),
    )


class MergeForm(IdentityForm):
    """Which account stays, and staff's word."""

    stays = forms.ChoiceField(
        label=gettext_lazy("Which account stays?"),
        widget=Radios,
        error_messages={"required": gettext_lazy("Choose the account that stays.")},
    )
    field_order = ("stays",)

    def __init__(self, *args: object, pair: tuple[Account, Account], policy: Policy) -> None:
        super().__init__(*args, policy=policy)
        self.fields["stays"].choices = [(str(each.key), each.email) for each in pair]  # type: ignore[attr-defined]


@doors.employee(Permission.MAKE_TIES)
def find(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """POST the other account's exact email: on to both, side by side."""
    account = get_object_or_404(reach.mergeable(request), key=key)
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = reach.by_email(request, form.cleaned_data["email"].lower())
        detail = {"found": len(found), "by": "email"}
        trail.look(event=Event.PARENT_SEARCHED, by=request.actor, at=request.now, detail=detail)
        other = reach.mergeable(request).filter(pk__in=[each.pk for each in found]).exclude(pk=account.pk).first()
        if other is not None:
            return redirect("staff:merge_accounts", account.key, other.key)
        form.add_error("email", _why_not(account, found))
    return render(request, "staff/parents/find_other.html", {"account": account, "form": form})


def _why_not(account: Account, found: Sequence[Account]) -> str:
    """Why what was found by email cannot be merged with this account."""
    if account in found:
        return _("This is the email of this account. Enter the other one's.")
    if found:
        return _(
            "The students of the account with this email go to schools that are not yours. One of those can merge it."
        )
    return _("No account has this email.")


@doors.employee(Permission.MAKE_TIES)
def page(request: doors.Visit, key: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    """GET shows both; POST merges."""
    one = get_object_or_404(reach.mergeable(request), key=key)
    two = get_object_or_404(reach.mergeable(request).exclude(pk=one.pk), key=other)
    pair = one, two
    form = MergeForm(request.POST or None, pair=pair, policy=request.policy)
    if request.method != "POST" or not form.is_valid():
        return _show(request, pair, form)
    keeps, gives = pair if form.cleaned_data["stays"] == str(one.key) else (two, one)
    within = scope.students(request.scope, Permission.MAKE_TIES)
    try:
        done = merging.merge(
            keeps=keeps, gives=gives, within=within, identity=form.cleaned_data["document"],
            by=request.actor, at=request.now,
        )  # fmt: skip
    except refusals.Refused as refused:
        return telling.refuse(request, keeps, refused)
    messages.success(request, _told(done))
    return redirect("staff:parent", keeps.key)


def _show(request: doors.Visit, pair: tuple[Account, ...], form: MergeForm) -> HttpResponse:
    for account in pair:
        telling.look(request, Event.PARENT_STUDENTS_SEEN, account)
    sides = [(account, students.rows(request, account, standings=True)) for account in pair]
    return render(request, "staff/parents/merge.html", {"account": pair[0], "sides": sides, "form": form})


def _told(done: Merged) -> str:
    moved = ngettext(
        "The accounts are merged. %(count)s student moved to this one.",
        "The accounts are merged. %(count)s students moved to this one.",
        done.moved,
    ) % {"count": done.moved}
    asked = ngettext(
        "%(count)s of them has to be validated with a new PIN.",
        "%(count)s of them have to be validated with new PINs.",
        done.asked_to_revalidate,
    ) % {"count": done.asked_to_revalidate}
    return f"{moved} {asked}" if done.asked_to_revalidate else moved
