"""**View students associated**: a popup. A sibling at another school shows as name, school, grade (domain rule 9)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.access import associations
from openhouse.access.standing import Standing
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.district.models import Enrolment, Student
from openhouse.pages import doors, enrolments
from openhouse.pages.staff import freshness
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@dataclass(frozen=True)
class Row:
    """A student of the account. `is_near`: in the employee's scope, so that more than name, school and grade is shown."""

    student: Student
    enrolments: list[Enrolment]
    standing: Standing
    is_near: bool


@doors.employee(Permission.SEARCH_PARENTS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Each look is on record."""
    account = get_object_or_404(reach.accounts(request), key=key)
    telling.look(request, Event.PARENT_STUDENTS_SEEN, account)
    content = {"account": account, "rows": rows(request, account)}
    return render(request, "staff/parents/students.html", content | freshness.of())


def rows(request: doors.Visit, account: Account) -> list[Row]:
    """The account's students, with what is shown of each."""
    schools = Prefetch("student__enrolments", enrolments.shown(request), to_attr="current_enrolments")
    own = list(associations.of(account=account, at=request.now).prefetch_related(schools))
    reached = scope.students(request.scope, Permission.SEARCH_PARENTS).filter(pk__in=[each.student_id for each in own])
    everywhere = request.scope.is_district_wide(Permission.SEARCH_PARENTS)
    near = {each.student_id for each in own} if everywhere else set(reached.values_list("pk", flat=True))
    return [
        Row(each.student, each.student.current_enrolments, Standing(each.standing), each.student_id in near)  # type: ignore[attr-defined]
        for each in own
    ]
