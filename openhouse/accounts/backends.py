"""How each kind of account signs in. A session belongs to the backend that opened it, and each backend knows one kind."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from openhouse.accounts.models import Account


class GuardianBackend(AuthenticationBackend):
    """Email and password, through allauth."""

    def get_user(self, user_id: int) -> Account | None:
        """The active guardian's account of this session."""
        return Account.objects.filter(pk=user_id, employee_key=None, deactivated_at=None).first()


class EmployeeBackend(BaseBackend):
    """The district's own sign-on vouches for an employee; nothing typed here ever does."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """No credentials are taken."""
        return None

    def get_user(self, user_id: int) -> Account | None:
        """The active employee's account of this session."""
        return Account.objects.filter(pk=user_id, email=None, deactivated_at=None).first()
