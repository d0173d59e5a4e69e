"""The enrolments that a page shows: those that count on its day, the newest first, with their schools."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from openhouse.district import enrolling
from openhouse.district.models import Enrolment, Student
from openhouse.pages import doors
from openhouse.questions import Among, Question
from openhouse.sql import Holds

SHOWN: Question[Enrolment] = Question(
    lambda counting: (
        Enrolment.objects.filter(Holds(counting), Among("student", "students"), school__valid_until=None)
        .select_related("school")
        .order_by("-begin_date", "pk")
    )
)


def put_on(students: Sequence[Student], request: doors.Visit) -> None:
    """Give each student their `current_enrolments`."""
    counting = enrolling.written(doors.policy(request), timezone.localdate(request.now), of="district_enrolment")
    rows = SHOWN.ask(counting, students=[each.pk for each in students]) if students else []
    for student in students:
        student.current_enrolments = [each for each in rows if each.student_id == student.pk]  # type: ignore[attr-defined]


def shown(request: doors.Visit) -> QuerySet[Enrolment]:
    """Without a school that the student has left, though the SIS still keeps the row."""
    counting = enrolling.counting(doors.policy(request), timezone.localdate(request.now))
    rows = Enrolment.objects.filter(counting, school__valid_until=None)
    return rows.select_related("school").order_by("-begin_date", "pk")
