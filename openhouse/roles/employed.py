"""Employees whom the SIS names, their sign-ins, and where they are written to."""

from __future__ import annotations

from django.db.models import Expression, F, Q, QuerySet
from django.db.models.functions import Lower

from openhouse.accounts.models import Account
from openhouse.district.models import Employee
from openhouse.folding import begins
from openhouse.sql import Holds, Text


def now(key: str | Expression) -> Holds:
    """For a query: whether the SIS names the employee with a key, or whose key a column holds."""
    named = "EXISTS (SELECT 1 FROM district_employee employee WHERE employee.sourced_id = {} AND employee.valid_until IS NULL)"
    return Holds(Text(named, (F(key) if isinstance(key, str) else key,)))


def is_employed(account: Account) -> bool:
    """Whether the SIS names this employee."""
    return Employee.objects.filter(sourced_id=account.employee_key, valid_until=None).exists()


def email_of(account: Account) -> str:
    """The SIS's email of an employee whom it names, or blank."""
    known = Employee.objects.filter(sourced_id=account.employee_key, valid_until=None)
    return known.values_list("email", flat=True).first() or ""


def account_of(employee: Employee) -> Account:
    """The employee's sign-in, made the first time, by the SIS's name now. It has no password: the district's sign-on opens it."""
    named = {"given_name": employee.given_name[:128], "family_name": employee.family_name[:128]}
    account, _made = Account.objects.update_or_create(
        employee_key=employee.sourced_id, defaults=named, create_defaults=named | {"password": "!"}
    )
    return account


def called(typed: str) -> QuerySet[Employee]:
    """Employees with this email, or each of whose typed words begins their given or their family name; by name."""
    known = Employee.objects.filter(valid_until=None)
    words = Q()
    for word in typed.split():
        words &= begins("given_name", word) | begins("family_name", word)
    same = Q(lowered=typed.strip().lower())
    return known.alias(lowered=Lower("email")).filter(same | words).order_by("family_name", "given_name", "pk")
