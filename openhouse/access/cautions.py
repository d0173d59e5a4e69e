"""What must hold before an employee acts for a student: not their own family, no restriction that needs a second person."""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import F, QuerySet, Subquery, UUIDField
from django.utils import timezone

from openhouse.access import refusals
from openhouse.access.standing import GROUNDS_AT_18, adult_since
from openhouse.accounts.models import Account
from openhouse.audit.trail import Actor
from openhouse.district import enrolling, kin
from openhouse.district.models import Enrolment, Guardianship, Student
from openhouse.district.restrictions import GuardianshipFacts, Reading, in_effect, is_legal, reading
from openhouse.policy.values import Policy
from openhouse.questions import Among, Given, Question
from openhouse.sql import Holds, Text


def refuse_own_family(*, by: Actor, students: Iterable[Student]) -> None:
    """Raises OwnFamily where the acting employee is a contact of one of the students: the same SIS id or the same email, in any
    of their records, or by a parent account that is theirs.
    """
    if by.kind != "employee":
        return
    if THEIRS.ask(students=[student.pk for student in students], employee=by.key):
        raise refusals.OwnFamily


def _theirs() -> QuerySet[Guardianship, int]:
    """The guardianships of these students whose guardian is the employee, or is tied to an account that is theirs: by its email, or
    because they are tied to it as a guardian too. Who the employee is, is found first."""
    acting = Subquery(Account.objects.filter(key=Given("employee", UUIDField())).values("employee_key")[:1])
    records = kin.records(acting)
    same = Text(
        f"{{}} IN (WITH own (id) AS ({records.sql}) SELECT own.id FROM own"
        " UNION SELECT tied.guardian_id FROM access_tie tied WHERE tied.valid_until IS NULL AND tied.account_id IN ("
        "SELECT account.id FROM district_employee me, accounts_account account"
        " WHERE me.sourced_id = {} AND me.email <> '' AND account.email = LOWER(me.email)"
        " UNION SELECT tie.account_id FROM access_tie tie"
        " WHERE tie.valid_until IS NULL AND tie.guardian_id IN (SELECT own.id FROM own)))",
        (F("guardian_id"), *records.values, acting),
    )
    family = Guardianship.objects.filter(Among("student", "students"), Holds(same), valid_until=None)
    return family.values_list("pk", flat=True)[:1]


THEIRS: Question[int] = Question(_theirs)


def restricted(students: Iterable[Student], policy: Policy) -> list[Student]:
    """Those students on whose record a restriction or a hold stands (domain rule 17), in one order."""
    known = {student.pk: student for student in students}
    return [known[pk] for pk in sorted(restricted_since(known, policy))]


def restricted_since(students: Iterable[int], policy: Policy) -> dict[int, datetime]:
    """For each of these students' ids, where a restriction or a hold stands: when the newest one on record became known."""
    family = Guardianship.objects.filter(student__in=list(students), valid_until=None).exclude(restriction="")
    since: dict[int, datetime] = {}
    for student, text, known_at in family.values_list("student", "restriction", "valid_from"):
        if reading(text, policy) is not Reading.NONE:
            since[student] = max(known_at, since.get(student, known_at))
    return since


def restricts(students: Iterable[int], guardians: Iterable[int], policy: Policy) -> bool:
    """Whether the SIS restricts one of these guardians for one of these students, or has a text that policy cannot read."""
    pairs = Guardianship.objects.filter(student__in=list(students), guardian__in=list(guardians), valid_until=None)
    return any(reading(text, policy) is not Reading.NONE for text in pairs.values_list("restriction", flat=True))


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
    if reading(guardianship.restriction, policy) is not Reading.NONE:
        return refusals.GuardianRestricted()
    if not (in_effect(guardianship, on) and is_legal(guardianship, policy) and enrolled):
        return refusals.NotLegalGuardian()
    if birth_date is None:
        return refusals.NoBirthDate() if policy.missing_birth_date == "no_pin" else None
    if policy.rights_pass_at_18 and birth_date <= adult_since(on):
        return None if ground in GROUNDS_AT_18 else refusals.RightsPassed()
    return None
