"""Appointing a Site Administrator: find the employee, then the school."""

from __future__ import annotations

import uuid

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.district.models import Employee, School
from openhouse.pages import doors, messages, schools
from openhouse.pages.staff.roles import refusal
from openhouse.roles import employed, grants, refusals
from openhouse.roles.places import Place
from openhouse.roles.roles import Permission, Role

MOST = 20


class EmployeeForm(forms.Form):
    """A part of the name, or the whole email."""

    employee = forms.CharField(
        label=gettext_lazy("Employee's name or email"),
        min_length=2,
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type a name or an email.")},
    )


class SchoolForm(forms.Form):
    """The school's key, from its button."""

    school = forms.UUIDField()


@doors.employee(Permission.APPOINT)
def find(request: doors.Visit) -> HttpResponse:
    """POST a name or an email: who is meant?"""
    form = EmployeeForm(request.POST or None)
    found: list[Employee] = []
    searched = request.method == "POST" and form.is_valid()
    if searched:
        found = list(employed.called(form.cleaned_data["employee"])[: MOST + 1])
        trail.look(event=Event.EMPLOYEE_SEARCHED, by=request.actor, at=request.now, detail={"found": len(found)})
    content = {"form": form, "searched": searched, "found": found[:MOST], "more": len(found) > MOST, "most": MOST}
    return render(request, "staff/roles/find_employee.html", content)


@doors.employee(Permission.APPOINT, recently=True)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """GET lists the schools; POST appoints at one of them."""
    employee = get_object_or_404(Employee, key=key, valid_until=None)
    reach = School.objects.filter(request.scope.at_schools(Permission.APPOINT), valid_until=None)
    form = SchoolForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        content = {"employee": employee, **schools.search(request, reach)}
        return render(request, "staff/roles/appoint.html", content)
    school = get_object_or_404(reach, key=form.cleaned_data["school"])
    try:
        _grant, is_new = grants.appoint(
            employee=employee, role=Role.SITE_ADMINISTRATOR, place=Place(school_code=school.code),
            by=request.user, actor=request.actor, at=request.now,
        )  # fmt: skip
    except refusals.Refused as refused:
        return refusal.answer(request, refused)
    done = _("Appointed until the school year's end.")
    messages.success(request, done if is_new else _("They are Site Administrator there already."))
    return redirect("staff:role_holders")
