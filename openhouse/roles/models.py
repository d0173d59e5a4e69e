"""Grants: who holds which role, where, from when until when. Requests: who asked for one."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Expression, F, Q
from django.utils import timezone

from openhouse.accounts.models import Account
from openhouse.roles.places import Place
from openhouse.roles.roles import Role
from openhouse.sql import Holds, Text

NEVER_TWO = Q(school_code="") | Q(region="")
"""A place is a school or a region, never both."""


class Grants(models.QuerySet["Grant"]):
    """Grants, and which of them hold."""

    def current(self, at: datetime | Expression) -> Grants:
        """Those that hold at that moment: begun, neither ended nor run out."""
        values = (F("valid_from"), at, *2 * (F("valid_until"),), at, *2 * (F("expires_at"),), at)
        return self.filter(Holds(Text("{} <= {} AND ({} IS NULL OR {} > {}) AND ({} IS NULL OR {} > {})", values)))


class Grant(models.Model):
    """One role of one employee at one school code, in one region, or (both blank) for the whole district.

    It runs out at `expires_at`; `valid_until` is when it was ended before, or renewed by the grant that follows it.
    `given_by` is blank for those from the command line. `origin` is `group` where a group of the district's identity provider
    carries it, and ends with that group; else blank.
    """

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40, choices=Role)
    school_code = models.CharField(max_length=255, blank=True)
    region = models.CharField(max_length=255, blank=True)
    origin = models.CharField(max_length=20, blank=True, default="")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    ended_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)

    objects = Grants.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "role", "school_code", "region"],
                condition=Q(valid_until__isnull=True),
                name="one_current_grant",
            ),
            models.CheckConstraint(condition=NEVER_TWO, name="grant_has_one_place"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.account_id}"

    @property
    def place(self) -> Place:
        """Where the role is held."""
        return Place(self.school_code, self.region)

    @property
    def ends_at(self) -> datetime | None:
        """When it was ended or runs out, whichever comes first; None while neither is known."""
        return min(filter(None, (self.valid_until, self.expires_at)), default=None)

    @property
    def last_date(self) -> date | None:
        """The last day on which it holds, where it runs out: a school year's last."""
        return timezone.localdate(self.expires_at - timedelta.resolution) if self.expires_at else None


class RoleRequest(models.Model):
    """An employee asks for a role at a place. It waits until it is withdrawn, or decided by somebody else."""

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="role_requests")
    role = models.CharField(max_length=40, choices=Role)
    school_code = models.CharField(max_length=255, blank=True)
    region = models.CharField(max_length=255, blank=True)
    why = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    approved = models.BooleanField(null=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "role", "school_code", "region"],
                condition=Q(decided_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_role_request",
            ),
            models.CheckConstraint(condition=NEVER_TWO, name="role_request_has_one_place"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True, approved__isnull=True)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, approved__isnull=False)
                    & Q(withdrawn_at__isnull=True)
                    & ~Q(decided_by=F("account"))
                ),
                name="role_request_is_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} asked for by {self.account_id}"

    @property
    def place(self) -> Place:
        """Where the role is asked for."""
        return Place(self.school_code, self.region)
