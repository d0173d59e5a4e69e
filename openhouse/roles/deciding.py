"""Who decides about a role: the school's Site Administrators about its own, the District Administrators about all."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from openhouse.accounts.models import Account
from openhouse.district import kin
from openhouse.district.models import School
from openhouse.roles import employed
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.roles import DECIDED_AT_SCHOOL, Permission, Role
from openhouse.roles.scope import Scope, schools


def within(scope: Scope) -> Q:
    """Those grants or requests that an employee of this scope decides about; one's own are among them, and refused."""
    at_school = Q(school_code__in=schools(scope, Permission.DECIDE_ROLES).values("code"), role__in=DECIDED_AT_SCHOOL)
    if not scope.allows(Permission.APPOINT):
        return at_school
    return Q(school_code=scope.only.school_code) if scope.only else Q()


def seen(scope: Scope) -> Q:
    """Those grants that reach a school of this scope: its own, its region's and the district's. They are all shown."""
    if scope.is_district_wide(Permission.DECIDE_ROLES):
        return Q()
    reached = schools(scope, Permission.DECIDE_ROLES)
    regions = reached.exclude(local_district="").values("local_district")
    return Q(school_code__in=reached.values("code")) | Q(region__in=regions) | Q(school_code="", region="")


def approvers(request: RoleRequest, at: datetime) -> list[Account]:
    """Who is told of a request: the school's Site Administrators, else the District Administrators; never who asked."""
    near = QuerySet[Grant](Grant).none()
    if request.school_code and request.role in DECIDED_AT_SCHOOL:
        near = _holders(Role.SITE_ADMINISTRATOR, at).filter(school_code=request.school_code)
    found = _people(near, request)
    return found or _people(_holders(Role.DISTRICT_ADMINISTRATOR, at), request)


def _holders(role: Role, at: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(role=role).current(at)


def _people(grants: QuerySet[Grant], request: RoleRequest) -> list[Account]:
    """Those who can be written to: whoever has no email would leave the request unread."""
    themselves = kin.selves(request.account.employee_key).values("sourced_id")
    people = Account.objects.filter(grants__in=grants, deactivated_at=None).exclude(employee_key__in=themselves)
    return [each for each in people.distinct().order_by("pk") if employed.email_of(each)]


def school_names(codes: set[str]) -> dict[str, str]:
    """The schools' names by school code."""
    return dict(School.objects.filter(code__in=codes, valid_until=None).values_list("code", "name"))
