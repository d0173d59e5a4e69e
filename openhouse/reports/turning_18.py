"""Students who turn 18 within 90 days, and of whom the SIS gives no ground for their guardians to go on (domain rule 14)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from openhouse.access import adulthood
from openhouse.access.models import Association
from openhouse.district import enrolling
from openhouse.district.models import Enrolment, Student
from openhouse.policy.values import Policy


def students(reached: QuerySet[Student], *, policy: Policy, at: datetime) -> QuerySet[Student]:
    """Those of the students, the nearest birthday first, each with `grade`, `school` and `accounts` (how many have them)."""
    if not policy.rights_pass_at_18:
        return reached.none()
    on = timezone.localdate(at)
    current = Enrolment.objects.filter(enrolling.counting(policy, on), student=OuterRef("pk")).order_by(
        "-begin_date", "pk"
    )
    held = Association.objects.filter(student=OuterRef("pk"), valid_until=None).order_by().values("student")
    rows = reached.filter(adulthood.approaching(on)).annotate(
        grade=Subquery(current.values("grade")[:1], output_field=CharField()),
        school=Subquery(current.values("school__name")[:1], output_field=CharField()),
        accounts=Coalesce(Subquery(held.annotate(found=Count("pk")).values("found")), 0),
    )
    return rows.order_by("birth_date", "family_name", "pk")
