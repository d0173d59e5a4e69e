"""What must hold before an employee acts for a student: not their own family, no restriction that needs a second person."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from openhouse.access import refusals
from openhouse.access.standing import GROUNDS_AT_18, adult_since
from openhouse.accounts.models import Account
from openhouse.audit.trail import Actor
from openhouse.district import enrolling, kin
from openhouse.district.models import Employee, Enrolment, Guardianship, Student
from openhouse.district.restrictions import GuardianshipFacts, Reading, in_effect, is_legal, reading
from openhouse.policy.values import Policy


def refuse_own_family(*, by: Actor, students: Iterable[Student]) -> None:
    """Raises OwnFamily where the acting employee is a contact of one of the students: the same SIS id or the same email."""
    if by.kind != "employee":
        return
    me = Employee.objects.filter(sourced_id__in=Account.objects.filter(key=by.key).values("employee_key"))
    if kin.of(me).filter(student__in=list(students)).exists():
        raise refusals.OwnFamily


def restricted(students: Iterable[Student], policy: Policy) -> list[Student]:
    """Those students on whose record a restriction or a hold stands (domain rule 17), in one order."""
    known = {student.pk: student for student in students}
    family = Guardianship.objects.filter(student__in=known, valid_until=None).exclude(restriction="")
    texts = family.order_by("student").values_list("student", "restriction")
    found = {pk for pk, text in texts if reading(text, policy) is not Reading.NONE}
    return [known[pk] for pk in sorted(found)]


def is_enrolled(student: Student, *, policy: Policy, at: datetime) -> bool:
    """Whether the student is actively enrolled at any school."""
    return Enrolment.objects.filter(enrolling.counting(policy, timezone.localdate(at)), student=student).exists()


def why_no_pin(guardianship: Guardianship, *, enrolled: bool, policy: Policy, at: datetime) -> refusals.Refused | None:
    """Why this guardianship of a student who is `enrolled` or not may have no PIN, or None (domain rules 1, 3, 13 and 14)."""
    if guardianship.valid_until is not None:
        return refusals.NotLegalGuardian()
    student, on = guardianship.student, timezone.localdate(at)
    birth_date, ground = student.birth_date, student.eligible_ground
    return obstacle(guardianship, birth_date=birth_date, ground=ground, enrolled=enrolled, policy=policy, on=on)


def obstacle(
    guardianship: GuardianshipFacts,
    *,
    birth_date: date | None,
    ground: str,
    enrolled: bool,
    policy: Policy,
    on: date,
) -> refusals.Refused | None:
    """The same as a pure rule, of a guardianship that is in the mirror."""
    if not (in_effect(guardianship, on) and is_legal(guardianship, policy) and enrolled):
        return refusals.NotLegalGuardian()
    if birth_date is None:
        return refusals.NoBirthDate() if policy.missing_birth_date == "no_pin" else None
    if policy.rights_pass_at_18 and birth_date <= adult_since(on):
        return None if ground in GROUNDS_AT_18 else refusals.RightsPassed()
    return None
