"""Tries counted in the database, before they are matched, in a transaction of their own (domain rules 3 and 4)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from openhouse.access import associations, cautions, refusals
from openhouse.access.models import Pin, Try
from openhouse.access.pins import WRONG_TRIES
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record

FREE_TRIES = 5
"""Wrong tries before an account waits."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
"""The wait doubles from the first to the longest (NIST SP 800-63B-4 §3.2.2: 30 seconds up to an hour)."""
TRIES_BEFORE_LOCK = 100
"""Wrong tries after which only staff unlock an account (NIST SP 800-63B-4 §3.2.2)."""
ADDRESS_TRIES = 300
"""Wrong tries an hour from one network address: wide, for a school's whole registration night shares one."""
NO_PIN = [0]
"""The id of no PIN: where none was reached the same statements run, so that time does not tell which part was wrong."""


def begin(*, account: Account, pins: QuerySet[Pin], by: Actor, at: datetime) -> tuple[Try, list[int]]:
    """Count a try against the account and its address, or against the live PINs it reaches, and commit.

    Returns the try and the reached PINs' ids. Raises TooManyTries. Must not run inside another transaction.
    """
    with transaction.atomic(durable=True):
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        address = digest(by.address)
        until, locked = _wait(account, address, at)
        turned_away = locked or until > at
        if turned_away:
            record(event=Event.TRIES_EXCEEDED, by=by, at=at, about=Subject(account=str(account.key)))
        else:
            reached = _reach(pins)
            counted = Try.Counted.PIN if reached else Try.Counted.ACCOUNT
            begun = Try.objects.create(account=account, address_digest=address, at=at, counted=counted)
    if turned_away:
        raise refusals.TooManyTries(None if locked else until)
    return begun, reached


def _reach(pins: QuerySet[Pin]) -> list[int]:
    """Count against those PINs that are not dead, locked in one order."""
    living = pins.filter(ended_at=None, wrong_tries__lt=WRONG_TRIES)
    found = list(living.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    Pin.objects.filter(pk__in=found or NO_PIN).update(wrong_tries=F("wrong_tries") + 1)
    return found


def excuse(begun: Try, reached: list[int]) -> None:
    """The try was right after all: it counts against nobody."""
    Try.objects.filter(pk=begun.pk).update(counted=Try.Counted.NOBODY)
    Pin.objects.filter(pk__in=reached, ended_at=None).update(wrong_tries=F("wrong_tries") - 1)


def _wait(account: Account, address: str, at: datetime) -> tuple[datetime, bool]:
    """Until when the account or its address waits, and whether staff must unlock the account."""
    wrong = Try.objects.filter(account=account, counted=Try.Counted.ACCOUNT)
    count = wrong.count()
    until = at
    if count >= FREE_TRIES and (last := wrong.order_by("-at").first()):
        until = last.at + min(FIRST_WAIT * 2 ** min(count - FREE_TRIES, 10), LONGEST_WAIT)
    hour_ago = at - timedelta(hours=1)
    near = Try.objects.filter(address_digest=address, at__gt=hour_ago).exclude(counted=Try.Counted.NOBODY)
    if address and near.count() >= ADDRESS_TRIES:
        until = max(until, at + FIRST_WAIT)
    return until, count >= TRIES_BEFORE_LOCK


def succeeded(account: Account) -> None:
    """A success forgives the account's wrong tries before it (NIST SP 800-63B-4 §3.2.2)."""
    Try.objects.filter(account=account, counted=Try.Counted.ACCOUNT).update(counted=Try.Counted.NOBODY)


def turned_away(account: Account, at: datetime) -> refusals.TooManyTries | None:
    """Why the account's next try would be refused now on account of its own wrong ones, or None."""
    until, locked = _wait(account, "", at)
    if locked:
        return refusals.TooManyTries(None)
    return refusals.TooManyTries(until) if until > at else None


def unlock(*, account: Account, by: Actor, at: datetime) -> None:
    """Staff's word: the account's wrong tries are forgiven. Raises OwnFamily."""
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        cautions.refuse_own_family(by=by, students=associations.family_of(account))
        succeeded(account)
        record(event=Event.ACCOUNT_UNLOCKED, by=by, at=at, about=Subject(account=str(account.key)))


def digest(address: str) -> str:
    """A keyed digest (SHA-256, hex) of a network address, blank for none: enough to count by, not to read."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"address:{address}".encode(), hashlib.sha256).hexdigest() if address else ""
