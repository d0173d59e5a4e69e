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
from openhouse.pages.staff.parents import reach, telling
from openhouse.roles import scope
from openhouse.roles.roles import Permission


@dataclass(frozen=True)
class Row:
    """A student of the account, and what that is worth where the page shows it.

    `is_near`: in the employee's scope, so that more than name, school and grade is shown.
    """

    student: Student
    enrolments: list[Enrolment]
    standing: Standing | None
    is_near: bool


@doors.employee(Permission.SEARCH_PARENTS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Each look is on record."""
    account = get_object_or_404(reach.accounts(request), key=key)
    telling.look(request, Event.PARENT_STUDENTS_SEEN, account)
    content = {"account": account, "rows": rows(request, account)}
    return render(request, "staff/parents/students.html", content)


def rows(request: doors.Visit, account: Account, *, standings: bool = False) -> list[Row]:
    """The account's students, with what is shown of each."""
    schools = Prefetch("student__enrolments", enrolments.shown(request), to_attr="current_enrolments")
    listed = associations.of(account=account, at=request.now) if standings else associations.current(account)
    own = list(listed.prefetch_related(schools))
    near = _near(request, [each.student_id for each in own])
    return [
        Row(
            each.student,
            each.student.current_enrolments,  # type: ignore[attr-defined]
            Standing(each.standing) if standings else None,  # type: ignore[attr-defined]
            each.student_id in near,
        )
        for each in own
    ]


def _near(request: doors.Visit, students: list[int]) -> set[int]:
    """Those of the students who are in the employee's scope; for the whole district, all."""
    if request.scope.is_district_wide(Permission.SEARCH_PARENTS):
        return set(students) - request.scope.barred
    reached = scope.students(request.scope, Permission.SEARCH_PARENTS).filter(pk__in=students)
    return set(reached.values_list("pk", flat=True))
