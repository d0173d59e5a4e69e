"""The identity check that an address names: the employee's own, of a guardian whom they still reach, within its hour."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from openhouse.access import refusals
from openhouse.access.models import IdentityCheck
from openhouse.pages import doors
from openhouse.pages.staff import refusal
from openhouse.roles import scope
from openhouse.roles.roles import Permission

type Step = Callable[[doors.Visit, IdentityCheck], HttpResponse]


def check(step: Step) -> Callable[[doors.Visit, uuid.UUID], HttpResponse]:
    """Hand a page its check with the guardianship. Another's is not there; one's own says when it is over."""

    @wraps(step)
    def entered(request: doors.Visit, key: uuid.UUID) -> HttpResponse:
        found = get_object_or_404(IdentityCheck.objects.filter(employee=request.user), key=key)
        reached = scope.guardianships(request.scope, Permission.VERIFY_IDENTITY)
        found.guardianship = get_object_or_404(reached, pk=found.guardianship_id)
        if not found.is_running(request.now):
            return refusal.page(request, found.guardianship, refusals.CheckOver())
        return step(request, found)

    return entered
