"""Find a Student, by Student ID; by name in `find_by_name`. Searches are POSTs: neither ID nor name ever stands in an address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import CharField, UUIDField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from openhouse.access import redemption
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Student
from openhouse.pages import doors, enrolments
from openhouse.pages.staff import reached, tabs
from openhouse.questions import Among, Given, Question
from openhouse.roles import scope
from openhouse.roles.roles import Permission

OPENED = (Event.STUDENT_SEARCHED, Event.PIN_DETAILS_SEEN, Event.STUDENT_SEEN)
"""What makes a student one whom the employee opened."""
RECENT = 8
PLAIN = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})

BY_NUMBER = Question(
    lambda here: scope.students_at(here).filter(number__upper=Given("number", CharField())).order_by("pk")
)
THOSE: Question[Student] = Question(lambda here: scope.students_at(here).filter(Among("key", "found", UUIDField())))


class FindForm(forms.Form):
    """One field; a scanned card types into it too."""

    student_number = forms.CharField(
        label=_("Student ID"),
        error_messages={"required": _("Enter a Student ID.")},
        max_length=255,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}),
    )


class NameForm(forms.Form):
    """First name, last name, or both, as they begin; and the birth date where they are many."""

    given_name = forms.CharField(label=_("First Name"), max_length=128, required=False, widget=PLAIN)
    family_name = forms.CharField(label=_("Last Name"), max_length=128, required=False, widget=PLAIN)
    birth_date = forms.DateField(
        label=_("Date of Birth"),
        required=False,
        error_messages={"invalid": _("Enter a real date.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean(self) -> None:
        """A name of two letters at least: one alone, or a birth date alone, would find half a school."""
        names = [self.cleaned_data.get(each, "").strip() for each in ("given_name", "family_name")]
        if not any(names) or any(len(each) == 1 for each in names):
            raise forms.ValidationError(
                _("Enter at least 2 characters of the first name, the last name, or each of them.")
            )


@doors.employee(Permission.FIND_STUDENTS, elsewhere=tabs.first)
def page(request: doors.Visit) -> HttpResponse:
    """Unknown, not enrolled and out of scope give one and the same message. The console's first page: who may open another
    tab only is sent there."""
    form = FindForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(request, form=form)
    number = redemption.plain_number(form.cleaned_data["student_number"])
    found = BY_NUMBER.ask(scope.here(request.scope, Permission.FIND_STUDENTS), number=number)
    note(request, found)
    if len(found) == 1:
        return redirect("staff:found", found[0].key)
    return show(request, form=form, rows=found)


@doors.employee(Permission.FIND_STUDENTS)
def result(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The student who was found, at an address of their own: the browser's Back comes here again without asking."""
    return show(request, rows=[reached.student(request, Permission.FIND_STUDENTS, key)])


def show(request: doors.Visit, *, rows: Sequence[Student] | None = None, **content: Any) -> HttpResponse:
    """The page: both searches, and what one of them found (`rows`; None before a search) or whom this employee opened last.

    The next step has the focus: Pin Details of the one who was found, else the Student ID.
    """
    searched, is_one = rows is not None, rows is not None and len(rows) == 1
    enrolments.put_on(rows := list(recent(request) if rows is None else rows), request)
    page: dict[str, Any] = {"form": FindForm(), "name_form": NameForm(), "searched": searched, "is_one": is_one}
    page |= {"rows": rows} | content
    page["form"].fields["student_number"].widget.attrs["autofocus"] = not is_one
    return render(request, "staff/find.html", page)


def recent(request: doors.Visit) -> list[Student]:
    """Whom this employee opened last and may still open, the last first."""
    keys = trail.recent(request.actor, OPENED, limit=RECENT)
    if not keys:
        return []
    rows = THOSE.ask(scope.here(request.scope, Permission.FIND_STUDENTS), found=keys)
    found = {str(each.key): each for each in rows}
    return [found[key] for key in keys if key in found]


def note(request: doors.Visit, found: Sequence[Student]) -> None:
    """Put a search on the trail: whom it found if it is one, else how many."""
    keys = [str(student.key) for student in found]
    about = Subject(student=keys[0], names={keys[0]: found[0].name}) if len(found) == 1 else trail.NOBODY
    trail.look(
        event=Event.STUDENT_SEARCHED,
        by=request.actor,
        at=request.now,
        about=about,
        detail={"found": len(found)},
        along=request.session.keep,
    )
