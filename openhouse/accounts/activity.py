"""Switching a parent account off and on again. Who may is asked above; what it means for students is computed there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from openhouse.accounts import sessions
from openhouse.accounts.models import Account, PastDeactivation
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record


def deactivate(*, account: Account, for_cause: bool, by: Actor, at: datetime) -> Account:
    """Ends every session of the account. A second time changes nothing."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if account.is_active:
            account.deactivated_at, account.deactivated_for_cause = at, for_cause
            account.save(update_fields=["deactivated_at", "deactivated_for_cause"])
            sessions.end_all(account)
            record(
                event=Event.ACCOUNT_DEACTIVATED,
                by=by,
                at=at,
                about=Subject(account=str(account.key)),
                detail={"for_cause": for_cause},
            )
    return account


def activate(*, account: Account, by: Actor, at: datetime) -> Account:
    """Lets the account sign in again; the time it could not stays on record."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account.pk)
        if account.deactivated_at is not None:
            PastDeactivation.objects.create(
                account=account,
                valid_from=account.deactivated_at,
                valid_until=at,
                for_cause=bool(account.deactivated_for_cause),
            )
            account.deactivated_at = account.deactivated_for_cause = None
            account.save(update_fields=["deactivated_at", "deactivated_for_cause"])
            record(event=Event.ACCOUNT_ACTIVATED, by=by, at=at, about=Subject(account=str(account.key)))
    return account


def was_active(account: Account, at: datetime) -> bool:
    """Whether the email was confirmed and the account not deactivated at that moment."""
    if account.email_confirmed_at is None or account.email_confirmed_at > at:
        return False
    if account.deactivated_at is not None and account.deactivated_at <= at:
        return False
    return not account.past_deactivations.filter(valid_from__lte=at, valid_until__gt=at).exists()
