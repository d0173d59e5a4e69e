"""A student's **History**: what the SIS said on any day, since when the portal knew it, and what changed when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openhouse.access import cautions, refusals
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district import chronicle, restrictions
from openhouse.district.chronicle import Change, Version
from openhouse.district.models import Student
from openhouse.pages import doors
from openhouse.policy.values import Policy
from openhouse.roles import scope
from openhouse.roles.roles import Permission


class DayForm(forms.Form):
    """One day."""

    on = forms.DateField(
        label=_("Day"),
        error_messages={"required": _("Choose a day."), "invalid": _("Enter a real day.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


@dataclass(frozen=True)
class Told:
    """A version with the name of the school or guardian, and what policy makes of its restriction."""

    version: Version
    name: str
    restriction: str


@dataclass(frozen=True)
class Happened:
    """A change with the name of whom it is about; the facts that differ as (name, before, after)."""

    change: Change
    name: str
    facts: list[tuple[str, Any, Any]]

    @property
    def has_before(self) -> bool:
        """Whether there was something to differ from."""
        return self.change.kind != "new"


@doors.employee(Permission.SEE_HISTORY)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """`?on=` is the day, at its end. Each look is on record."""
    student = get_object_or_404(scope.remembered(request.scope), key=key)
    try:
        cautions.refuse_own_family(by=request.actor, students=[student])
    except refusals.OwnFamily as refused:
        return _refused(request, student, refused)
    today = timezone.localdate(request.now)
    form = DayForm(request.GET if "on" in request.GET else None, initial={"on": today})
    day: date | None = form.cleaned_data["on"] if form.is_valid() else None
    moment = chronicle.end_of(day) if day and day < today else request.now
    about = Subject(student=str(student.key), names={str(student.key): student.name})
    detail = {"on": day.isoformat() if day else ""}
    trail.look(event=Event.HISTORY_SEEN, by=request.actor, at=request.now, about=about, detail=detail)
    versions = chronicle.of(student)
    content = {"student": student, "form": form, "day": timezone.localdate(moment)}
    content |= {"is_today": moment == request.now} | _day(versions, moment, request.policy)
    return render(request, "staff/history.html", content | {"happened": _happened(versions)})


def _refused(request: doors.Visit, student: Student, refused: refusals.OwnFamily) -> HttpResponse:
    """Not for a contact of the student: what the SIS says of the other guardians is not theirs to read."""
    about = Subject(student=str(student.key), names={str(student.key): student.name})
    detail = {"why": type(refused).__name__}
    trail.look(event=Event.ACTION_REFUSED, by=request.actor, at=request.now, about=about, detail=detail)
    return render(request, "staff/own_family.html", status=409)


def _day(versions: Sequence[Version], moment: datetime, policy: Policy) -> dict[str, Any]:
    def told(what: str) -> list[Told]:
        held = chronicle.on(versions, moment, what)
        return [Told(each, chronicle.name_of(versions, each.other, moment), _reading(each, policy)) for each in held]

    return {"said": next(iter(told("student")), None), "enrolments": told("enrolment"), "family": told("guardianship")}


def _reading(version: Version, policy: Policy) -> str:
    return restrictions.reading(str(version.facts.get("restriction", "")), policy)


def _happened(versions: Sequence[Version]) -> list[Happened]:
    return [
        Happened(
            each,
            chronicle.name_of(versions, each.version.other or each.version.thing, each.at),
            [(name, *pair) for name, pair in each.facts.items() if not (each.kind == "new" and name == "name")],
        )
        for each in chronicle.changes(versions)
    ]
