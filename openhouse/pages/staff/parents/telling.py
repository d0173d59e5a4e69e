"""What the pages of one account share: where they return to, and how a refusal or a look is told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from openhouse.access import refusals
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Guardianship
from openhouse.pages import doors
from openhouse.pages.staff import refusal


def about(account: Account) -> Subject:
    """The account as the trail's subject."""
    return Subject(account=str(account.key), names={str(account.key): account.name})


def look(request: doors.Visit, event: Event, account: Account) -> None:
    """Record that something of the account was looked at."""
    trail.look(event=event, by=request.actor, at=request.now, about=about(account))


def back(account: Account) -> HttpResponse:
    """To the account's row."""
    return redirect("staff:parent_found", account.key)


def refuse(
    request: doors.Visit, account: Account, refused: refusals.Refused, *, verifying: Guardianship | None = None
) -> HttpResponse:
    """The refusal's page. Whom a second person is asked about stands in the refusal itself; `verifying` is whose identity can be
    checked, where that is missing.
    """
    asked = {"account": account.key}
    if isinstance(refused, refusals.SecondPersonNeeded):
        asked = {"account": refused.account.key} if refused.account else asked
        asked |= {"guardian": refused.guardian.key} if refused.guardian else {}
        asked |= {"other": refused.other.key} if refused.other else {}
    way = refusal.Back(reverse("staff:parent_found", args=[account.key]), _("Back to Parent Search"))
    return refusal.answer(request, refused, about=about(account), back=way, asked=asked, verifying=verifying)
