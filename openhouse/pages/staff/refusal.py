"""A refused action, in words that say why and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openhouse.access import refusals
from openhouse.access.pins import subject
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject, record
from openhouse.district.models import Guardianship
from openhouse.pages import doors
from openhouse.pages.staff.tabs import Words
from openhouse.policy.values import Policy
from openhouse.roles import colleagues


@dataclass(frozen=True)
class Back:
    """Where the refusal's page leads back to, and in which words."""

    address: str
    words: Words


def page(request: doors.Visit, guardianship: Guardianship, refused: refusals.Refused) -> HttpResponse:
    """The refusal of something that was asked for one guardian of one student."""
    back = Back(reverse("staff:pin_details", args=[guardianship.student.key]), _("Back to Pin Details"))
    return answer(request, refused, about=subject(guardianship), back=back, asked={"guardianship": guardianship.key})


def answer(
    request: doors.Visit,
    refused: refusals.Refused,
    *,
    about: Subject,
    back: Back,
    asked: Mapping[str, object] | None = None,
) -> HttpResponse:
    """The refusal's page. It is on record, though what was asked for did not happen. `asked` are the keys with which a second
    person can be asked to agree (`staff.ask_colleague`), where that is what is missing.
    """
    record(
        event=Event.ACTION_REFUSED,
        by=request.actor,
        at=request.now,
        about=about,
        detail={"why": type(refused).__name__},
    )
    content: dict[str, object] = {"text": words(refused, doors.policy(request)), "back": back}
    if isinstance(refused, refusals.SecondPersonNeeded):
        content |= {"asked": {"act": refused.act.value, **(asked or {})}, "colleagues": _colleagues(request, refused)}
    return render(request, "staff/refusal.html", content, status=409)


def _colleagues(request: doors.Visit, refused: refusals.SecondPersonNeeded) -> list[Account]:
    found = (
        colleagues.of(student, but=request.user, policy=request.policy, at=request.now) for student in refused.students
    )
    return list(dict.fromkeys(chain.from_iterable(found)))


def words(refused: refusals.Refused, policy: Policy) -> str:
    """What the refusal means and the next step."""
    sis = {"sis": policy.sis_name}
    match refused:
        case refusals.SecondPersonNeeded():
            return _(
                "A restriction or a hold stands on this student's record. This takes two persons: a colleague has to agree first."
            )
        case refusals.NothingToAsk():
            return _(
                "No restriction stands on this student's record any more. You need nobody's agreement: do it again."
            )
        case refusals.NotTheirs():
            return _("This request has been decided already, or it has expired.")
        case refusals.IdentityCheckNeeded():
            return _(
                "Three PINs of this student were locked by wrong tries this school year. A new one needs an identity check, "
                "and this version has no page for that yet. Please refer the family to the District Administrator."
            )
        case refusals.OwnFamily():
            return _("You are a contact of this student. Please ask a colleague to do this.")
        case refusals.NoBirthDate():
            return (
                _("%(sis)s has no date of birth for this student, so no PIN can be used. Please add it there first.")
                % sis
            )
        case refusals.RightsPassed():
            return (
                _("This student is 18 and holds the rights to their own records. %(sis)s gives no ground to go on.")
                % sis
            )
        case refusals.PinNotLive():
            return _("This PIN was used, has expired or is locked. Please make a new one with New Pin.")
    text = _(
        "%(sis)s does not name this person as a current legal guardian of an enrolled student. Please correct it there; "
        "the portal learns of it with the next sync."
    )
    return _about_account(refused, policy) or text % sis


def _about_account(refused: refusals.Refused, policy: Policy) -> str:
    """The words for what was refused about a parent account, or nothing."""
    match refused:
        case refusals.DeactivatedForCause():
            text = _(
                "The help desk deactivated this account for cause, and only they can activate it. Please call them."
            )
            return f"{text} {policy.help_desk_phone}".strip()
        case refusals.AccountNotActive():
            return _(
                "One of the two accounts is deactivated, or its email is not confirmed. Both must be active first."
            )
        case refusals.SameAccount():
            return _("This is one and the same account.")
        case refusals.GuardianTaken():
            return _(
                "This guardian is tied to another parent account. If both accounts are the same person's, merge them. "
                "If the other tie is wrong, end it first."
            )
        case refusals.LimitReached(limit=limit):
            text = _(
                "Together these are more than %(limit)s students, the most for one account. Add an exception to the account "
                "that stays, then merge them."
            )
            return text % {"limit": limit}
    return ""
