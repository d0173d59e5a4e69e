"""How many students one account may have."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhouse.access import associations, cautions, consents, refusals
from openhouse.access.models import Act, LimitException
from openhouse.access.standing import Standing
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Student
from openhouse.policy import values
from openhouse.policy.values import Policy


def refuse_over(*, account: Account, student: Student, at: datetime) -> None:
    """Raises LimitReached where one more student would be too many; one who counts already is none more. Expects the account's
    row locked.

    Only current associations count: one that has ended, or whose standing is `ended`, does not.
    """
    if is_lifted(account):
        return
    policy = values.at(at)
    counted = associations.of(account=account, at=at).exclude(standing=Standing.ENDED)
    if not counted.filter(student=student).exists() and is_full(counted.count(), policy):
        raise refusals.LimitReached(policy.student_limit)


def is_full(students: int, policy: Policy) -> bool:
    """Whether an account with so many students, and no exception, can add no other."""
    return students >= policy.student_limit


def refuse_too_many(*, account: Account, at: datetime) -> None:
    """Raises LimitReached where the account has too many students already. Expects the account's row locked."""
    limit = values.at(at).student_limit
    counted = associations.of(account=account, at=at).exclude(standing=Standing.ENDED)
    if counted.count() > limit and not is_lifted(account):
        raise refusals.LimitReached(limit)


def is_lifted(account: Account) -> bool:
    """Whether the account has an exception."""
    return LimitException.objects.filter(account=account, valid_until=None).exists()


def lift(*, account: Account, by: Actor, at: datetime) -> bool:
    """Add an exception to the limit. Returns whether it is new: a second time changes nothing.

    Raises OwnFamily on account of its students and of those of the guardians it is tied to, SecondPersonNeeded on account of its
    students (domain rules 9 and 17).
    """
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if is_lifted(account):
            return False
        cautions.refuse_own_family(by=by, students=associations.family_of(account))
        students = list(associations.students_of(account))
        consents.require(act=Act.EXCEPTION, students=students, account=account, by=by, at=at)
        LimitException.objects.create(account=account, valid_from=at)
        record(event=Event.LIMIT_LIFTED, by=by, at=at, about=Subject(account=str(account.key)))
        return True


def restore(*, account: Account, by: Actor, at: datetime) -> bool:
    """End the exception: the students there are stay, and no more come. Returns whether there was one. Raises OwnFamily."""
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if not is_lifted(account):
            return False
        cautions.refuse_own_family(by=by, students=associations.family_of(account))
        LimitException.objects.filter(account=account, valid_until=None).update(valid_until=at)
        record(event=Event.LIMIT_RESTORED, by=by, at=at, about=Subject(account=str(account.key)))
        return True
