"""Whoever has several schools can work at one of them for now: kept in the session, and lifted with one click."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from openhouse.pages import doors, schools
from openhouse.pages.staff import typed
from openhouse.roles import scope
from openhouse.roles.roles import Permission


class SchoolForm(forms.Form):
    """The school's key, from its button."""

    school = forms.UUIDField()


@doors.employee(Permission.PICK_SCHOOL)
def page(request: doors.Visit) -> HttpResponse:
    """GET lists one's schools; POST picks one."""
    reach = scope.schools(request.scope.whole, Permission.PICK_SCHOOL)
    form = SchoolForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "staff/pick_school.html", schools.search(request, reach))
    school = get_object_or_404(reach, key=form.cleaned_data["school"])
    request.session[doors.ONLY] = [school.code, school.name]
    typed.search_anew(request)
    return redirect("front:door")


@require_POST
@doors.employee(Permission.PICK_SCHOOL)
def lift(request: doors.Visit) -> HttpResponse:
    """All of one's schools again."""
    request.session.pop(doors.ONLY, None)
    typed.search_anew(request)
    return redirect("front:door")
