"""Who may be the second person for an act of an employee: somebody else at the student's schools who may agree, or, where there is
nobody, a District Administrator (domain rule 17)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.district import enrolling, kin
from openhouse.district.models import Employee, Enrolment, Student
from openhouse.policy.values import Policy
from openhouse.roles import employed
from openhouse.roles.models import Grant
from openhouse.roles.roles import MAY, Permission

AGREEING = [role for role, may in MAY.items() if Permission.AGREE in may]


def of(student: Student, *, but: Account, policy: Policy, at: datetime) -> list[Account]:
    """Those who may agree to what `but` wants to do for a student, by name."""
    return of_each([(student, but)], policy=policy, at=at)[student.pk, but.pk]


def of_each(
    acts: Iterable[tuple[Student, Account]], *, policy: Policy, at: datetime
) -> dict[tuple[int, int], list[Account]]:
    """The same for several acts, by the ids of student and employee, in as many questions as for one.

    Nobody agrees who is a contact of the student, or whom the SIS names with the email of who asks: the same person twice.
    """
    acts = list(acts)
    students = {student.pk for student, _but in acts}
    schools = _schools(students, policy, at)
    able = list(_agreeing(at, {code for codes in schools.values() for code in codes}))
    people = {grant.account_id: grant.account for grant in able}
    keys = [each.employee_key for each in [*people.values(), *(but for _student, but in acts)]]
    records = Employee.objects.filter(sourced_id__in=keys)
    family, emails = kin.pairs(records, students), kin.emails(records)
    found = {}
    for student, but in acts:
        mail = emails.get(str(but.employee_key))
        others = [
            grant
            for grant in able
            if grant.account_id != but.pk
            and (grant.account.employee_key, student.pk) not in family
            and not (mail and emails.get(str(grant.account.employee_key)) == mail)
        ]
        near = {grant.account_id for grant in others if grant.school_code in schools[student.pk]}
        far = {grant.account_id for grant in others if not grant.school_code}
        found[student.pk, but.pk] = [account for pk, account in people.items() if pk in (near or far)]
    return found


def _schools(students: Iterable[int], policy: Policy, at: datetime) -> dict[int, set[str]]:
    """The codes of the schools where each student is enrolled."""
    counting = enrolling.counting(policy, timezone.localdate(at))
    rows = Enrolment.objects.filter(counting, student__in=list(students), school__valid_until=None)
    found: dict[int, set[str]] = defaultdict(set)
    for student, code in rows.values_list("student", "school__code"):
        found[student].add(code)
    return found


def _agreeing(at: datetime, codes: Iterable[str]) -> QuerySet[Grant]:
    """The grants, by their holders' names, with which somebody may agree at one of these schools or for the whole district."""
    reaching = Q(school_code="", region="") | Q(school_code__in=list(codes)) & ~Q(school_code="")
    able = Grant.objects.filter(employed.now("account__employee_key"), reaching, role__in=AGREEING).current(at)
    return (
        able.filter(account__deactivated_at=None)
        .select_related("account")
        .order_by("account__family_name", "account__pk")
    )
