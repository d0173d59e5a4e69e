"""Asking for a role, withdrawing that, and the answer of who decides. Nobody decides about a role of their own."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor
from openhouse.district import kin
from openhouse.roles import employed, grants, notices, refusals
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.places import Place, refuse_unfit
from openhouse.roles.roles import Role

MOST = 10
"""How many requests one employee may have open."""
OPEN = Q(decided_at=None, withdrawn_at=None)


class State(models.TextChoices):
    """What has become of a request."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def state(request: RoleRequest) -> State:
    """The state of a request."""
    if request.withdrawn_at is not None:
        return State.WITHDRAWN
    if request.approved is None:
        return State.WAITING
    return State.APPROVED if request.approved else State.REJECTED


def ask(
    *, account: Account, role: Role, place: Place, why: str, actor: Actor, at: datetime
) -> tuple[RoleRequest, bool]:
    """Ask for a role at a place; whether that is new. One that still waits stays as it is. Those who decide are told.

    Raises Misplaced, NoSuchPlace, NotEmployed, HeldAlready and TooManyRequests.
    """
    refuse_unfit(role, place)
    with transaction.atomic():
        Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
        if not employed.is_employed(account):
            raise refusals.NotEmployed
        here = Q(role=role, school_code=place.school_code, region=place.region)
        if Grant.objects.filter(here, account=account).current(at).exists():
            raise refusals.HeldAlready
        waiting = RoleRequest.objects.filter(OPEN, account=account)
        if same := waiting.filter(here).first():
            return same, False
        if waiting.count() >= MOST:
            raise refusals.TooManyRequests
        made = RoleRequest.objects.create(
            account=account, role=role, school_code=place.school_code, region=place.region, why=why, asked_at=at
        )
        grants.note(made, event=Event.ROLE_ASKED, by=actor, at=at)
        notices.asked.enqueue(made.pk)
    return made, True


def withdraw(*, request: RoleRequest, by: Account, actor: Actor, at: datetime) -> RoleRequest:
    """Take back one's own request. Raises NoLongerOpen; a second time changes nothing."""
    with transaction.atomic():
        request = _lock(request)
        if request.account_id != by.pk or request.decided_at is not None:
            raise refusals.NoLongerOpen
        if request.withdrawn_at is None:
            request.withdrawn_at = at
            request.save(update_fields=["withdrawn_at"])
            grants.note(request, event=Event.ROLE_WITHDRAWN, by=actor, at=at)
    return request


def approve(*, request: RoleRequest, by: Account, actor: Actor, at: datetime) -> Grant:
    """Give what was asked for, and tell who asked. Raises OwnRole, NoLongerOpen, NotEmployed, Misplaced and NoSuchPlace."""
    with transaction.atomic():
        request = _decide(request, by=by, at=at, approved=True, answer="")
        role, account = Role(request.role), request.account
        return grants.give(account=account, role=role, place=request.place, by=by, actor=actor, at=at)[0]


def reject(*, request: RoleRequest, answer: str, by: Account, actor: Actor, at: datetime) -> RoleRequest:
    """Say no, and why, and tell who asked. Raises OwnRole and NoLongerOpen."""
    with transaction.atomic():
        request = _decide(request, by=by, at=at, approved=False, answer=answer)
        grants.note(request, event=Event.ROLE_REJECTED, by=actor, at=at)
    return request


def waiting() -> QuerySet[RoleRequest]:
    """All that nobody has decided, the oldest first, of employees whom the SIS names."""
    rows = RoleRequest.objects.filter(OPEN).filter(employed.now("account__employee_key"))
    return rows.select_related("account").order_by("asked_at", "pk")


def of(account: Account) -> QuerySet[RoleRequest]:
    """An employee's own, the newest first."""
    return RoleRequest.objects.filter(account=account).select_related("decided_by").order_by("-asked_at", "-pk")


def _decide(request: RoleRequest, *, by: Account, at: datetime, approved: bool, answer: str) -> RoleRequest:
    request = _lock(request)
    if kin.are_one(request.account.employee_key, by.employee_key):
        raise refusals.OwnRole
    if state(request) is not State.WAITING:
        raise refusals.NoLongerOpen
    request.decided_by, request.decided_at, request.approved, request.answer = by, at, approved, answer
    request.save(update_fields=["decided_by", "decided_at", "approved", "answer"])
    notices.decided.enqueue(request.pk)
    return request


def _lock(request: RoleRequest) -> RoleRequest:
    return RoleRequest.objects.select_for_update(of=("self",)).select_related("account").get(pk=request.pk)
