"""Granting a role to an employee whom the SIS knows, by their email: the command line's way."""

from __future__ import annotations

from datetime import datetime

from openhouse.audit.trail import Actor
from openhouse.district.models import Employee
from openhouse.roles import grants, refusals
from openhouse.roles.models import Grant
from openhouse.roles.places import Place
from openhouse.roles.roles import HELD, Reach, Role


class AppointmentRefused(ValueError):
    """The employee or the place is not known, or known twice. The text says what to do."""


def appoint(*, email: str, role: Role, school_code: str = "", region: str = "", by: Actor, at: datetime) -> Grant:
    """Give the employee with this email a role at one school, in one region or district-wide. A second time changes nothing."""
    known = Employee.objects.filter(valid_until=None).exclude(email="")
    found = list(known.filter(email__iexact=email.strip())[:2])
    if len(found) != 1:
        how_many = "no employee" if not found else "more than one employee"
        raise AppointmentRefused(f"The SIS knows {how_many} with this email. Correct it there, sync, and try again.")
    if school_code and region:
        raise AppointmentRefused("Name a school code or a region, not both.")
    place = Place(school_code, region)
    try:
        return grants.appoint(employee=found[0], role=role, place=place, by=None, actor=by, at=at)[0]
    except refusals.Misplaced:
        raise AppointmentRefused(_where(role)) from None
    except refusals.NoSuchPlace as refused:
        what = "school with the code" if school_code else "region called"
        raise AppointmentRefused(f"There is no {what} {refused.name}.") from None


def _where(role: Role) -> str:
    if HELD[role] == {Reach.SCHOOL}:
        return f"{role.label} is held at a school: name its school code."
    if Reach.SCHOOL in HELD[role]:
        return f"{role.label} is held at a school, in a region or for the whole district."
    if Reach.REGION in HELD[role]:
        return f"{role.label} is held in a region or for the whole district: leave the school out."
    return f"{role.label} is held for the whole district: leave the school and the region out."
