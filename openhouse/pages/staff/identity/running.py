"""The identity check that an address names: the employee's own, of the last hour, of a guardian whom they still reach."""

from __future__ import annotations

import uuid

from django.shortcuts import get_object_or_404

from openhouse.access import checks
from openhouse.access.models import IdentityCheck
from openhouse.pages import doors
from openhouse.roles import scope
from openhouse.roles.roles import Permission


def one(request: doors.Visit, key: uuid.UUID) -> IdentityCheck:
    """The check with its guardianship, or 404, alike for another's and for one that is over."""
    check = get_object_or_404(checks.of(request.user, request.now), key=key)
    reached = scope.guardianships(request.scope, Permission.VERIFY_IDENTITY)
    check.guardianship = get_object_or_404(reached, pk=check.guardianship_id)
    return check
