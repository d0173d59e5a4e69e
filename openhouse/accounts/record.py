"""Puts every sign-in, sign-out and change of credentials on the audit trail, and the moment an email is confirmed."""

from __future__ import annotations

from typing import Any

from allauth.account import signals
from allauth.account.models import EmailAddress
from allauth.mfa import signals as factor_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from openhouse.accounts import actor, sessions
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record


def _entry(event: Event, account: Account, request: HttpRequest | None, **detail: object) -> None:
    by = actor.of(account, actor.address_of(request))
    about = Subject(account=str(account.key)) if account.is_guardian else Subject()
    record(event=event, by=by, at=timezone.now(), about=about, detail=detail)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """A guardian or an employee came in."""
    _entry(Event.SIGNED_IN, user, request)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Account | None, **kwargs: Any) -> None:
    """A session was ended by its owner."""
    if user is not None:
        _entry(Event.SIGNED_OUT, user, request)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """The typed email is not kept: only the account it belongs to, where there is one."""
    account = Account.objects.filter(email=str(credentials.get("email", "")).lower()).first()
    about = Subject(account=str(account.key)) if account else Subject()
    nobody = Actor("nobody", "", address=actor.address_of(request))
    record(event=Event.SIGN_IN_FAILED, by=nobody, at=timezone.now(), about=about)


@receiver(signals.user_signed_up)
def registered(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """A guardian made an account."""
    _entry(Event.GUARDIAN_REGISTERED, user, request)


@receiver(signals.email_confirmed)
def confirmed(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    """The first confirmed email opens the account; the fact keeps its moment."""
    account = Account.objects.get(pk=email_address.user_id)
    Account.objects.filter(pk=account.pk, email_confirmed_at=None).update(email_confirmed_at=timezone.now())
    _entry(Event.EMAIL_CONFIRMED, account, request)


@receiver(signals.password_changed)
@receiver(signals.password_reset)
@receiver(signals.password_set)
def password_changed(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """A password was changed, reset or set. Sessions that were opened with the old one end."""
    sessions.end_all_but(user, request)
    _entry(Event.PASSWORD_CHANGED, user, request)


@receiver(signals.email_changed)
def email_changed(request: HttpRequest, user: Account, from_email_address: EmailAddress | None, **kwargs: Any) -> None:
    """An account's sign-in address changed; the first one is no change."""
    if from_email_address is not None:
        _entry(Event.EMAIL_CHANGED, user, request)


@receiver(factor_signals.authenticator_added)
@receiver(factor_signals.authenticator_reset)
def factor_added(request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    """A second factor was set up, or recovery codes were made."""
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    event = Event.RECOVERY_CODES_MADE if is_codes else Event.FACTOR_ADDED
    _entry(event, user, request, factor=authenticator.type)


@receiver(factor_signals.authenticator_removed)
def factor_removed(request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    """A guardian removed a second factor of their own."""
    _entry(Event.FACTOR_REMOVED, user, request, factor=authenticator.type)


@receiver(factor_signals.authenticator_used)
def factor_used(request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    """A recovery code is gone. Other factors are used at every sign-in, which has its own entry."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _entry(Event.RECOVERY_CODE_USED, user, request)


@receiver(factor_signals.authentication_failed)
def factor_refused(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """A wrong code. Whoever typed it knew the password, and is nobody until the right one."""
    nobody = Actor("nobody", "", address=actor.address_of(request))
    record(event=Event.FACTOR_REFUSED, by=nobody, at=timezone.now(), about=Subject(account=str(user.key)))
