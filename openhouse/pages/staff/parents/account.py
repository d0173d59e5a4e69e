"""One parent account: its state, its students and ties, and the actions that Parent Search has no column for."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from openhouse.access import likeness, tries
from openhouse.access.models import Tie
from openhouse.accounts import factors
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.pages import doors
from openhouse.pages.staff.parents import reach, students, telling
from openhouse.roles.roles import Permission


@doors.employee(Permission.SEARCH_PARENTS)
def page(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
    """Ties and hints about people out of scope stay out of sight."""
    account = get_object_or_404(reach.accounts(request), key=key)
    telling.look(request, Event.PARENT_SEEN, account)
    content: dict[str, Any] = {"account": account, "rows": students.rows(request, account, standings=True)}
    content |= {"turned_away": tries.turned_away(account, request.now), "ties": ties(request, account)}
    content |= {"has_factors": factors.held_by(account)}
    if Permission.MAKE_TIES in request.scope.permissions:
        mergeable = reach.mergeable(request)
        content |= {"like": likeness.of(account, among=mergeable)}
        content |= {"can_be_merged": mergeable.filter(pk=account.pk).exists()}
    return render(request, "staff/parents/account.html", content)


def ties(request: doors.Visit, account: Account) -> QuerySet[Tie]:
    """The account's current ties to guardians in the employee's reach."""
    here = reach.guardians(request).filter(pk=OuterRef("guardian"))
    rows = Tie.objects.filter(Exists(here), account=account, valid_until=None).select_related("guardian")
    return rows.order_by("valid_from", "pk")
