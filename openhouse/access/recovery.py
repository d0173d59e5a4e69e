"""Back in without the phone: staff remove a guardian's second factors after an identity check (OWASP ASVS 5.0, 6.4.4)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhouse.access import associations, cautions, consents, notices
from openhouse.access.models import Act
from openhouse.accounts import factors
from openhouse.accounts.models import Account
from openhouse.audit.trail import Actor


def remove_factors(*, account: Account, identity: str, by: Actor, at: datetime) -> bool:
    """Remove them, end the account's sessions and tell its owner. `identity` is what staff saw: the kind of ID, on record.

    Returns whether there were any: a second time changes nothing. Raises OwnFamily and SecondPersonNeeded.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if not factors.held_by(account):
            return False
        cautions.refuse_own_family(by=by, students=associations.family_of(account))
        students = list(associations.students_of(account))
        consents.require(act=Act.FACTORS, students=students, account=account, by=by, at=at)
        factors.remove_all(account=account, identity=identity, by=by, at=at)
        notices.factors_removed.enqueue(account.pk)
    return True
