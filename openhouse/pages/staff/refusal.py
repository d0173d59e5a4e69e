"""A refused action, in words that say why and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from openhouse.access import consents, refusals
from openhouse.access.pins import subject
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.trail import Subject
from openhouse.district.models import Guardianship
from openhouse.pages import doors
from openhouse.pages.staff import refused_words
from openhouse.pages.staff.tabs import Words
from openhouse.roles import colleagues


@dataclass(frozen=True)
class Back:
    """Where the refusal's page leads back to, and in which words."""

    address: str
    words: Words


def page(request: doors.Visit, guardianship: Guardianship, refused: refusals.Refused) -> HttpResponse:
    """The refusal of something that was asked for one guardian of one student."""
    back = Back(reverse("staff:pin_details", args=[guardianship.student.key]), _("Back to Pin Details"))
    return answer(
        request,
        refused,
        about=subject(guardianship),
        back=back,
        asked={"guardianship": guardianship.key},
        verifying=guardianship,
    )


def answer(
    request: doors.Visit,
    refused: refusals.Refused,
    *,
    about: Subject,
    back: Back,
    asked: Mapping[str, object] | None = None,
    verifying: Guardianship | None = None,
) -> HttpResponse:
    """The refusal's page. It is on record, though what was asked for did not happen. `asked` are the keys with which a second
    person can be asked to agree (`staff.ask_colleague`), `verifying` whose identity can be checked, where that is missing.
    """
    trail.look(
        event=Event.ACTION_REFUSED,
        by=request.actor,
        at=request.now,
        about=about,
        detail={"why": type(refused).__name__},
    )
    content: dict[str, object] = {"text": refused_words.of(refused, doors.policy(request)), "back": back}
    if isinstance(refused, refusals.SecondPersonNeeded):
        content |= {"asked": {"act": refused.act.value, **(asked or {})}, "colleagues": _colleagues(request, refused)}
        content |= {"since": consents.waits_since(refused, by=request.user, at=request.now)}
    if isinstance(refused, refusals.IdentityCheckNeeded | refusals.CheckOver | refusals.NotVerified):
        content["verifying"] = verifying
    return render(request, "staff/refusal.html", content, status=409)


def _colleagues(request: doors.Visit, refused: refusals.SecondPersonNeeded) -> list[Account]:
    acts = [(student, request.user) for student in refused.students]
    found = colleagues.of_each(acts, policy=request.policy, at=request.now)
    return list(dict.fromkeys(chain.from_iterable(found.values())))
