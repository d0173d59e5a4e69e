"""A student's home page for a guardian, or the notice that says why not."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from openhouse import access
from openhouse.access import adulthood
from openhouse.access.decision import Decision
from openhouse.access.standing import Standing
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district import moments
from openhouse.district.models import Student
from openhouse.pages import doors, enrolments, tiles


@doors.guardian
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Only a student whom this account has an association with exists here at all."""
    student, decision = enter(request, key)
    if not decision.allowed:
        return notice(request, student, decision)
    look(request, Event.STUDENT_SEEN, student)
    adult_on = adulthood.coming(student, doors.policy(request), timezone.localdate(request.now))
    shown = {"decision": decision, "adult_on": adult_on} | content(request, student)
    return render(request, "family/student.html", shown)


def enter(request: doors.Visit, key: uuid.UUID) -> tuple[Student, Decision]:
    """The student of this address, if the account has an association, and whether they may be seen now."""
    mine = Student.objects.filter(associations__account=request.user, associations__valid_until=None)
    student = get_object_or_404(mine, key=key)
    return student, access.decide(account=request.user, student=student, at=request.now)


def notice(request: doors.Visit, student: Student, decision: Decision) -> HttpResponse:
    """The page for a standing that does not let in. Restricted, held and ended read alike.

    It says nothing that the SIS stated since the student was added: a child may have moved away from whoever reads it.
    """
    look(request, Event.ACCESS_REFUSED, student, {"standing": str(decision.standing)})
    asks_for_a_pin = decision.standing in (Standing.REVALIDATE, Standing.DISABLED)  # that school's own is to be called
    since = decision.association.valid_from if decision.association and not asks_for_a_pin else request.now
    rows = student.enrolments.select_related("school").order_by("-begin_date", "pk")
    phones = [each.school.telephone for each in rows if moments.version(each, since) and each.school.telephone]
    content = {"student": student, "standing": decision.standing, "phone": phones[0] if phones else ""}
    return render(request, "family/notice.html", content, status=403)


def look(request: doors.Visit, event: Event, student: Student, detail: dict[str, str] | None = None) -> None:
    """Put it on the trail that this account looked, or was not let in."""
    names = {str(student.key): student.name}
    about = Subject(account=str(request.user.key), student=str(student.key), names=names)
    trail.look(event=event, by=request.actor, at=request.now, about=about, detail=detail)


def content(request: doors.Visit, student: Student) -> dict[str, object]:
    """What the student's home page shows, to a guardian and (read-only) to staff."""
    current = list(enrolments.shown(request).filter(student=student))
    shown = tiles.of(current, doors.policy(request), request.LANGUAGE_CODE)
    return {
        "student": student,
        "enrolments": current,
        "enrolment": current[0] if current else None,
        "tiles": shown,
    }
