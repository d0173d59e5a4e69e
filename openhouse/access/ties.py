"""Ties: this parent account is this SIS guardian."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhouse.access import cautions, consents, refusals
from openhouse.access.models import Act, Association, Tie, Way
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardian, Student


def tie(*, account: Account, guardian: Guardian, way: Way, by: Actor, at: datetime) -> Tie:
    """Tie the account to the guardian, or return the tie it has.

    Raises GuardianTaken where another account is tied to the guardian, AccountTaken where a PIN would tie the account to a
    second SIS person (only staff can); for a tie by staff also OwnFamily and SecondPersonNeeded (domain rules 9 and 17).
    """
    with transaction.atomic():
        if way == Way.STAFF:
            students = Student.objects.filter(guardianships__guardian=guardian, guardianships__valid_until=None)
            cautions.refuse_own_family(by=by, students=students)
            consents.require(act=Act.TIE, students=students, guardian=guardian, account=account, by=by, at=at)
        Guardian.objects.select_for_update().get(pk=guardian.pk)
        current = Tie.objects.filter(guardian=guardian, valid_until=None).first()
        if current is not None:
            if current.account_id != account.pk:
                raise refusals.GuardianTaken
            return current
        others = Tie.objects.filter(account=account, valid_until=None)
        if way == Way.PIN and others.filter(guardian__valid_until=None).exists():
            raise refusals.AccountTaken
        if (
            way == Way.PIN
        ):  # the SIS names those no more: it gave the person a new id, and an old one that returns gives nothing
            others.update(valid_until=at)
        made = Tie.objects.create(account=account, guardian=guardian, way=way, valid_from=at)
        record(event=Event.TIE_MADE, by=by, at=at, about=_about(account, guardian), detail={"way": way})
        return made


def end(*, tie: Tie, by: Actor, at: datetime) -> None:
    """End a tie on staff's word, and with it the account's associations with that guardian's students.

    A second time changes nothing.
    """
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=tie.account_id)
        if not Tie.objects.filter(pk=tie.pk, valid_until=None).update(valid_until=at):
            return
        others = Tie.objects.filter(account=tie.account_id, valid_until=None).values("guardian")
        resting = Association.objects.filter(account=tie.account_id, valid_until=None)
        resting = resting.filter(student__guardianships__guardian=tie.guardian_id)
        resting.exclude(student__guardianships__guardian__in=others).update(valid_until=at)
        record(event=Event.TIE_ENDED, by=by, at=at, about=_about(tie.account, tie.guardian))


def _about(account: Account, guardian: Guardian) -> Subject:
    return Subject(account=str(account.key), guardian=str(guardian.key), names={str(guardian.key): guardian.name})
