"""**Why?** of a parent account: one answer for each student it had added. Of a student elsewhere, name, school and grade alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.access import cautions, explanation, refusals
from openhouse.access.decision import held_at
from openhouse.access.explanation import Explanation
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.district.models import Enrolment, Student
from openhouse.pages import doors, enrolments
from openhouse.pages.staff.parents import reach, telling
from openhouse.pages.staff.why import MomentForm, told
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@dataclass(frozen=True)
class Answer:
    """A student, the answer where the student is in the employee's reach, and else where the student goes to school."""

    student: Student
    found: Explanation | None
    schools: list[Enrolment]


@doors.employee(Permission.EXPLAIN)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """`?at=` is the moment. Each look is on record."""
    account = get_object_or_404(reach.accounts(request, Permission.EXPLAIN), key=key)
    form = MomentForm(request)
    moment = form.moment()
    rows = held_at(account.associations.all(), moment or request.now).select_related("student").order_by("pk")
    students = [row.student for row in rows]
    try:
        cautions.refuse_own_family(by=request.actor, students=students)
    except refusals.OwnFamily as refused:
        return telling.refuse(request, account, refused)
    trail.look(
        event=Event.ACCESS_EXPLAINED,
        by=request.actor,
        at=request.now,
        about=telling.about(account),
        detail=told(moment),
    )
    near = scope.students(request.scope, Permission.EXPLAIN).filter(pk__in=[each.pk for each in students])
    here = set(near.values_list("pk", flat=True))
    prefetch_related_objects(students, Prefetch("enrolments", enrolments.shown(request), to_attr="current_enrolments"))
    answers = [_answer(request, account, each, moment, each.pk in here) for each in students]
    content = {"account": account, "form": form, "moment": moment, "answers": answers}
    return render(request, "staff/parents/why.html", content)


def _answer(request: doors.Visit, account: Account, student: Student, moment: datetime | None, is_near: bool) -> Answer:
    if not is_near:
        return Answer(student, None, student.current_enrolments)  # type: ignore[attr-defined]
    near = scope.students(request.scope, Permission.EXPLAIN)
    asked = {"account": account, "student": student, "within": near, "sis_name": request.policy.sis_name}
    found = explanation.of_account(**asked, at=moment) if moment else None  # type: ignore[arg-type]
    return Answer(student, found, [])
