"""Find a Student by name: as it begins, whatever its accents and case, and with a birth date where they are many."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect

from openhouse.district.models import Student
from openhouse.folding import Fold, begins
from openhouse.pages import doors
from openhouse.pages.staff import typed
from openhouse.pages.staff.find import NameForm, note, show
from openhouse.roles import scope
from openhouse.roles.roles import Permission

MOST = 50
"""So many are shown; where there are more, the page asks to say more."""


@doors.employee(Permission.FIND_STUDENTS)
def page(request: doors.Visit) -> HttpResponse:
    """One found: on to them. Several: on to the list."""
    form = NameForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, name_form=form)
    found = _found(request, form)
    if len(found) > 1:
        return redirect("staff:found_by_name", typed.keep(request, form))
    note(request, found)
    return redirect("staff:found", found[0].key) if found else show(request, name_form=form, rows=[], by_name=True)


@doors.employee(Permission.FIND_STUDENTS)
def listing(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The list that a search found, at an address of its own."""
    form = NameForm(typed.kept(request, key))
    if not form.is_valid():
        return redirect("staff:find")
    found = _found(request, form)
    note(request, found)
    return show(request, name_form=form, rows=found[:MOST], by_name=True, too_many=len(found) > MOST)


def _found(request: doors.Visit, form: NameForm) -> list[Student]:
    return list(named(scope.students(request.scope), form.cleaned_data)[: MOST + 1])


def named(students: QuerySet[Student], said: dict[str, Any]) -> QuerySet[Student]:
    """Those students of that name, in the order of the index that finds them."""
    names = [begins(column, said[column]) for column in ("family_name", "given_name") if said[column].strip()]
    born = Q(birth_date=said["birth_date"]) if said["birth_date"] else Q()
    return students.filter(*names, born).order_by(Fold("family_name"), Fold("given_name"), "pk")
