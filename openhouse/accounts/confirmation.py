"""Writing again to a guardian who has not confirmed their email.

The code that confirms an address belongs to the browser that asked for it, so that whoever registers with somebody else's
address can never have it confirmed by them. So this mail holds neither code nor secret: it says to sign in, and at that moment
allauth sends a new code to this same address.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.policy import values

AGAIN = 60
"""Seconds before the same account is written to again."""


def remind(*, account: Account, by: Actor, at: datetime) -> bool:
    """Queue the mail. Returns False where there is nothing to confirm, or where one was sent a moment ago."""
    if account.email_confirmed_at is not None or not account.is_active:
        return False
    if not cache.add(f"confirmation:{account.key}", True, AGAIN):
        return False
    with transaction.atomic():
        send.enqueue(account.pk)
        record(event=Event.CONFIRMATION_SENT, by=by, at=at, about=Subject(account=str(account.key)))
    return True


@task
def send(account_id: int) -> None:
    """Send the mail, unless the address was confirmed meanwhile."""
    account = Account.objects.get(pk=account_id)
    if account.email_confirmed_at is not None:
        return
    policy = values.at(timezone.now())
    content = {
        "district_name": policy.district_name,
        "help_phone": policy.help_phone,
        "url": f"{settings.URL.geturl()}{reverse('account_login')}",
    }
    subject = render_to_string("mail/confirm_email_subject.txt", content).strip()
    send_mail(subject, render_to_string("mail/confirm_email.txt", content), None, [str(account.email)])
