"""Ties: this parent account is this SIS guardian."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from openhouse.access import cautions, consents, refusals
from openhouse.access.models import Act, Association, IdentityCheck, Tie, Way
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardian, Guardianship, Student
from openhouse.district.restrictions import Reading, reading
from openhouse.policy import values


def tie(
    *, account: Account, guardian: Guardian, way: Way, by: Actor, at: datetime, check: IdentityCheck | None = None
) -> Tie:
    """Tie the account to the guardian, or return the tie it has. `check` is with what staff verified who it is: theirs, within the
    hour.

    Raises GuardianTaken where another account is tied to the guardian, AccountTaken where a PIN would tie the account to a
    second SIS person (only staff can); for a tie by staff also OwnFamily, NotVerified and SecondPersonNeeded (domain rules 9, 11
    and 17).
    """
    with transaction.atomic():
        if way == Way.STAFF:
            Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
            students = Student.objects.filter(guardianships__guardian=guardian, guardianships__valid_until=None)
            cautions.refuse_own_family(by=by, students=students)
        Guardian.objects.select_for_update().get(pk=guardian.pk)
        current = Tie.objects.filter(guardian=guardian, valid_until=None).first()
        if current is not None:
            if current.account_id != account.pk:
                raise refusals.GuardianTaken
            return current
        if way == Way.STAFF:
            _refuse_unverified(guardian, check, by, at)
            consents.require(act=Act.TIE, students=students, guardian=guardian, account=account, by=by, at=at)
        others = Tie.objects.filter(account=account, valid_until=None)
        if way == Way.PIN and others.filter(guardian__valid_until=None).exists():
            raise refusals.AccountTaken
        if (
            way == Way.PIN
        ):  # the SIS names those no more: it gave the person a new id, and an old one that returns gives nothing
            others.update(valid_until=at)
        made = Tie.objects.create(account=account, guardian=guardian, way=way, valid_from=at)
        detail = {"way": way} | ({"identity": check.document} if check else {})
        record(event=Event.TIE_MADE, by=by, at=at, about=about(account, guardian), detail=detail)
        return made


def _refuse_unverified(guardian: Guardian, check: IdentityCheck | None, by: Actor, at: datetime) -> None:
    pair = check.guardianship if check else None
    if check is None or pair is None or pair.guardian_id != guardian.pk or not check.stands_for(pair, by.key, at):
        raise refusals.NotVerified


def end(*, tie: Tie, by: Actor, at: datetime, identity: str = "", over_cause: bool = False) -> bool:
    """End a tie on staff's word, and with it the account's associations with that guardian's students.

    `over_cause`: whoever acts may do so where the account was deactivated for cause too; else that would free its guardian
    for a new account. Returns whether it had not ended yet: a second time changes nothing. Raises DeactivatedForCause and
    OwnFamily. Where a restriction stands it waits
    for nobody, for it only takes access away: somebody restricted as this guardian does not go on as another one.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=tie.account_id)
        if account.deactivated_for_cause and not over_cause:
            raise refusals.DeactivatedForCause
        students = Student.objects.filter(guardianships__guardian=tie.guardian_id, guardianships__valid_until=None)
        cautions.refuse_own_family(by=by, students=students)
        if not Tie.objects.filter(pk=tie.pk, valid_until=None).update(valid_until=at):
            return False
        others = Tie.objects.filter(account=tie.account_id, valid_until=None).values("guardian")
        resting = Association.objects.filter(account=tie.account_id, valid_until=None)
        resting = resting.filter(student__guardianships__guardian=tie.guardian_id)
        spared = Q(student__guardianships__guardian__in=others) & ~Q(student__in=_restricted_to(tie.guardian, at))
        resting.exclude(spared).update(valid_until=at)
        detail = {"identity": identity} if identity else {}
        record(event=Event.TIE_ENDED, by=by, at=at, about=about(tie.account, tie.guardian), detail=detail)
        return True


def _restricted_to(guardian: Guardian, at: datetime) -> list[int]:
    """The students to whom the SIS restricts this guardian, or has a restriction that policy cannot read."""
    policy, pairs = values.at(at), Guardianship.objects.filter(guardian=guardian, valid_until=None)
    stated = pairs.values_list("student", "restriction")
    return [student for student, text in stated if reading(text, policy) is not Reading.NONE]


def about(account: Account, guardian: Guardian) -> Subject:
    """An account and a guardian as the trail's subject."""
    return Subject(account=str(account.key), guardian=str(guardian.key), names={str(guardian.key): guardian.name})
