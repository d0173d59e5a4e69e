"""Guardians' second factors: sealed at rest, each code good once, few wrong ones, and what every change of them brings with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from openhouse import cipher
from openhouse.accounts import sessions
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record

PROVED = "second_factor"
"""In a session: its owner has a second factor, and used it here or has just set it up."""
SEALED = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
"""Where the secret is in the row of each type. A passkey's row holds a public key, which opens nothing."""


def proved(request: HttpRequest) -> bool:
    """Whether this session's owner has a second factor. Asks the session, and the database only while that does not say so."""
    if not request.session.get(PROVED) and _main(request.user).exists():
        request.session[PROVED] = True
    return bool(request.session.get(PROVED))


def _main(account: Account | AnonymousUser) -> QuerySet[Authenticator]:
    """Its second factors that are asked for; recovery codes stand in for one."""
    return Authenticator.objects.filter(user_id=account.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)


def holders() -> QuerySet[Any, Any]:
    """The ids of all accounts that have one."""
    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user_id")


def held_by(account: Account) -> bool:
    """Whether the account has any."""
    return Authenticator.objects.filter(user=account).exists()


def unseal(sealed: str) -> str:
    """The secret; where its key is lost one that nobody knows, so that no code fits it."""
    text = cipher.unseal(sealed.encode())
    return totp.generate_totp_secret() if text is None else text


def spend(authenticator: Authenticator, code: str) -> bool:
    """Use up a code that fits. Of an authenticator app's, none of this half minute or an earlier one fits again."""
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    with transaction.atomic():
        held = Authenticator.objects.select_for_update(of=("self",)).get(pk=authenticator.pk)
        step = _step(decrypt(held.data["secret"]), code)
        if step <= held.data.get("step", 0):
            return False
        held.data["step"] = step
        held.save(update_fields=["data"])
        return True


def _step(secret: str, code: str) -> int:
    """The newest half minute whose code this is; 0 where it is none's."""
    steps = totp.yield_hotp_counters_from_time()
    fits = [
        each
        for each in steps
        if compare_user_code(actual=code, expected=totp.format_hotp_value(totp.hotp_value(secret, each)))
    ]
    return max(fits, default=0)


@dataclass(frozen=True)
class Resealed:
    """How many secrets are under the newest key now, and how many had lost theirs: staff remove those, once asked."""

    sealed: int
    lost: int


def reseal() -> Resealed:
    """Seal every second factor's secret under the newest key, row by row while pages are served."""
    sealed = lost = 0
    for pk in Authenticator.objects.filter(type__in=SEALED).values_list("pk", flat=True).iterator():
        with transaction.atomic():
            held = Authenticator.objects.select_for_update(of=("self",)).filter(pk=pk).first()
            if held is None:
                continue
            name = SEALED[Authenticator.Type(held.type)]
            if (fresh := cipher.reseal(held.data[name].encode())) is None:
                lost += 1
                continue
            held.data[name] = fresh.decode()
            held.save(update_fields=["data"])
            sealed += 1
    return Resealed(sealed, lost)


def remove_all(*, account: Account, identity: str, by: Actor, at: datetime) -> int:
    """Remove every second factor of an account and end its sessions. Who may say so is asked above. Returns how many went."""
    with transaction.atomic():
        removed, _rows = Authenticator.objects.filter(user=account).delete()
        if removed:
            sessions.end_all(account)
            about, detail = Subject(account=str(account.key)), {"identity": identity, "factors": removed}
            record(event=Event.FACTORS_REMOVED, by=by, at=at, about=about, detail=detail)
    return removed


@receiver(signals.authenticator_added)
def began(authenticator: Authenticator, **kwargs: Any) -> None:
    """The code that an app was set up with is used up."""
    if authenticator.type == Authenticator.Type.TOTP:
        authenticator.data["step"] = int(timezone.now().timestamp()) // totp.app_settings.TOTP_PERIOD
        authenticator.save(update_fields=["data"])


@receiver(signals.authenticator_added)
@receiver(signals.authenticator_removed)
@receiver(signals.authenticator_reset)
def changed(request: HttpRequest, user: Account, **kwargs: Any) -> None:
    """After each change: the account's other sessions end (OWASP ASVS 5.0, 7.4.3), and this one knows how things stand."""
    if request.session.session_key:
        sessions.end_all_but(user, request)
    request.session[PROVED] = _main(user).exists()


@receiver(signals.authenticator_used)
def used(request: HttpRequest, user: Account, authenticator: Authenticator, **kwargs: Any) -> None:
    """A second factor was used here. A recovery code that is gone is told to its owner, who may not have been the one."""
    request.session[PROVED] = True
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        account_adapter(request).send_notification_mail("mfa/email/recovery_code_used", user)
