"""Employees who are contacts of students themselves: what one of them does not do for a student, and a colleague does."""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from openhouse.district.models import Employee, Guardianship
from openhouse.sql import Text


def of(employees: QuerySet[Employee]) -> QuerySet[Guardianship]:
    """The current guardianships in which one of these employees is the contact: the same SIS id or the same email."""
    emails = employees.exclude(email="").values(lowered=Lower("email"))
    same = Q(guardian__sourced_id__in=employees.values("sourced_id")) | Q(lowered__in=emails)
    return Guardianship.objects.alias(lowered=Lower("guardian__email")).filter(same, valid_until=None)


def pairs(employees: QuerySet[Employee], students: Iterable[int]) -> set[tuple[str, int]]:
    """Which of these employees, by the SIS's id, is a contact of which of these students, by id, or another record of theirs is."""
    ids: dict[str, set[str]] = defaultdict(set)
    for sourced_id, email in employees.values_list("sourced_id", Lower("email")):
        for name in {sourced_id, email} - {""}:
            ids[name].add(sourced_id)
    others = Employee.objects.alias(lowered=Lower("email")).filter(lowered__in=list(ids), valid_until=None)
    for sourced_id, email in list(others.values_list("sourced_id", Lower("email"))):
        ids[sourced_id] |= ids[email]
    family = Guardianship.objects.filter(student__in=list(students), valid_until=None)
    rows = family.values_list("student", "guardian__sourced_id", Lower("guardian__email"))
    return {(each, student) for student, *names in rows for name in names if name for each in ids.get(name, ())}


def records(sourced_id: Any) -> Text:
    """SQL: the ids of all records of guardians, ended ones too, that are one employee's, whose id in the SIS the expression says:
    those with that id, with the id of another current record of the employee, or with the employee's email. By indexes alone."""
    named = "me.sourced_id = {} AND me.email <> ''"
    sql = (
        "SELECT same.id FROM district_guardian same WHERE same.sourced_id = {} UNION "
        f"SELECT same.id FROM district_employee me, district_guardian same WHERE {named} AND LOWER(same.email) = LOWER(me.email)"
        " UNION SELECT same.id FROM district_employee me, district_employee other, district_guardian same"
        f" WHERE {named} AND LOWER(other.email) = LOWER(me.email) AND other.valid_until IS NULL"
        " AND same.sourced_id = other.sourced_id"
    )
    return Text(sql, (sourced_id, sourced_id, sourced_id))


def selves(sourced_id: str | None) -> QuerySet[Employee]:
    """All that the SIS has of one employee: the record with this id, and those that it has now with its email."""
    own = Employee.objects.filter(sourced_id=sourced_id).exclude(email="").values(lowered=Lower("email"))
    return Employee.objects.alias(lowered=Lower("email")).filter(
        Q(sourced_id=sourced_id) | Q(lowered__in=own, valid_until=None)
    )


def are_one(one: str | None, other: str | None) -> bool:
    """Whether two of the SIS's ids are one employee's."""
    return one == other or selves(one).filter(sourced_id=other).exists()


def emails(employees: QuerySet[Employee]) -> dict[str, str]:
    """Their emails in the SIS, in small letters, by the SIS's id; without those who have none."""
    return dict(employees.exclude(email="").values_list("sourced_id", Lower("email")))
