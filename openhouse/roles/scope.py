"""Scope: the students, guardianships and PINs that an employee's roles reach. Rows are reached only through these queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.district import enrolling
from openhouse.district.models import Employee, Enrolment, Guardianship, School, Student
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.roles.models import Grant
from openhouse.roles.roles import DISTRICT_WIDE, MAY, Permission, Role
from openhouse.sync import freshness


@dataclass(frozen=True)
class Scope:
    """What an employee may do now, and at which school codes each thing. District-wide things need no code.

    `as_of` is when the newest landed sync began to read what they see; None before the first.
    """

    at: datetime
    policy: Policy
    grants: frozenset[tuple[Role, str]]
    as_of: datetime | None = None

    def allows(self, permission: Permission) -> bool:
        """Whether any of the roles carries the permission."""
        return any(permission in MAY[role] for role, _code in self.grants)

    @property
    def permissions(self) -> frozenset[Permission]:
        """All that any of the roles carries."""
        return frozenset().union(*(MAY[role] for role, _code in self.grants))

    def school_codes(self, permission: Permission) -> list[str]:
        """The school codes at which the permission holds."""
        return sorted({code for role, code in self.grants if permission in MAY[role] and code})

    def is_district_wide(self, permission: Permission) -> bool:
        """Whether the permission holds at every school of the district."""
        return any(permission in MAY[role] and role in DISTRICT_WIDE for role, _code in self.grants)


def of(account: Account, at: datetime) -> Scope:
    """The employee's scope at that moment. A guardian's account has none, nor has an employee whom the SIS names no more."""
    employed = Employee.objects.filter(sourced_id=account.employee_key, valid_until=None)
    current = Grant.objects.filter(Exists(employed), account=account, valid_from__lte=at)
    current = current.filter(Q(valid_until=None) | Q(valid_until__gt=at))
    rows = current.annotate(as_of=Subquery(freshness.moments()[:1])).values_list("role", "school_code", "as_of")
    held = {(Role(role), code): as_of for role, code, as_of in rows}
    return Scope(at, values.at(at), frozenset(held), next(iter(held.values()), None))


def schools(scope: Scope, permission: Permission) -> QuerySet[School]:
    """The schools where the employee holds the permission."""
    rows = School.objects.filter(valid_until=None)
    return rows if scope.is_district_wide(permission) else rows.filter(code__in=scope.school_codes(permission))


def students(scope: Scope, permission: Permission = Permission.FIND_STUDENTS) -> QuerySet[Student]:
    """Actively enrolled students of the schools where the employee holds the permission."""
    return Student.objects.filter(_enrolled(scope, permission, "pk"), valid_until=None)


def holds(scope: Scope, permission: Permission, student: Student, *, reached: Permission = Permission.SEE_PINS) -> bool:
    """Whether a student who was reached through one permission is within reach of another: what a button needs to know.

    Nothing is asked of the database where each role that carries the one carries the other.
    """
    if not scope.allows(permission):
        return False
    ways = {role for role, _code in scope.grants if reached in MAY[role]}
    return all(permission in MAY[role] for role in ways) or students(scope, permission).filter(pk=student.pk).exists()


def remembered(scope: Scope) -> QuerySet[Student]:
    """Students whose history the employee may read: those of their schools now; for the whole district, those who left too."""
    if scope.is_district_wide(Permission.SEE_HISTORY):
        return Student.objects.all()
    return students(scope, Permission.SEE_HISTORY)


def guardianships(scope: Scope, permission: Permission = Permission.SEE_PINS) -> QuerySet[Guardianship]:
    """Current guardianships of those students."""
    rows = Guardianship.objects.filter(
        _enrolled(scope, permission, "student"), valid_until=None, student__valid_until=None
    )
    return rows.select_related("student", "guardian")


def within(scope: Scope, permission: Permission, under: str) -> Q:
    """The same students, for a query of another table in which `under` leads to them: their rows are joined, and may come twice."""
    counting = enrolling.counting(scope.policy, timezone.localdate(scope.at), f"{under}enrolments__")
    current = {f"{under}valid_until": None, f"{under}enrolments__school__valid_until": None}
    if scope.is_district_wide(permission):
        return Q(counting, **current, **{f"{under}enrolments__isnull": False})
    return Q(counting, **current, **{f"{under}enrolments__school__code__in": scope.school_codes(permission)})


def _enrolled(scope: Scope, permission: Permission, student: str) -> Exists:
    """Whether the student that a column names is enrolled at one of the schools. Asked row by row, never as a list."""
    counting = enrolling.counting(scope.policy, timezone.localdate(scope.at))
    rows = Enrolment.objects.filter(counting, student=OuterRef(student), school__valid_until=None)
    if not scope.is_district_wide(permission):
        rows = rows.filter(school__code__in=scope.school_codes(permission))
    return Exists(rows)
