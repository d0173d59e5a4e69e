"""An account that comes over from an earlier portal: its email was confirmed there, its password is not known."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record


def import_account(*, email: str, name: tuple[str, str], by: Actor, at: datetime) -> Account:
    """The guardian's account with this email, made if there is none. It signs in after a password reset by code."""
    with transaction.atomic():
        account = Account.objects.filter(email=email).first()
        if account is not None:
            return account
        account = Account(email=email, given_name=name[0][:128], family_name=name[1][:128], email_confirmed_at=at)
        account.set_unusable_password()
        account.save()
        EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
        record(event=Event.ACCOUNT_IMPORTED, by=by, at=at, about=Subject(account=str(account.key)))
    return account
