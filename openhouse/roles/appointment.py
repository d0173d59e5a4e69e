"""Granting a role to an employee whom the SIS knows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.district.models import Employee, School
from openhouse.roles.models import Grant
from openhouse.roles.roles import DISTRICT_WIDE, Role


class AppointmentRefused(ValueError):
    """The employee or the school is not known, or known twice. The text says what to do."""


def appoint(*, email: str, role: Role, school_code: str = "", by: Actor, at: datetime) -> Grant:
    """Give the employee with this email a role, district-wide or at one school. A second time changes nothing."""
    known = Employee.objects.filter(valid_until=None).exclude(email="")
    found = list(known.filter(email__iexact=email.strip())[:2])
    if len(found) != 1:
        how_many = "no employee" if not found else "more than one employee"
        raise AppointmentRefused(f"The SIS knows {how_many} with this email. Correct it there, sync, and try again.")
    if bool(school_code) == (role in DISTRICT_WIDE):
        raise AppointmentRefused(_where(role))
    if school_code and not School.objects.filter(code=school_code, valid_until=None).exists():
        raise AppointmentRefused(f"There is no school with the code {school_code}.")
    with transaction.atomic():
        account = account_of(found[0])
        grant, made = Grant.objects.get_or_create(
            account=account, role=role, school_code=school_code, valid_until=None, defaults={"valid_from": at}
        )
        if grant.origin:  # what a person grants outlives the group that carried it
            Grant.objects.filter(pk=grant.pk).update(origin="")
        if made or grant.origin:
            detail = {"role": role, "school_code": school_code, "employee": str(account.key)}
            record(event=Event.ROLE_GRANTED, by=by, at=at, detail=detail)
    return grant


def _where(role: Role) -> str:
    if role in DISTRICT_WIDE:
        return f"{role.label} is held for the whole district: leave the school out."
    return f"{role.label} is held at a school: name its school code."


def account_of(employee: Employee) -> Account:
    """The employee's sign-in, made the first time. It has no password: only the district's sign-on opens it."""
    account, _made = Account.objects.get_or_create(
        employee_key=employee.sourced_id,
        defaults={"given_name": employee.given_name[:128], "family_name": employee.family_name[:128], "password": "!"},
    )
    return account
