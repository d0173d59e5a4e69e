"""Accounts of an earlier portal: their ties and associations are *imported*, and only those can be in grace (domain rule 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from openhouse.access import associations, refusals, ties
from openhouse.access.models import Association, Tie, Way
from openhouse.accounts import importing
from openhouse.accounts.adapter import is_district_email
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardian, Student
from openhouse.policy import values
from openhouse.policy.values import Policy


class RowRefused(ValueError):
    """One row cannot be brought in: the column, and why. Never the value."""


def bring_in(*, row: Mapping[str, str], by: Actor, at: datetime) -> Account:
    """One row (`email`, `guardian`, `students`): its account, tie and associations. A second time changes nothing, and makes no tie
    that was ended since.

    Raises RowRefused.
    """
    email, guardian = _email(row["email"], values.at(at)), _guardian(row["guardian"])
    students = _students(row["students"], guardian)
    with transaction.atomic():
        Guardian.objects.select_for_update().get(pk=guardian.pk)  # before the trail's head, as everybody does
        account = importing.import_account(email=email, name=(guardian.given_name, guardian.family_name), by=by, at=at)
        had = Tie.objects.filter(account=account, guardian=guardian)
        if had.exists() and not had.filter(valid_until=None).exists():
            raise RowRefused("guardian: the tie to this account was ended; a PIN or the staff can make it again")
        try:
            ties.tie(account=account, guardian=guardian, way=Way.IMPORTED, by=by, at=at)
        except refusals.GuardianTaken:
            raise RowRefused("guardian: tied to another account already") from None
        for student in students:
            _associate(account, student, by, at)
    return account


def _email(text: str, policy: Policy) -> str:
    email = (text or "").strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise RowRefused("email: not an email address") from None
    if is_district_email(email, policy.district_email_domains):
        raise RowRefused("email: of the district's own, which no parent account may use")
    return email


def _guardian(text: str) -> Guardian:
    guardian = Guardian.objects.filter(sourced_id=(text or "").strip(), valid_until=None).first()
    if guardian is None:
        raise RowRefused("guardian: the SIS knows no such guardian")
    return guardian


def _students(text: str, guardian: Guardian) -> list[Student]:
    numbers = {number.upper() for number in (text or "").split()}
    known = Student.objects.filter(guardianships__guardian=guardian, guardianships__valid_until=None, valid_until=None)
    students = list(known.filter(number__upper__in=numbers))
    if len(students) != len(numbers):
        raise RowRefused("students: a Student ID is unknown, or not a student of this guardian")
    return students


def _associate(account: Account, student: Student, by: Actor, at: datetime) -> None:
    if Association.objects.filter(account=account, student=student, valid_until=None).exists():
        return
    associations.associate(account=account, student=student, way=Way.IMPORTED, at=at)
    about = Subject(account=str(account.key), student=str(student.key), names={str(student.key): student.name})
    record(event=Event.ASSOCIATION_MADE, by=by, at=at, about=about, detail={"way": Way.IMPORTED})
