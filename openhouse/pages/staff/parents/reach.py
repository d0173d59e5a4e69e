"""The accounts and guardians that an employee reaches: those with a student in their scope, and accounts found by exact email.

Whoever types an account's whole email may act on it (domain rule 9). Its random key is remembered until they sign out.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from django.db.models import BooleanField, CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, UUIDField, Value
from django.shortcuts import get_object_or_404

from openhouse.access import parents
from openhouse.access.models import Association, Tie
from openhouse.accounts.models import Account
from openhouse.district.models import Guardian
from openhouse.pages import doors
from openhouse.questions import Given, Question
from openhouse.roles import scope
from openhouse.roles.roles import Permission
from openhouse.sql import Text

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

FOUND = "found_parents"
REMEMBERED = 50
"""How many accounts are remembered that were found by email and have no student in the employee's scope."""


class Near(TypedDict):
    """What is added to an account: whether it has a student in the employee's scope."""

    is_near: bool


def near(request: doors.Visit, permission: Permission = Permission.SEARCH_PARENTS) -> Q:
    """Accounts with a student in the employee's scope; for the whole district, all (see `here`)."""
    return near_at(here(request, permission))


def here(request: doors.Visit, permission: Permission = Permission.SEARCH_PARENTS) -> Text | None:
    """The schools whose parents somebody reaches, as `scope.here` says them; None for the whole district and everybody in it."""
    everywhere = request.scope.is_district_wide(permission) and not request.scope.barred
    return None if everywhere else scope.here(request.scope, permission)


def accounts_at(schools: Text | None) -> QuerySet[Account]:
    """The same accounts, of what `here` says."""
    return Account.objects.filter(near_at(schools))


def near_at(schools: Text | None) -> Q:
    """`near`, of what `here` says."""
    if schools is None:
        return Q(employee_key=None)
    return Q(scope.linked_at(schools, parents.OWN_AND_TIED), employee_key=None)


def accounts(request: doors.Visit, permission: Permission = Permission.SEARCH_PARENTS) -> QuerySet[Account]:
    """Those, and those found by exact email; each with `is_near`, whether it is one of the first."""
    near_here = near(request, permission)
    if not (keys := request.session.get(FOUND)):
        return parents.listed(Account.objects.filter(near_here)).annotate(is_near=Value(True))
    found = Q(key__in=keys, employee_key=None)
    return parents.listed(Account.objects.filter(near_here | found)).annotate(is_near=_told(near_here))


def account(request: doors.Visit, key: uuid.UUID, permission: Permission = Permission.SEARCH_PARENTS) -> Account:
    """The one of those with this key. Raises Http404."""
    if found := NEAR.ask(here(request, permission), key=key):
        return found[0]
    return get_object_or_404(accounts(request, permission), key=key)


def reaches(request: doors.Visit, account: Account, permission: Permission) -> bool:
    """Whether the employee may use this permission on this account: they may hold another one for other schools."""
    return request.scope.allows(permission) and accounts(request, permission).filter(pk=account.pk).exists()


def by_email(request: doors.Visit, email: str) -> Sequence[Account]:
    """The account with exactly this email, whosever students it has. From now on the employee reaches it."""
    rows = BY_EMAIL.ask(here(request), email=email)
    for row in rows:
        if not row.is_near:
            known = [key for key in request.session.get(FOUND, []) if key != str(row.key)]
            request.session[FOUND] = [*known, str(row.key)][-REMEMBERED:]
    return rows


def mergeable(request: doors.Visit) -> QuerySet[Account]:
    """Accounts with a student in the employee's scope, and found ones that have nobody's student: no other school's family."""
    near_here = near(request, Permission.MAKE_TIES)
    held = Association.objects.filter(account=OuterRef("pk"), valid_until=None)
    tied = Tie.objects.filter(account=OuterRef("pk"), valid_until=None)
    return accounts(request, Permission.MAKE_TIES).filter(near_here | ~Exists(held) & ~Exists(tied))


def guardians(request: doors.Visit, permission: Permission = Permission.SEARCH_PARENTS) -> QuerySet[Guardian]:
    """Guardians of a student in the employee's scope; for the whole district, all."""
    return guardians_at(here(request, permission))


def guardians_at(schools: Text | None) -> QuerySet[Guardian]:
    """The same, of what `here` says."""
    if schools is None:
        return Guardian.objects.all()
    return Guardian.objects.filter(scope.linked_at(schools, parents.PAIRED))


NEAR: Question[Account] = Question(
    lambda here: parents.listed(accounts_at(here).filter(key=Given("key", UUIDField()))).annotate(is_near=Value(True))
)

BY_EMAIL: Question[WithAnnotations[Account, Near]] = Question(
    lambda here: parents.listed(Account.objects.filter(email=Given("email", CharField()))).annotate(
        is_near=_told(near_at(here))
    )
)


def _told(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, output_field=BooleanField())
