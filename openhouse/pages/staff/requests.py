"""**Requests**: what waits for this employee as the second person (domain rule 17), and what came of what they asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from openhouse.access import cautions, consents
from openhouse.access.models import Consent
from openhouse.accounts.models import Account
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.roles import colleagues, scope
from openhouse.roles.roles import Permission


@dataclass(frozen=True)
class Row:
    """A request, its state, and for one's own that waits the colleagues who may agree. `is_near`: its student can be opened."""

    consent: Consent
    state: consents.State
    colleagues: list[Account]
    is_near: bool = False


@doors.employee(Permission.SEE_REQUESTS)
def page(request: doors.Visit) -> HttpResponse:
    """Theirs to decide first; then their own of the last week."""
    own = consents.asked(request.user, request.now)
    reached = _reached(request, own, Permission.SEE_PINS)
    if request.scope.only:
        own = own.filter(student__in=reached)
    who = colleagues_of(request, own)
    since = cautions.restricted_since([each.student_id for each in own], request.policy)
    mine = [
        Row(
            each,
            consents.state(each, request.now, restricted_at=since.get(each.student_id)),
            who[each.student_id, each.asked_by_id],
            each.student_id in reached,
        )
        for each in own
    ]
    theirs = [Row(each, consents.State.WAITING, []) for each in to_decide(request, consents.waiting(request.now))]
    trail.look(event=Event.CONSENTS_SEEN, by=request.actor, at=request.now, detail={"found": len(mine) + len(theirs)})
    return render(request, "staff/requests.html", {"mine": mine, "theirs": theirs})


def to_decide(request: doors.Visit, waiting: QuerySet[Consent]) -> list[Consent]:
    """Those of the requests that this employee may decide as the second person."""
    others = waiting.exclude(asked_by=request.user)
    if not request.scope.is_district_wide(Permission.AGREE):  # who may agree everywhere may for a student who left, too
        others = others.filter(student__in=_reached(request, others, Permission.AGREE))
    found = list(others)
    who = colleagues_of(request, found)
    return [each for each in found if request.user in who[each.student_id, each.asked_by_id]]


def _reached(request: doors.Visit, asked: QuerySet[Consent], permission: Permission) -> set[int]:
    """The students of those requests whom the employee reaches. Requests are few, students many."""
    near = scope.students(request.scope, permission).filter(pk__in=asked.values("student"))
    return set(near.values_list("pk", flat=True))


def colleagues_of(request: doors.Visit, found: Iterable[Consent]) -> dict[tuple[int, int], list[Account]]:
    """Those who may decide each request, by the ids of its student and of who asked."""
    acts = [(each.student, each.asked_by) for each in found]
    return colleagues.of_each(acts, policy=request.policy, at=request.now)
