"""The enrolments that a page shows: those that count on its day, the newest first, with their schools."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from openhouse.district import enrolling
from openhouse.district.models import Enrolment
from openhouse.pages import doors


def shown(request: doors.Visit) -> QuerySet[Enrolment]:
    """Without a school that the student has left, though the SIS still keeps the row."""
    counting = enrolling.counting(doors.policy(request), timezone.localdate(request.now))
    rows = Enrolment.objects.filter(counting, school__valid_until=None)
    return rows.select_related("school").order_by("-begin_date", "pk")
