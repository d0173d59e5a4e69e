"""Roles that the district's groups carry: read at every sign-in, and ended when the group is no longer named."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import F

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.policy.values import Policy
from openhouse.roles import refusals
from openhouse.roles.models import Grant
from openhouse.roles.places import Place, refuse_unfit
from openhouse.roles.roles import Role

GROUP = "group"


def follow(*, account: Account, groups: Collection[str], policy: Policy, by: Actor, at: datetime) -> list[Grant]:
    """Bring the grants that groups carry in line with the groups named; returns them. What a person granted stays as it is."""
    wanted = {
        (Role(each["role"]), each["school_code"])
        for each in policy.group_roles
        if each["group"] in groups and fits(each["role"], each["school_code"])
    }
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two windows at once
        held = Grant.objects.filter(account=account, valid_until=None, region="")
        held.filter(expires_at__lte=at).update(valid_until=F("expires_at"))
        current = {(Role(each.role), each.school_code): each for each in held}
        for post, grant in current.items():
            if grant.origin == GROUP and post not in wanted:
                Grant.objects.filter(pk=grant.pk).update(valid_until=at)
                record(event=Event.GROUP_ROLE_ENDED, by=by, at=at, detail=_detail(account, *post))
        for post in sorted(wanted - current.keys()):
            Grant.objects.create(
                account=account, role=post[0], school_code=post[1], origin=GROUP, valid_from=at, valid_until=None
            )
            record(event=Event.GROUP_ROLE_GRANTED, by=by, at=at, detail=_detail(account, *post))
    return list(Grant.objects.filter(account=account, origin=GROUP, valid_until=None).order_by("pk"))


def fits(role: str, school_code: str) -> bool:
    """Whether there is such a role, and it is held where policy says: at a school, or for the whole district."""
    try:
        refuse_unfit(Role(role), Place(school_code))
    except (ValueError, refusals.Misplaced, refusals.NoSuchPlace):
        return False
    return True


def _detail(account: Account, role: Role, school_code: str) -> dict[str, str]:
    return {"role": role, "school_code": school_code, "employee": str(account.key)}
