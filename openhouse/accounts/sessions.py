"""Sessions: when their owner last proved who they are, how long they may rest and last, and ending them.

What changes a great deal asks for a sign-in anew (OWASP ASVS 5.0, 7.5.3); limits are checked at every request (7.3.1, 7.3.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from openhouse.accounts import devices
from openhouse.accounts.models import Account, Session
from openhouse.accounts.session_store import SessionStore, at_rest
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record

BEGAN, PROVED, SEEN, DEVICE, PROVIDER = "began_at", "proved_at", "seen_at", "device", "provider"
NOTED_EVERY = timedelta(minutes=1)
"""How often a session's use is noted: one statement a minute, not one a page."""


@receiver(user_logged_in)
def began(request: HttpRequest, **kwargs: Any) -> None:
    """A sign-in of either kind: note its moment and its browser in the session. Rows that have expired make room."""
    SessionStore.clear_expired()
    request.session[BEGAN] = request.session[PROVED] = request.session[SEEN] = timezone.now().isoformat()
    request.session[DEVICE] = devices.named(request.headers.get("User-Agent", ""))


def vouched(request: HttpRequest, *, provider: str, proved_at: datetime | None) -> None:
    """Who vouched for the owner of a session that has just begun, and when they proved themselves there, if that is known."""
    request.session[PROVIDER] = provider
    request.session[PROVED] = proved_at.isoformat() if proved_at else ""


def provider(request: HttpRequest) -> str:
    """Which identity provider vouched for the owner; blank for none."""
    return str(request.session.get(PROVIDER, ""))


def proved_at(request: HttpRequest) -> datetime | None:
    """When whoever holds this session last signed in; None where it is not known."""
    return _instant(request.session.get(PROVED))


def is_over(request: HttpRequest, *, idle: timedelta, longest: timedelta, at: datetime) -> bool:
    """Whether this signed-in session has rested or lasted too long. One that has not is noted as used."""
    held = request.session
    if _is_over(held, idle, longest, at):
        return True
    if at - (_instant(held.get(SEEN)) or at) >= NOTED_EVERY:
        held[SEEN] = at.isoformat()
    return False


def _is_over(held: Any, idle: timedelta, longest: timedelta, at: datetime) -> bool:
    began, seen = _instant(held.get(BEGAN)), _instant(held.get(SEEN))
    return began is None or at - began >= longest or at - (seen or began) >= idle


def _instant(noted: str | None) -> datetime | None:
    return datetime.fromisoformat(noted) if noted else None


@dataclass(frozen=True)
class Place:
    """One of an account's sessions, as its owner sees it. `row` names it to nobody else: it is no key that opens it."""

    row: str
    device: str
    began_at: datetime | None
    seen_at: datetime | None
    is_here: bool


def of(account: Account, *, request: HttpRequest, idle: timedelta, longest: timedelta, at: datetime) -> list[Place]:
    """The account's sessions that still open something, this one first, then the one used last."""
    here = _here(request)
    found = []
    for row in Session.objects.filter(account=account, expire_date__gt=at):
        held = SessionStore().decode(row.session_data)
        if not _is_over(held, idle, longest, at):
            device = devices.words(*held.get(DEVICE, ("", "")))
            began, seen = _instant(held.get(BEGAN)), _instant(held.get(SEEN))
            found.append(Place(row.pk, device, began, seen, row.pk == here))
    return sorted(found, key=lambda place: (place.is_here, place.seen_at), reverse=True)


def end(account: Account, *, row: str, by: Actor, at: datetime) -> bool:
    """End one session of the account. Returns whether it was there: `row` may be any text."""
    mine = Session.objects.filter(account=account)
    ended, _rows = mine.filter(pk__in={row} & {*mine.values_list("pk", flat=True)}).delete()
    if ended:
        _record(account, ended, by, at)
    return bool(ended)


def end_others(account: Account, *, request: HttpRequest, by: Actor, at: datetime) -> int:
    """End every session of the account but the one that asks. Returns how many."""
    if ended := end_all_but(account, request):
        _record(account, ended, by, at)
    return ended


def end_all(account: Account) -> int:
    """End every session of the account, for a reason that has its own entry. Returns how many."""
    return Session.objects.filter(account=account).delete()[0]


def cut(*, accounts: list[Account] | None, by: Actor, at: datetime) -> int:
    """End every session of these accounts, or (None) of everybody, by the district's own word. Returns how many."""
    with transaction.atomic():
        if accounts is None:
            ended, _rows = Session.objects.all().delete()
            record(event=Event.SESSIONS_CUT, by=by, at=at, detail={"sessions": ended, "whose": "everybody"})
            return ended
        counts = {account: end_all(account) for account in accounts}  # all before the first entry: see `trail.look`
        for account, ended in counts.items():
            key = str(account.key)
            whose: dict[str, object] = {} if account.is_guardian else {"employee": key}
            detail = {**whose, "sessions": ended}
            record(event=Event.SESSIONS_CUT, by=by, at=at, about=Subject(account=key), detail=detail)
        return sum(counts.values())


def end_all_but(account: Account, request: HttpRequest) -> int:
    """End every session of the account but the one that asks, for a reason that has its own entry. Returns how many."""
    return Session.objects.filter(account=account).exclude(pk=_here(request)).delete()[0]


def _here(request: HttpRequest) -> str:
    return at_rest(request.session.session_key or "")


def _record(account: Account, ended: int, by: Actor, at: datetime) -> None:
    about = Subject(account=str(account.key)) if account.is_guardian else Subject()
    record(event=Event.SESSIONS_ENDED, by=by, at=at, about=about, detail={"sessions": ended})
