"""Employees who are contacts of students themselves: what one of them does not do for a student, and a colleague does."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from openhouse.district.models import Employee, Guardianship


def of(employees: QuerySet[Employee]) -> QuerySet[Guardianship]:
    """The current guardianships in which one of these employees is the contact: the same SIS id or the same email."""
    emails = employees.exclude(email="").values(lowered=Lower("email"))
    same = Q(guardian__sourced_id__in=employees.values("sourced_id")) | Q(lowered__in=emails)
    return Guardianship.objects.alias(lowered=Lower("guardian__email")).filter(same, valid_until=None)
