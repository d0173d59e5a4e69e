"""Two accounts of one person become one: ties and associations move by ending and beginning, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from openhouse.access import associations, cautions, consents, limits, notices, refusals, ties
from openhouse.access.models import Act, Association, Tie, Way
from openhouse.accounts import activity
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardian, Guardianship, Student


@dataclass(frozen=True)
class Merged:
    """The account that keeps, how many students moved to it, and how many of those need a new PIN there."""

    account: Account
    moved: int
    asked_to_revalidate: int


def merge(
    *, keeps: Account, gives: Account, within: QuerySet[Student], identity: str, by: Actor, at: datetime
) -> Merged:
    """Move all of `gives` to `keeps`, deactivate it, and tell both addresses. `identity` is the kind of ID that staff saw.

    Only students `within` the reach of whoever acts keep their access; others, those who were imported and never validated,
    and students elsewhere whom `keeps` had but sees through the moved ties alone, need a PIN. Raises SameAccount,
    AccountNotActive, OwnFamily, SecondPersonNeeded and LimitReached.
    """
    with transaction.atomic():
        keeps, gives = _lock(keeps, gives)
        _refuse(keeps, gives, by, at)
        moving = _moving(gives)
        seen = list(associations.visible(account=keeps, at=at).values_list("pk", flat=True))
        tied = _move_ties(keeps, gives, at)
        near = set(within.filter(pk__in=[each.student_id for each in moving]).values_list("pk", flat=True))
        moved = [made for old in moving if (made := _move(old, keeps, validated=old.student_id in near, at=at))]
        if moved:
            limits.refuse_too_many(account=keeps, at=at)
        _ask_for_what_opened(keeps, seen, within, by, at)
        activity.deactivate(account=gives, for_cause=False, by=by, at=at)
        _record(keeps, gives, tied, moved, identity, by, at)
        notices.accounts_merged.enqueue(keeps.pk, gives.pk)
    return Merged(keeps, len(moved), sum(each.revalidate_since is not None for each in moved))


def _lock(keeps: Account, gives: Account) -> tuple[Account, Account]:
    """Both rows, always in one order: two who merge them the other way round wait for each other's end, and for no more."""
    if keeps.pk == gives.pk:
        raise refusals.SameAccount
    rows = Account.objects.select_for_update(of=("self",)).filter(employee_key=None, pk__in=[keeps.pk, gives.pk])
    found = {row.pk: row for row in rows.order_by("pk")}
    return found[keeps.pk], found[gives.pk]


def _refuse(keeps: Account, gives: Account, by: Actor, at: datetime) -> None:
    for account in (keeps, gives):
        if not account.is_active or account.email_confirmed_at is None:
            raise refusals.AccountNotActive
    students = family_of(keeps, gives)
    cautions.refuse_own_family(by=by, students=students)
    consents.require(act=Act.MERGE, students=students, account=keeps, other=gives, by=by, at=at)


def family_of(keeps: Account, gives: Account) -> list[Student]:
    """The students of both accounts, and all students of the guardians that one of them is tied to."""
    return list(associations.family_of(keeps).union(associations.family_of(gives)))


def _moving(gives: Account) -> list[Association]:
    """What moves, with the students' guardianships locked as for a new PIN: one that is made meanwhile waits its turn."""
    current = gives.associations.filter(valid_until=None)
    family = Guardianship.objects.filter(student__in=list(current.values_list("student", flat=True)))
    list(family.select_for_update(of=("self",)).order_by("pk"))
    return list(current.select_related("student").order_by("student"))


def _move_ties(keeps: Account, gives: Account, at: datetime) -> list[Guardian]:
    current = Tie.objects.filter(account=gives, valid_until=None)
    ids = list(current.values_list("guardian", flat=True))
    guardians = list(Guardian.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    current.update(valid_until=at)
    for guardian in guardians:
        Tie.objects.create(account=keeps, guardian=guardian, way=Way.STAFF, valid_from=at)
    return guardians


def _move(old: Association, keeps: Account, *, validated: bool, at: datetime) -> Association | None:
    """The association that takes the old one's place, or None where the kept account's own is as good."""
    Association.objects.filter(pk=old.pk).update(valid_until=at)
    own = Association.objects.filter(account=keeps, student=old.student_id, valid_until=None).first()
    good = validated and _is_validated(old)
    if own is not None and (_is_validated(own) or not good):
        return None
    asked = None if good else old.revalidate_since or at
    way = Way.FAMILY if old.through else Way.STAFF  # what a PIN brought goes on resting on it
    return associations.associate(
        account=keeps, student=old.student, way=way, at=at, revalidate_since=asked, through=old.through
    )


def _ask_for_what_opened(keeps: Account, seen: list[int], within: QuerySet[Student], by: Actor, at: datetime) -> None:
    """A student elsewhere whom `keeps` had and could not see needs a new PIN, though a tie that moved would open them."""
    opened = set(associations.visible(account=keeps, at=at).exclude(pk__in=seen).values_list("pk", flat=True))
    far = opened - set(within.filter(pk__in=opened).values_list("pk", flat=True))
    asked = Association.objects.filter(account=keeps, student__in=far, valid_until=None).update(revalidate_since=at)
    if asked:
        about = Subject(account=str(keeps.key))
        record(event=Event.REVALIDATION_ASKED, by=by, at=at, about=about, detail={"associations": asked})


def _is_validated(association: Association) -> bool:
    return association.way != Way.IMPORTED and association.revalidate_since is None


def _record(
    keeps: Account,
    gives: Account,
    tied: Iterable[Guardian],
    moved: Iterable[Association],
    identity: str,
    by: Actor,
    at: datetime,
) -> None:
    seen = {"way": Way.STAFF, "identity": identity}
    for guardian in tied:
        record(event=Event.TIE_MADE, by=by, at=at, about=ties.about(keeps, guardian), detail=seen)
    for each in moved:
        student = each.student
        about = Subject(account=str(keeps.key), student=str(student.key), names={str(student.key): student.name})
        record(event=Event.ASSOCIATION_MADE, by=by, at=at, about=about, detail={"way": Way.STAFF})
    detail = {"merged": str(gives.key), "identity": identity}
    record(event=Event.ACCOUNTS_MERGED, by=by, at=at, about=Subject(account=str(keeps.key)), detail=detail)
