"""Switching a parent account on and off on staff's word (domain rule 8), and what that means for its students."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from openhouse.access import associations, cautions, consents, refusals
from openhouse.access.models import Act, Association
from openhouse.accounts import activity
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.policy import values


@dataclass(frozen=True)
class Activated:
    """Whether the account was not active before, and how many of its students need a new PIN because it rested too long."""

    is_new: bool
    asked_to_revalidate: int = 0


def activate(*, account: Account, over_cause: bool, by: Actor, at: datetime) -> Activated:
    """Let the account sign in again; after more than policy's inactivity its students need new PINs.

    `over_cause`: whoever acts may lift a deactivation for cause too. Raises DeactivatedForCause, OwnFamily and
    SecondPersonNeeded. A second time changes nothing.
    """
    with transaction.atomic():
        account = _lock(account)
        if account.is_active:
            return Activated(is_new=False)
        if account.deactivated_for_cause and not over_cause:
            raise refusals.DeactivatedForCause
        cautions.refuse_own_family(by=by, students=associations.family_of(account))
        students = list(associations.students_of(account))
        consents.require(act=Act.ACTIVATE, students=students, account=account, by=by, at=at)
        asked = _ask_to_revalidate(account, at) if rested_too_long(account, at) else 0
        activity.activate(account=account, by=by, at=at)
        if asked:
            about, detail = Subject(account=str(account.key)), {"associations": asked}
            record(event=Event.REVALIDATION_ASKED, by=by, at=at, about=about, detail=detail)
        return Activated(True, asked)


def deactivate(*, account: Account, for_cause: bool, by: Actor, at: datetime) -> bool:
    """End the account's sessions and let it sign in no more. Returns whether it was active. Raises OwnFamily."""
    with transaction.atomic():
        account = _lock(account)
        if not account.is_active:
            return False
        cautions.refuse_own_family(by=by, students=associations.family_of(account))
        activity.deactivate(account=account, for_cause=for_cause, by=by, at=at)
        return True


def rested_too_long(account: Account, at: datetime) -> bool:
    """Whether the last sign-in (of an account that never signed in: its beginning) is longer ago than policy allows."""
    return (account.last_login or account.joined_at) < at - timedelta(days=values.at(at).inactivity_days)


def _lock(account: Account) -> Account:
    return Account.objects.select_for_update(of=("self",)).get(pk=account.pk)


def _ask_to_revalidate(account: Account, at: datetime) -> int:
    resting = Association.objects.filter(account=account, valid_until=None, revalidate_since=None)
    return resting.update(revalidate_since=at)
