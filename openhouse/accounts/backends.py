"""How each kind of account signs in. A session belongs to the backend that opened it, and each backend knows one kind."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import BaseBackend
from django.db.models import BigAutoField
from django.http import HttpRequest

from openhouse.accounts.models import Account
from openhouse.questions import Given, Question

_PK = Given("pk", BigAutoField())
GUARDIAN = Question(lambda: Account.objects.filter(pk=_PK, employee_key=None, deactivated_at=None))
EMPLOYEE = Question(lambda: Account.objects.filter(pk=_PK, email=None, deactivated_at=None))


class GuardianBackend(AuthenticationBackend):
    """Email and password, through allauth."""

    def get_user(self, user_id: int) -> Account | None:
        """The active guardian's account of this session."""
        return GUARDIAN.first(pk=user_id)


class EmployeeBackend(BaseBackend):
    """The district's own sign-on vouches for an employee; nothing typed here ever does."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """No credentials are taken."""
        return None

    def get_user(self, user_id: int) -> Account | None:
        """The active employee's account of this session."""
        return EMPLOYEE.first(pk=user_id)
