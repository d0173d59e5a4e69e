"""Find a Student, by Student ID. The search is a POST: no ID ever stands in an address."""

from __future__ import annotations

import uuid

from django import forms
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from openhouse.access import redemption
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Student
from openhouse.pages import doors, enrolments
from openhouse.pages.staff import freshness, tabs
from openhouse.roles import scope
from openhouse.roles.roles import Permission


class FindForm(forms.Form):
    """One field; a scanned card types into it too."""

    student_number = forms.CharField(
        label=_("Student ID"),
        error_messages={"required": _("Enter a Student ID.")},
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false", "dir": "ltr"}),
    )


@doors.employee(Permission.FIND_STUDENTS, elsewhere=tabs.first)
def page(request: doors.Visit) -> HttpResponse:
    """Unknown, not enrolled and out of scope give one and the same message. The console's first page: who may open another
    tab only is sent there."""
    form = FindForm(request.POST or None)
    found: list[Student] = []
    searched = request.method == "POST" and form.is_valid()
    if searched:
        number = redemption.plain_number(form.cleaned_data["student_number"])
        found = list(_reach(request).filter(number__upper=number).order_by("pk"))
        _record(request, found)
    if len(found) == 1:
        return redirect("staff:found", found[0].key)
    return render(request, "staff/find.html", {"form": form, "searched": searched, "rows": found} | freshness.of())


@doors.employee(Permission.FIND_STUDENTS)
def result(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The student who was found, at an address of their own: the browser's Back comes here again without asking."""
    student = get_object_or_404(_reach(request), key=key)
    content = {"form": FindForm(), "searched": True, "rows": [student]}
    return render(request, "staff/find.html", content | freshness.of())


def _reach(request: doors.Visit) -> QuerySet[Student]:
    schools = Prefetch("enrolments", enrolments.shown(request), to_attr="current_enrolments")
    return scope.students(request.scope).prefetch_related(schools)


def _record(request: doors.Visit, found: list[Student]) -> None:
    keys = [str(student.key) for student in found]
    about = Subject(student=keys[0], names={keys[0]: found[0].name}) if len(found) == 1 else trail.NOBODY
    trail.look(
        event=Event.STUDENT_SEARCHED, by=request.actor, at=request.now, about=about, detail={"found": len(found)}
    )
