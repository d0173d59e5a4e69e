"""Accounts: who can sign in, as one of two kinds. The check constraint keeps the kinds apart."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from openhouse.folding import Fold, Initials


class AccountManager(BaseUserManager["Account"]):
    """Natural look-ups for Django's sign-in machinery."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The guardian's account with this email."""
        return self.get(email=username)


class Account(AbstractBaseUser):
    """A sign-in. A guardian's has an `email`; an employee's has `employee_key`, the SIS's id of the employee, and no password."""

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(unique=True, null=True)
    employee_key = models.CharField(max_length=255, null=True)
    given_name = models.CharField(max_length=128, blank=True)
    family_name = models.CharField(max_length=128, blank=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    email_confirmed_at = models.DateTimeField(null=True)
    deactivated_at = models.DateTimeField(null=True)
    deactivated_for_cause = models.BooleanField(null=True)

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        indexes: ClassVar = [
            models.Index(Initials("family_name"), Fold("given_name"), Fold("family_name"), name="account_called")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(  # not of NULLs: through them SQLite would read every guardian's account
                fields=["employee_key"], condition=Q(employee_key__isnull=False), name="one_account_per_employee"
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=False, employee_key__isnull=True)
                | Q(email__isnull=True, employee_key__isnull=False, password__startswith="!"),  # noqa: S106 (no password at all)
                name="guardian_or_employee",
            ),
            models.CheckConstraint(
                condition=Q(deactivated_at__isnull=True, deactivated_for_cause__isnull=True)
                | Q(deactivated_at__isnull=False, deactivated_for_cause__isnull=False),
                name="deactivation_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.key}"

    def set_password(self, raw_password: str | None) -> None:
        """A guardian's password, hashed. Raises PermissionDenied for an employee, who has none."""
        if not self.is_guardian:
            raise PermissionDenied
        super().set_password(raw_password)

    @property
    def is_guardian(self) -> bool:
        """Whether this is a guardian's account rather than an employee's."""
        return self.employee_key is None

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the account may sign in at all. Django ends the sessions of one that may not."""
        return self.deactivated_at is None

    @property
    def name(self) -> str:
        """The name the person gave, or for an employee the SIS's."""
        return f"{self.given_name} {self.family_name}".strip()


class PastDeactivation(models.Model):
    """A time during which an account was deactivated, now over."""

    kind = "ordinary"

    account = models.ForeignKey(Account, models.PROTECT, related_name="past_deactivations")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    for_cause = models.BooleanField()

    def __str__(self) -> str:
        return f"deactivation of {self.account_id} until {self.valid_until:%Y-%m-%d}"


class Identity(models.Model):
    """Who an employee is at an identity provider: its issuer and its subject, tied once and for good."""

    kind = "ordinary"

    account = models.ForeignKey(Account, models.PROTECT, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    tied_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_of_a_subject"),
            models.UniqueConstraint(fields=["account", "issuer"], name="one_subject_of_an_account"),
        ]

    def __str__(self) -> str:
        return f"identity of {self.account_id}"


class Session(AbstractBaseSession):
    """A browser's session, as `session_store` keeps it; with an account once somebody signed in."""

    kind = "ordinary"

    session_key = models.CharField(max_length=64, primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")

    def __str__(self) -> str:
        return f"session of {self.account_id or 'nobody'}"
