"""Pin Details: one row for each legal guardian, the state of their PIN and its one right action. Opening it changes nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import UUIDField
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from openhouse.access import adulthood, cautions, newest, pins
from openhouse.access.models import Pin
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Guardianship, Student
from openhouse.district.restrictions import Reading, in_effect, is_legal, reading
from openhouse.letters.languages import ENGLISH, Language
from openhouse.pages import doors
from openhouse.pages.staff import pdf_slip, reached
from openhouse.questions import Given, Question
from openhouse.roles import scope
from openhouse.roles.roles import Permission

REACH = Permission.SEE_PINS
FAMILY: Question[Guardianship] = Question(
    lambda here: newest.with_pin(scope.guardianships_at(here).filter(student__key=Given("key", UUIDField()))).order_by(
        "pk"
    )
)
"""The guardianships of an enrolled student within reach, with guardian, student and newest PIN."""


@dataclass(frozen=True)
class Row:
    """A legal guardian's row: the newest PIN, its state, why there can be none, and the code where it was just shown.

    `second_language` is that of the PDF slip beside English, if any.
    """

    guardianship: Guardianship
    pin: Pin | None
    state: pins.State
    obstacle: str
    restriction: str
    second_language: Language | None
    code: str = ""

    @property
    def can_be_given(self) -> bool:
        """Whether the action is Print rather than New Pin."""
        return self.state in (pins.State.NOT_GIVEN, pins.State.LIVE)


@doors.employee(REACH)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """The rows, and apart from them the contacts who are not flagged as legal guardian."""
    family = family_of(request, key)
    student = family[0].student if family else reached.student(request, REACH, key)
    about = Subject(student=str(student.key), names={str(student.key): student.name})
    trail.look(event=Event.PIN_DETAILS_SEEN, by=request.actor, at=request.now, about=about)
    return show(request, student, family)


def family_of(request: doors.Visit, key: uuid.UUID) -> list[Guardianship]:
    """Those of the student with this key, as `FAMILY` says."""
    return FAMILY.ask(scope.here(request.scope, REACH), key=key)


def show(
    request: doors.Visit,
    student: Student,
    family: list[Guardianship],
    *,
    shown: Guardianship | None = None,
    code: str = "",
) -> HttpResponse:
    """The page, with one row's code in the clear where it was just asked for."""
    policy = doors.policy(request)
    on = timezone.localdate(request.now)
    legal = [each for each in family if is_legal(each, policy) and in_effect(each, on)]
    rows = [_row(request, each, code if shown and shown.pk == each.pk else "") for each in legal]
    others = [each for each in family if each not in legal]
    restricted = any(reading(each.restriction, policy) is not Reading.NONE for each in family)
    content = {"student": student, "rows": rows, "others": others, "restricted": restricted}
    content |= {"may_give": scope.holds(request.scope, Permission.GIVE_PINS, student)}
    content |= {"adult_on": adulthood.coming(student, policy, on)}
    content |= {"next": None if restricted or code else _next(rows)}
    content |= {"may_verify": scope.holds(request.scope, Permission.VERIFY_IDENTITY, student)}
    return render(request, "staff/pin_details.html", content)


def beside(guardianship: Guardianship) -> HttpResponseRedirect:
    """To the page, with the focus on the guardian's Print: what comes next once there is a PIN."""
    address = reverse("staff:pin_details", args=[guardianship.student.key])
    return HttpResponseRedirect(f"{address}#print-{guardianship.key}")


def _next(rows: list[Row]) -> Row | None:
    """The row whose action has the focus: the first with Print, else the first with New Pin. A warning above is read first, and so
    is a code that was just shown."""
    able = [row for row in rows if not row.obstacle]
    return next((row for row in able if row.can_be_given), able[0] if able else None)


def _row(request: doors.Visit, guardianship: Guardianship, code: str) -> Row:
    pin = newest.pin_of(guardianship)
    reason = cautions.why_no_pin(guardianship, enrolled=True, policy=doors.policy(request), at=request.now)
    restriction = reading(guardianship.restriction, doors.policy(request))
    obstacle = type(reason).__name__ if reason else ""
    language = pdf_slip.home_language(guardianship, doors.policy(request))
    second = None if language == ENGLISH else language
    return Row(guardianship, pin, pins.state(pin, request.now), obstacle, restriction, second, code)
