"""The kept record of an identity check (domain rule 11): a table of its own, among this room's `models`."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from openhouse.accounts.models import Account
from openhouse.district.models import Guardianship


class IdentityCheck(models.Model):
    """That an employee verified a guardian's identity: who, when, which questions matched, which kind of ID was seen.

    Never what was said, an ID's number or a picture. A row is made when the questions are answered, is told once what was
    seen and once that a PIN was shown, and is never deleted.
    """

    kind = "ordinary"

    LASTS = timedelta(hours=1)
    """How long a check can be gone on with, and how long it stands for a new PIN."""

    class Outcome(models.TextChoices):
        FAILED = "failed", _("The answers did not match")
        ANSWERED = "answered", _("The answers matched; no ID has been seen yet")
        VERIFIED = "verified", _("Verified")
        NOT_SEEN = "not seen", _("No accepted ID was seen")

    class Place(models.TextChoices):
        """Where the person was seen. By telephone alone is none."""

        VIDEO = "video", _("on screen, by video")
        COUNTER = "counter", _("here, in person")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    guardianship = models.ForeignKey(Guardianship, models.PROTECT, related_name="identity_checks")
    employee = models.ForeignKey(Account, models.PROTECT, related_name="identity_checks")
    asked_at = models.DateTimeField()
    answers = models.JSONField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    place = models.CharField(max_length=10, choices=Place, blank=True)
    document = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=("failed", "answered"), seen_at__isnull=True, place="", document="")
                | Q(outcome="not seen", seen_at__isnull=False, place="", document="")
                | Q(outcome="verified", seen_at__isnull=False) & ~Q(place="") & ~Q(document=""),
                name="who_is_verified_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(shown_at__isnull=True) | Q(outcome="verified"), name="a_pin_is_shown_to_the_verified"
            ),
        ]

    def __str__(self) -> str:
        return f"identity check {self.key}"

    def is_running(self, at: datetime) -> bool:
        """Whether it can still be gone on with."""
        return self.asked_at <= at < self.asked_at + self.LASTS

    def stands_for(self, guardianship: Guardianship, employee_key: str, at: datetime) -> bool:
        """Whether it verified this guardian for this employee within the hour."""
        same = self.guardianship_id == guardianship.pk and str(self.employee.key) == employee_key
        return same and self.outcome == self.Outcome.VERIFIED and self.is_running(at)
