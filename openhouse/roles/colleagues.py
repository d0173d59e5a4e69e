"""Who may be the second person for an act of an employee: somebody else at the student's schools who may agree, or, where there is
nobody, a District Administrator (domain rule 17)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
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
    """Those who may agree to what `but` wants to do for a student, by name: no contact of the student."""
    counting = enrolling.counting(policy, timezone.localdate(at))
    codes = list(
        Enrolment.objects.filter(counting, student=student, school__valid_until=None).values_list(
            "school__code", flat=True
        )
    )
    family = kin.of(Employee.objects.filter(sourced_id=OuterRef(OuterRef("employee_key")))).filter(student=student)
    others = _agreeing(at).filter(~Exists(family)).exclude(pk=but.pk)
    near = others.filter(grants__in=_grants(at).filter(school_code__in=codes))
    far = others.filter(grants__in=_grants(at).filter(school_code="", region=""))
    return list(near.distinct().order_by("family_name", "pk")) or list(far.distinct().order_by("family_name", "pk"))


def _grants(at: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(role__in=AGREEING).current(at)


def _agreeing(at: datetime) -> QuerySet[Account]:
    return Account.objects.filter(employed.now("employee_key"), deactivated_at=None)
