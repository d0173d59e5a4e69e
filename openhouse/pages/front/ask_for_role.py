"""Asking for a role: at one school, or in a region or the whole district."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.district.models import School
from openhouse.pages import doors, messages
from openhouse.pages.choices import Radios
from openhouse.pages.staff.roles import refused_words
from openhouse.roles import places, refusals, requests
from openhouse.roles.places import Place
from openhouse.roles.roles import HELD, WHAT_FOR, Reach, Role

DISTRICT = "district"
FAR = frozenset({Reach.REGION, Reach.DISTRICT})


class RoleForm(forms.Form):
    """Which role, and why."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        widget=Radios,
        error_messages={"required": gettext_lazy("Choose a role.")},
    )
    why = forms.CharField(
        label=gettext_lazy("Why do you need it?"),
        help_text=gettext_lazy("Who decides reads this. Name no student and no family. At most 500 characters."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say why you need the role.")},
    )

    def __init__(self, *args: Any, reach: frozenset[Reach]) -> None:
        super().__init__(*args)
        held = [role for role in Role if HELD[role] & reach]
        self.fields["role"].choices = [(role.value, f"{role.label}: {WHAT_FOR[role]}") for role in held]  # type: ignore[attr-defined]


class FarForm(RoleForm):
    """Where: a region, or the whole district."""

    where = forms.ChoiceField(
        label=gettext_lazy("Where"),
        widget=Radios,
        error_messages={"required": gettext_lazy("Choose a region, or the whole district.")},
    )
    field_order = ("role", "where", "why")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args, reach=FAR)
        named = [(f"region {name}", _("Region %(name)s") % {"name": name}) for name in places.regions()]
        self.fields["where"].choices = [(DISTRICT, _("The whole district")), *named]  # type: ignore[attr-defined]


@doors.employed
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """At a school. GET shows the form; POST asks, and returns to one's requests."""
    school = get_object_or_404(School, key=key, valid_until=None)
    form = RoleForm(request.POST or None, reach=frozenset({Reach.SCHOOL}))
    if request.method == "POST" and form.is_valid() and _ask(request, form, Place(school_code=school.code)):
        return redirect("front:request_access")
    return render(request, "front/ask_for_role.html", {"form": form, "school": school})


@doors.employed
def far(request: doors.Visit) -> HttpResponse:
    """In a region or the whole district."""
    form = FarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        where = form.cleaned_data["where"]
        if _ask(request, form, Place() if where == DISTRICT else Place(region=where.removeprefix("region "))):
            return redirect("front:request_access")
    return render(request, "front/ask_for_role.html", {"form": form, "school": None})


def _ask(request: doors.Visit, form: RoleForm, place: Place) -> bool:
    role, why = Role(form.cleaned_data["role"]), form.cleaned_data["why"]
    try:
        _made, is_new = requests.ask(
            account=request.user, role=role, place=place, why=why, actor=request.actor, at=request.now
        )
    except refusals.Refused as refused:
        form.add_error("role" if isinstance(refused, refusals.Misplaced) else None, str(refused_words.of(refused)))
        return False
    sent = _("Your request was sent. You get an email when it is decided.")
    messages.success(request, sent if is_new else _("You asked for this already. It still waits."))
    return True
