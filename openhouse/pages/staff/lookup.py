"""**<SIS name> Lookup**: the SIS is asked about one student now; a popup says which guardians it names and who is in the portal.

A POST each time: asking brings what the SIS says into the mirror, and a typed Student ID stands in no address.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from openhouse.access import cautions, presence, redemption
from openhouse.district.models import Guardianship, Student
from openhouse.district.restrictions import in_effect, is_legal, reading
from openhouse.pages import doors
from openhouse.pages.staff import no_answer, reached
from openhouse.roles import scope
from openhouse.roles.roles import Permission
from openhouse.sync import catalogue, lookups
from openhouse.sync.refusals import SyncRefused
from openhouse.sync.sources import Lookup

LOOKING = Permission.SEE_PINS
"""The popup shows of a student what Pin Details shows."""


class NumberForm(forms.Form):
    """The Student ID that was not found, as it was typed."""

    student_number = forms.CharField(max_length=255)


@dataclass(frozen=True)
class Row:
    """A guardian whom the SIS names: whether they are in the portal, else why they get no PIN (a refusal's name), or neither."""

    guardianship: Guardianship
    is_present: bool
    obstacle: str
    restriction: str


@require_POST
@doors.employee(LOOKING)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """From Pin Details."""
    student = reached.student(request, LOOKING, key)
    return _asked(request, student.number, student)


@require_POST
@doors.employee(LOOKING)
def typed(request: doors.Visit) -> HttpResponse:
    """From the message that a Student ID was not found."""
    form = NumberForm(request.POST)
    if not form.is_valid():
        return redirect("staff:find")
    return _asked(request, redemption.plain_number(form.cleaned_data["student_number"]), None)


def _asked(request: doors.Visit, number: str, known: Student | None) -> HttpResponse:
    """What came of asking. `known` is the student from whose page that was done."""
    content: dict[str, object] = {"number": number, "known": known}
    began = time.monotonic()
    try:
        lookup = catalogue.open_lookup()
        if lookup is None:
            trouble = no_answer.nothing_to_ask(doors.policy(request), request.now)
            return render(request, "staff/lookup_trouble.html", content | {"trouble": trouble}, status=409)
        student = _brought_in(request, number, lookup)
    except SyncRefused as refused:
        late = time.monotonic() - began >= lookups.SECONDS
        trouble = no_answer.refused(refused, doors.policy(request), late=late)
        return render(request, "staff/lookup_trouble.html", content | {"trouble": trouble}, status=409)
    content |= {"student": student, "answered_at": lookup.asked_at or request.now}
    return render(request, "staff/lookup.html", content | {"rows": _rows(request, student) if student else []})


def _brought_in(request: doors.Visit, number: str, lookup: Lookup) -> Student | None:
    """The student, out of the employee's own rows; None where the SIS names nobody of theirs."""
    codes = scope.school_codes(request.scope, LOOKING)
    found = lookups.look_up(number=number, lookup=lookup, school_codes=codes, by=request.actor, at=request.now)
    return scope.students(request.scope, LOOKING).filter(pk=found.student.pk).first() if found else None


def _rows(request: doors.Visit, student: Student) -> list[Row]:
    enrolled = cautions.is_enrolled(student, policy=doors.policy(request), at=request.now)
    family = presence.marked(scope.guardianships(request.scope, LOOKING).filter(student=student)).order_by("pk")
    return [_row(request, each, enrolled) for each in family]


def _row(request: doors.Visit, guardianship: Guardianship, enrolled: bool) -> Row:
    policy = doors.policy(request)
    restriction = reading(guardianship.restriction, policy)
    reason = cautions.why_no_pin(guardianship, enrolled=enrolled, policy=policy, at=request.now)
    obstacle = type(reason).__name__ if reason else ""
    if not (is_legal(guardianship, policy) and in_effect(guardianship, timezone.localdate(request.now))):
        obstacle = "NotFlagged"
    is_present = guardianship.has_pin or guardianship.is_registered  # type: ignore[attr-defined]
    return Row(guardianship, is_present, obstacle, restriction)
