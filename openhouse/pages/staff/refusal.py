"""A refused action, in words that say why and what to do."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from openhouse.access import refusals
from openhouse.access.pins import subject
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.district.models import Guardianship
from openhouse.pages import doors
from openhouse.policy.values import Policy


def page(request: doors.Visit, guardianship: Guardianship, refused: refusals.Refused) -> HttpResponse:
    """The refusal's page. It is on record, though what was asked for did not happen."""
    why = type(refused).__name__
    about, detail = subject(guardianship), {"why": why}
    trail.look(event=Event.ACTION_REFUSED, by=request.actor, at=request.now, about=about, detail=detail)
    content = {"student": guardianship.student, "text": words(refused, doors.policy(request))}
    if isinstance(refused, refusals.IdentityCheckNeeded | refusals.CheckOver):
        content["verifying"] = guardianship
    return render(request, "staff/refusal.html", content, status=409)


def words(refused: refusals.Refused, policy: Policy) -> str:
    """What the refusal means and the next step."""
    sis = {"sis": policy.sis_name}
    match refused:
        case refusals.SecondPersonNeeded():
            return _(
                "A restriction or a hold is on this student's record. Making a PIN needs the agreement of a second employee, "
                "and this version has no page for that yet. Please refer the family to the District Administrator."
            )
        case refusals.IdentityCheckNeeded() | refusals.TooManyChecks() | refusals.CheckOver():
            return _about_a_check(refused)
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
    return (
        _(
            "%(sis)s does not name this person as a current legal guardian of an enrolled student. Please correct it there; "
            "the portal learns of it with the next sync."
        )
        % sis
    )


def _about_a_check(refused: refusals.IdentityCheckNeeded | refusals.TooManyChecks | refusals.CheckOver) -> str:
    match refused:
        case refusals.IdentityCheckNeeded():
            return _(
                "Three PINs of this student were locked by wrong tries this school year. Verify the guardian's identity first, "
                "by video or here in person. Then a new PIN can be made within the hour."
            )
        case refusals.TooManyChecks(limit=limit):
            text = _(
                "This guardian's identity was checked %(limit)s times today, and that is the most for one day. "
                "Please ask them to come back tomorrow, and say nothing about the answers."
            )
            return text % {"limit": limit}
    return _("This identity check is over: its PIN was shown already, or an hour has passed. Please start a new one.")
