"""Giving a role, renewing it at the school year's end, and revoking it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district import kin
from openhouse.district.models import Employee
from openhouse.policy import school_years, values
from openhouse.roles import employed, notices, refusals
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.places import Place, refuse_unfit
from openhouse.roles.roles import WITHOUT_END, Role

RENEWED_FROM = timedelta(days=60)
"""How long before its end a role can be renewed."""
RENEWED_UNTIL = timedelta(days=180)
"""How long after its end."""


def give(
    *, account: Account, role: Role, place: Place, by: Account | None, actor: Actor, at: datetime
) -> tuple[Grant, bool]:
    """Give a role until the school year's end; whether it was given now. One that a person gave and that goes on is left as it is.

    `by` is None at the command line. Raises Misplaced, NoSuchPlace and NotEmployed.
    """
    refuse_unfit(role, place)
    with transaction.atomic():
        _lock(account)
        if not employed.is_employed(account):
            raise refusals.NotEmployed
        last = _last(account, role, place)
        if last and not last.origin and (last.ends_at is None or last.ends_at > at):
            return last, False
        made = _made(account, role, place, by=by, ends=_end(role, at, at), at=at)
        return succeed(last=last, made=made, event=Event.ROLE_GRANTED, by=actor), True


def appoint(
    *, employee: Employee, role: Role, place: Place, by: Account | None, actor: Actor, at: datetime
) -> tuple[Grant, bool]:
    """Give a role to an employee who may never have signed in. Raises OwnRole, and what `give` raises."""
    if by is not None and kin.are_one(employee.sourced_id, by.employee_key):
        raise refusals.OwnRole
    refuse_unfit(role, place)
    with transaction.atomic():
        account = employed.account_of(employee)
        return give(account=account, role=role, place=place, by=by, actor=actor, at=at)


def renew(*, grant: Grant, by: Account, actor: Actor, at: datetime) -> Grant:
    """Give a role again that ends soon or has ended, until the end of the school year after.

    Raises OwnRole, NotEmployed, EndedAlready where it was revoked or renewed meanwhile, and NotDue.
    """
    with transaction.atomic():
        _lock(grant.account)
        last = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
        if kin.are_one(last.account.employee_key, by.employee_key):
            raise refusals.OwnRole
        if last.valid_until is not None:
            raise refusals.EndedAlready
        if last.expires_at is None or last.expires_at > at + RENEWED_FROM:
            raise refusals.NotDue
        if not employed.is_employed(last.account):
            raise refusals.NotEmployed
        role = Role(last.role)
        made = _made(last.account, role, last.place, by=by, ends=_end(role, max(last.expires_at, at), at), at=at)
        return succeed(last=last, made=made, event=Event.ROLE_RENEWED, by=actor)


def revoke(*, grant: Grant, reason: str, by: Account, actor: Actor, at: datetime) -> Grant:
    """End a role now, with a reason; its holder is told. The next request of theirs finds it gone.

    Raises EndedAlready, and LastAdministrator where nobody else could appoint another.
    """
    with transaction.atomic():
        administrators = Grant.objects.filter(role=Role.DISTRICT_ADMINISTRATOR, valid_until=None).order_by("pk")
        held = {each.pk for each in administrators.select_for_update(of=("self",))}
        grant = Grant.objects.select_for_update(of=("self",)).select_related("account").get(pk=grant.pk)
        if grant.valid_until is not None:
            raise refusals.EndedAlready
        if grant.pk in held and not _others(grant).exists():
            raise refusals.LastAdministrator
        grant.valid_until, grant.ended_by, grant.end_reason = at, by, reason
        grant.save(update_fields=["valid_until", "ended_by", "end_reason"])
        note(grant, event=Event.ROLE_REVOKED, by=actor, at=at)
        notices.revoked.enqueue(grant.pk)
    return grant


def renewable(rows: QuerySet[Grant], at: datetime) -> QuerySet[Grant]:
    """Those that end soon, or ended not long ago and were not renewed, of employees whom the SIS names."""
    due = rows.filter(valid_until=None, expires_at__gt=at - RENEWED_UNTIL, expires_at__lte=at + RENEWED_FROM)
    return due.filter(employed.now("account__employee_key")).order_by("expires_at", "account__family_name", "pk")


def succeed(*, last: Grant | None, made: Grant, event: Event, by: Actor) -> Grant:
    """Begin a grant; the one before it, if it was not ended, ends where it ran out, at the latest now."""
    if last is not None and last.valid_until is None:
        at = made.valid_from
        Grant.objects.filter(pk=last.pk).update(valid_until=min(at, last.expires_at or at))
    made.save()
    note(made, event=event, by=by, at=made.valid_from)
    return made


def note(row: Grant | RoleRequest, *, event: Event, by: Actor, at: datetime) -> None:
    """Put into the trail what became of a role, or of a request for one: it is about the employee, whoever did it."""
    employee = str(row.account.key)
    place = {"school_code": row.school_code} | ({"region": row.region} if row.region else {})
    detail = {"role": row.role, **place, "employee": employee}
    record(event=event, by=by, at=at, about=Subject(account=employee), detail=detail)


def _lock(account: Account) -> None:
    Account.objects.select_for_update(of=("self",)).get(pk=account.pk)


def _last(account: Account, role: Role, place: Place) -> Grant | None:
    here = Q(school_code=place.school_code, region=place.region)
    return Grant.objects.filter(here, account=account, role=role, valid_until=None).first()


def _made(
    account: Account, role: Role, place: Place, *, by: Account | None, ends: datetime | None, at: datetime
) -> Grant:
    where = {"school_code": place.school_code, "region": place.region}
    return Grant(account=account, role=role, **where, valid_from=at, expires_at=ends, given_by=by)


def _end(role: Role, after: datetime, at: datetime) -> datetime | None:
    """Midnight at the end of the school year that a moment is in; None for a role without an end."""
    if role in WITHOUT_END:
        return None
    year = school_years.at(values.at(at), timezone.localdate(after))
    return datetime.combine(school_years.after(year).first, time.min, tzinfo=timezone.get_current_timezone())


def _others(grant: Grant) -> QuerySet[Grant]:
    """Asked of what is not ended, whatever the clock: who was a moment faster may have begun a moment later."""
    rows = Grant.objects.filter(role=Role.DISTRICT_ADMINISTRATOR, valid_until=None).exclude(account=grant.account_id)
    return rows.filter(employed.now("account__employee_key"), account__deactivated_at=None)
