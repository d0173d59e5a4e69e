"""Grants: who holds which role, where, from when until when."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from openhouse.accounts.models import Account
from openhouse.roles.roles import Role


class Grant(models.Model):
    """One role of one employee at one school code, or (blank) for the whole district.

    `origin` is `group` where a group of the district's identity provider carries it, and ends with that group; else blank.
    """

    kind = "ordinary"

    account = models.ForeignKey(Account, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40, choices=Role)
    school_code = models.CharField(max_length=255, blank=True)
    origin = models.CharField(max_length=20, blank=True, default="")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "role", "school_code"],
                condition=Q(valid_until__isnull=True),
                name="one_current_grant",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.account_id}"
