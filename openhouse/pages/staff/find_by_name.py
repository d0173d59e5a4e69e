"""Find a Student by name: as it begins, whatever its accents and case, and with a birth date where they are many."""

from __future__ import annotations

import uuid
from functools import cache

from django.db.models import CharField, DateField, F, Q
from django.http import HttpResponse
from django.shortcuts import redirect

from openhouse.district.models import Student
from openhouse.folding import Fold, between, bounds
from openhouse.pages import doors
from openhouse.pages.staff import typed
from openhouse.pages.staff.find import NameForm, note, show
from openhouse.questions import Among, Given, Question
from openhouse.roles import scope
from openhouse.roles.roles import Permission

COLUMNS = ("family_name", "given_name")
MOST = 50
"""So many are shown; where there are more, the page asks to say more."""
ORDER = (Fold("family_name"), Fold("given_name"), F("pk"))
THOSE: Question[Student] = Question(lambda here: scope.students_at(here).filter(Among("pk", "found")).order_by(*ORDER))
"""Of those whom a search found, whoever is still within reach."""


@doors.employee(Permission.FIND_STUDENTS)
def page(request: doors.Visit) -> HttpResponse:
    """One found: on to them. Several: on to the list."""
    form = NameForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, name_form=form)
    found = _found(request, form)
    key = typed.keep(request, form, students=[each.pk for each in found]) if len(found) > 1 else None
    note(request, found)
    if key:
        return redirect("staff:found_by_name", key)
    return redirect("staff:found", found[0].key) if found else show(request, name_form=form, rows=[], by_name=True)


@doors.employee(Permission.FIND_STUDENTS)
def listing(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The list that a search found, at an address of its own. Where one of them is out of reach now, it searches again."""
    kept = typed.kept(request, key)
    form = NameForm(kept.words)
    if not form.is_valid():
        return redirect("staff:find")
    found = THOSE.ask(scope.here(request.scope, Permission.FIND_STUDENTS), found=kept.found.get("students", ()))
    if not kept.is_whole(found):
        found = _found(request, form)
        note(request, found)
    return show(request, name_form=form, rows=found[:MOST], by_name=True, too_many=len(found) > MOST)


def _found(request: doors.Visit, form: NameForm) -> list[Student]:
    said = form.cleaned_data
    columns = tuple(each for each in COLUMNS if said[each].strip())
    values = {name: bound for each in columns for name, bound in zip(_bounds(each), bounds(said[each]), strict=True)}
    here = scope.here(request.scope, Permission.FIND_STUDENTS)
    return _named(columns, bool(said["birth_date"])).ask(here, **values, birth_date=said["birth_date"])


@cache
def _named(columns: tuple[str, ...], born: bool) -> Question[Student]:
    """Students by some of their names, and by their birth date or not, in the order of the index that finds them."""
    names = [between(each, *(Given(bound, CharField()) for bound in _bounds(each))) for each in columns]
    day = Q(birth_date=Given("birth_date", DateField())) if born else Q()
    return Question(lambda here: scope.students_at(here).filter(*names, day).order_by(*ORDER)[: MOST + 1])


def _bounds(column: str) -> tuple[str, str]:
    return f"{column}_first", f"{column}_last"
