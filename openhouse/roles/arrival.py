"""An employee comes in through the district's identity provider: which employee that is, and whether they may."""

from __future__ import annotations

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from openhouse.accounts import actor, identities
from openhouse.accounts.models import Account
from openhouse.accounts.single_sign_on.statement import Statement, Trouble
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.district.models import Employee
from openhouse.policy.values import Policy
from openhouse.roles import employed, groups


class Reason(models.TextChoices):
    """Why somebody whom the provider vouched for does not come in. The words are for them."""

    UNKNOWN = "unknown", _("The school system does not know an employee with your employee number.")
    GONE = "gone", _("The school system no longer names you as an employee.")
    AMBIGUOUS = "ambiguous", _("The school system has your employee number twice.")
    NO_DISTRICT_ID = "no district id", _("The district's sign-in service did not say your employee number.")
    TAKEN = "taken", _("Your district account and your employee number belong to two different people here.")
    DEACTIVATED = "deactivated", _("Your access to this portal is switched off.")
    NO_SECOND_FACTOR = "no second factor", _("You signed in without a second step.")


class SignOnRefused(ValueError):
    """They may not come in; `reason` says why."""

    def __init__(self, reason: Reason, account: Account | None = None) -> None:
        super().__init__(reason.value)
        self.reason, self.account = reason, account


def arrive(*, statement: Statement, policy: Policy, address: str, at: datetime) -> Account:
    """The employee's account, made and tied the first time; roles follow their groups. Raises SignOnRefused."""
    try:
        with transaction.atomic():
            _require_second_factor(statement, policy)
            account = _whose(statement, address, at)
            by = actor.of(account, address)
            groups.follow(account=account, groups=statement.groups, policy=policy, by=by, at=at)
            return account
    except SignOnRefused as refused:
        by = actor.of(refused.account, address) if refused.account else Actor("nobody", "", address=address)
        detail = {"reason": refused.reason, "provider": statement.provider}
        record(event=Event.SIGN_ON_REFUSED, by=by, at=at, detail=detail)
        raise


def turn_away(*, trouble: Trouble, provider: str, address: str, at: datetime) -> None:
    """Record that what a provider is said to have said did not hold. What anybody can cause without a provider is not kept."""
    if trouble in (Trouble.UNPROVEN, Trouble.NOT_AGAIN):
        detail = {"reason": trouble, "provider": provider}
        record(event=Event.SIGN_ON_REFUSED, by=Actor("nobody", "", address=address), at=at, detail=detail)


def _require_second_factor(statement: Statement, policy: Policy) -> None:
    if policy.second_factor_required and not statement.strengths & set(policy.second_factor_words):
        known = identities.account_of(issuer=statement.issuer, subject=statement.subject)
        raise SignOnRefused(Reason.NO_SECOND_FACTOR, known)


def _whose(statement: Statement, address: str, at: datetime) -> Account:
    """The employee's account: by issuer and subject once they are tied, the first time by the district ID."""
    account = identities.account_of(issuer=statement.issuer, subject=statement.subject)
    if account is None:
        employee = _employee(statement.district_id)
        account = employed.account_of(employee)
        _require_active(account)
        try:
            identities.tie(account=account, issuer=statement.issuer, subject=statement.subject, address=address, at=at)
        except identities.IdentityTaken:
            raise SignOnRefused(Reason.TAKEN, account) from None
        return account
    _require_active(account)
    current = Employee.objects.filter(sourced_id=account.employee_key, valid_until=None).first()
    if current is None:
        raise SignOnRefused(Reason.GONE, account)
    if statement.district_id and statement.district_id != current.number:
        raise SignOnRefused(Reason.TAKEN, account)
    return employed.account_of(current)


def _employee(district_id: str) -> Employee:
    """The one employee of this district ID whom the SIS names now."""
    if not district_id:
        raise SignOnRefused(Reason.NO_DISTRICT_ID)
    known = Employee.objects.filter(number=district_id)
    current = list(known.filter(valid_until=None)[:2])
    if len(current) == 1:
        return current[0]
    if current:
        raise SignOnRefused(Reason.AMBIGUOUS)
    raise SignOnRefused(Reason.GONE if known.exists() else Reason.UNKNOWN)


def _require_active(account: Account) -> None:
    if not account.is_active:
        raise SignOnRefused(Reason.DEACTIVATED, account)
