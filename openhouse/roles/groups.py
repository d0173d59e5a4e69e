"""Roles that the district's groups carry: read at every sign-in, and ended when the group is no longer named.

A person's word comes first: what a person granted stays as it is, and what a person revoked no group gives again.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor
from openhouse.policy.values import Policy
from openhouse.roles import grants, refusals
from openhouse.roles.models import Grant
from openhouse.roles.places import Place, refuse_unfit
from openhouse.roles.roles import Role

GROUP = "group"


def follow(*, account: Account, groups: Collection[str], policy: Policy, by: Actor, at: datetime) -> list[Grant]:
    """Bring the grants that groups carry in line with the groups named; returns them."""
    wanted = {
        (Role(each["role"]), each["school_code"])
        for each in policy.group_roles
        if each["group"] in groups and fits(each["role"], each["school_code"])
    }
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=account.pk)  # two windows at once
        rows = Grant.objects.filter(account=account, region="").order_by("valid_from", "pk")
        newest = {(Role(each.role), each.school_code): each for each in rows}
        for post, grant in newest.items():
            if grant.origin == GROUP and grant.valid_until is None and post not in wanted:
                Grant.objects.filter(pk=grant.pk).update(valid_until=at)
                grants.note(grant, event=Event.GROUP_ROLE_ENDED, by=by, at=at)
        for post in sorted(wanted):
            last = newest.get(post)
            if last is None or _is_free(last, at):
                made = Grant(account=account, role=post[0], school_code=post[1], origin=GROUP, valid_from=at)
                grants.succeed(last=last, made=made, event=Event.GROUP_ROLE_GRANTED, by=by)
    return list(Grant.objects.filter(account=account, origin=GROUP, valid_until=None).order_by("pk"))


def fits(role: str, school_code: str) -> bool:
    """Whether there is such a role, and it is held where policy says: at a school, or for the whole district."""
    try:
        refuse_unfit(Role(role), Place(school_code))
    except (ValueError, refusals.Misplaced, refusals.NoSuchPlace):
        return False
    return True


def _is_free(last: Grant, at: datetime) -> bool:
    """Whether a post whose newest grant this is may be given by a group: nobody has it, and no person ended it."""
    return last.ended_by_id is None and last.ends_at is not None and last.ends_at <= at
