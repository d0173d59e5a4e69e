"""Tying an employee's account to who they are at an identity provider, and untying it."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from openhouse.accounts import actor, sessions
from openhouse.accounts.models import Account, Identity
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record


class IdentityTaken(ValueError):
    """The subject is another account's already, or the account has another subject at this issuer."""


def account_of(*, issuer: str, subject: str) -> Account | None:
    """Whose identity this is; None where it is nobody's yet."""
    found = Identity.objects.filter(issuer=issuer, subject=subject).select_related("account").first()
    return found.account if found else None


def tie(*, account: Account, issuer: str, subject: str, address: str, at: datetime) -> Identity:
    """Make this the account's identity at the issuer, for good. Raises IdentityTaken."""
    try:
        with transaction.atomic():
            made = Identity.objects.create(account=account, issuer=issuer, subject=subject, tied_at=at)
            record(event=Event.IDENTITY_TIED, by=actor.of(account, address), at=at, detail={"issuer": issuer})
    except IntegrityError:
        known = Identity.objects.filter(account=account, issuer=issuer, subject=subject).first()
        if known is None:
            raise IdentityTaken from None
        return known  # a second window was a moment faster
    return made


def untie(*, account: Account, by: Actor, at: datetime) -> int:
    """Forget who the employee is at every provider, so that the next sign-in ties them anew. Returns how many there were.

    Whoever was taken for them may be signed in: their sessions end.
    """
    with transaction.atomic():
        known = list(Identity.objects.select_for_update().filter(account=account))
        sessions.end_all(account)
        for each in known:
            each.delete()
            key = str(account.key)
            detail = {"issuer": each.issuer, "employee": key}
            record(event=Event.IDENTITY_UNTIED, by=by, at=at, about=Subject(account=key), detail=detail)
    return len(known)
