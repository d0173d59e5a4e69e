"""What a report's address asks for: a school within the employee's reach, and rows of a list. Nothing personal stands in it."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from openhouse.access.pins import State
from openhouse.district.models import School
from openhouse.pages import doors
from openhouse.reports.registered_parents import Filters, RegisteredParents
from openhouse.roles import scope
from openhouse.roles.roles import Permission
from openhouse.roles.scope import Scope

NO_GRADE = "(blank)"
"""How an address says the grade of students whose grade the SIS leaves blank."""
STATES = [("", _("All")), *State.choices[:1], ("given", _("Given")), *State.choices[1:]]
REGISTERED = {
    "students": [("", _("All")), ("yes", _("With a registered guardian")), ("no", _("Without one"))],
    "guardians": [
        ("", _("All")), ("yes", _("Registered")), ("no", _("Not registered")), ("new", _("New this week")),
    ],
}  # fmt: skip


class FilterForm(forms.Form):
    """Which rows of a list. The grades are the school's own."""

    grade = forms.ChoiceField(label=_("Grade"), required=False)
    pin = forms.ChoiceField(label=_("Pin"), required=False, choices=STATES)
    registered = forms.ChoiceField(label=_("Registered"), required=False)

    def __init__(self, data: Any, *, rows: str, grades: list[str]) -> None:
        super().__init__(data)
        named = [(grade or NO_GRADE, grade or _("No grade")) for grade in grades]
        self.fields["grade"].choices = [("", _("All")), *named]  # type: ignore[attr-defined]
        self.fields["registered"].choices = REGISTERED[rows]  # type: ignore[attr-defined]
        if rows == "students":
            del self.fields["pin"]

    @property
    def filters(self) -> Filters:
        """What was chosen, as the report understands it."""
        chosen = self.cleaned_data
        grade = "" if chosen["grade"] == NO_GRADE else chosen["grade"] or None
        return Filters(grade, chosen.get("pin", ""), chosen["registered"])


def report(request: doors.Visit, key: uuid.UUID) -> RegisteredParents:
    """The report of the school with this key. Another's school is not there."""
    school = get_object_or_404(scope.schools(request.scope, Permission.SEE_REPORTS), key=key)
    return RegisteredParents(school=school, policy=request.policy, at=request.now)


def form(request: doors.Visit, found: RegisteredParents, rows: str) -> FilterForm:
    """The address's filters. What no link and no form of ours could ask for is not there."""
    asked = FilterForm(request.GET, rows=rows, grades=found.grades())
    if not asked.is_valid():
        raise Http404
    return asked


def query(filters: Filters) -> str:
    """The filters as an address says them, or nothing."""
    grade = NO_GRADE if filters.grade == "" else filters.grade
    said = {"grade": grade, "pin": str(filters.pin), "registered": filters.registered}
    return urlencode({name: value for name, value in said.items() if value})


def may_open(reach: Scope, school: School) -> bool:
    """Whether the employee may open Pin Details of the school's students."""
    return reach.reaches(Permission.SEE_PINS, school)


def detail(found: RegisteredParents, **more: object) -> dict[str, object]:
    """What the trail keeps of a look: which report, of which school, and what else is said."""
    return {"report": "registered parents", "school": found.school.code, **more}
