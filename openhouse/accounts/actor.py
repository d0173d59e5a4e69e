"""An account as the audit trail's actor."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from openhouse.accounts.models import Account
from openhouse.audit.trail import Actor


def of(account: Account, address: str = "") -> Actor:
    """The account's actor, acting from a network address."""
    return Actor("guardian" if account.is_guardian else "employee", str(account.key), account.name, address)


def address_of(request: HttpRequest | None) -> str:
    """The visitor's network address, read past as many proxies as OPENHOUSE_TRUSTED_PROXIES says; blank outside a request."""
    return get_adapter().get_client_ip(request) if request is not None else ""
