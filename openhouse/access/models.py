"""Ties, associations, PINs, tries and exceptions: rows that begin and end, and are never overwritten."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from openhouse.access.checked import IdentityCheck as IdentityCheck
from openhouse.accounts.models import Account
from openhouse.district.models import Guardian, Guardianship, Student


class Way(models.TextChoices):
    """How a tie or an association came about."""

    PIN = "pin", _("by PIN")
    STAFF = "staff", _("by staff after an identity check")
    IMPORTED = "imported", _("imported from the earlier portal")
    FAMILY = "family", _("one PIN per family")


class Tie(models.Model):
    """This parent account is this SIS guardian. One guardian is tied to one account at a time."""

    kind = "ordinary"

    account = models.ForeignKey(Account, models.PROTECT, related_name="ties", db_index=False)
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="ties")
    way = models.CharField(max_length=10, choices=Way)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["guardian"], condition=Q(valid_until__isnull=True), name="one_account_per_guardian"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["account", "guardian", "valid_until"], name="tie_account")]

    def __str__(self) -> str:
        return f"tie of {self.account_id} to {self.guardian_id}"


class Association(models.Model):
    """A tied account and one student, and how that was validated. What it is worth is computed, never stored.

    `through` is the association by PIN that let a brother or sister in without another one (domain rule 15).
    """

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="associations")
    student = models.ForeignKey(Student, models.PROTECT, related_name="associations")
    way = models.CharField(max_length=10, choices=Way)
    through = models.ForeignKey("self", models.PROTECT, related_name="brought", null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    revalidate_since = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "student"], condition=Q(valid_until__isnull=True), name="one_current_association"
            ),
            models.CheckConstraint(
                condition=Q(way="family", through__isnull=False) | ~Q(way="family") & Q(through__isnull=True),
                name="a_family_s_way_leads_through_a_pin",
            ),
        ]

    def __str__(self) -> str:
        return f"association {self.key}"


class Given(models.TextChoices):
    """How a PIN reached the guardian."""

    SHOWN = "shown", _("shown at the counter")
    PRINTED = "printed", _("printed at the counter")
    LETTER = "letter", _("by letter")
    VIDEO = "video", _("by video")


class PinEnd(models.TextChoices):
    """Why a PIN is no longer live."""

    USED = "used", _("used")
    REPLACED = "replaced", _("replaced by a new one")
    LOCKED = "locked", _("locked after too many wrong tries")
    EXPIRED = "expired", _("expired")


class Pin(models.Model):
    """A single-use code for one guardianship. `sealed` is the encrypted code, destroyed with the PIN's end."""

    kind = "ordinary"

    guardianship = models.ForeignKey(Guardianship, models.PROTECT, related_name="pins")
    sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    given = models.CharField(max_length=10, choices=Given, blank=True)
    given_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=PinEnd, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["guardianship"], condition=Q(ended_at__isnull=True), name="one_open_pin"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="", sealed__isnull=False)
                | Q(ended_at__isnull=False, sealed__isnull=True) & ~Q(end=""),
                name="an_ended_pin_holds_no_code",
            ),
            models.CheckConstraint(
                condition=Q(given="", given_at__isnull=True) | ~Q(given="") & Q(given_at__isnull=False),
                name="given_has_its_moment",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="a_pin_lives_forward"),
        ]

    def __str__(self) -> str:
        return f"pin {self.pk}"


class Slip(models.Model):
    """The slip that a PIN is printed on. `key` is the random reference in its QR code, worth nothing once the PIN has ended."""

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    pin = models.OneToOneField(Pin, models.PROTECT, related_name="slip")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"slip of pin {self.pin_id}"


class Try(models.Model):
    """One try to add a student, written before it is matched, so that a refusal cannot undo it.

    `counted` says against whom: the account, the PINs that it reached, or nobody. All but the last count against the address.
    """

    kind = "ordinary"

    class Counted(models.TextChoices):
        ACCOUNT = "account"
        PIN = "pin"
        NOBODY = "nobody"

    account = models.ForeignKey(Account, models.PROTECT, related_name="tries")
    address_digest = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    counted = models.CharField(max_length=10, choices=Counted, default=Counted.ACCOUNT)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account", "at"], name="try_account", condition=Q(counted="account")),
            models.Index(fields=["address_digest", "at"], name="try_address", condition=~Q(counted="nobody")),
        ]

    def __str__(self) -> str:
        return f"try {self.pk}"


class LimitException(models.Model):
    """Permission for one account to have more students than policy's limit."""

    kind = "ordinary"

    account = models.ForeignKey(Account, models.PROTECT, related_name="limit_exceptions")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(valid_until__isnull=True), name="one_current_exception"
            )
        ]

    def __str__(self) -> str:
        return f"exception for {self.account_id}"


class Act(models.TextChoices):
    """What takes two persons where a restriction or a hold stands on a student's record (domain rule 17)."""

    GIVE_PIN = "give pin", _("Make a PIN")
    NEW_PIN = "new pin", _("New Pin")
    ADD = "add", _("Add To Parent Portal")
    ACTIVATE = "activate", _("Activate Account")
    EXCEPTION = "exception", _("Add Exception")
    TIE = "tie", _("Tie an account to a guardian")
    MERGE = "merge", _("Merge two accounts")
    FACTORS = "factors", _("Remove an account's second factors")


class Consent(models.Model):
    """One employee asks, a second one agrees or refuses. What was agreed may be done once, by who asked, before it expires.

    `student` is whose record holds the restriction; guardian, parent account or both are what it is about, `other` is merged.
    """

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    act = models.CharField(max_length=10, choices=Act)
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    guardian = models.ForeignKey(Guardian, models.PROTECT, related_name="+", null=True)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True)
    other = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True)
    asked_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True)
    decided_at = models.DateTimeField(null=True)
    agreed = models.BooleanField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="consent_expires")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, decided_at__isnull=True, agreed__isnull=True)
                | Q(decided_by__isnull=False, decided_at__isnull=False, agreed__isnull=False),
                name="consent_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="consent_takes_two"
            ),
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(agreed=True), name="consent_used_when_agreed"),
            models.CheckConstraint(
                condition=Q(guardian__isnull=False) | Q(account__isnull=False), name="consent_about_somebody"
            ),
            models.CheckConstraint(condition=~Q(act="merge") | Q(other__isnull=False), name="consent_merges_two"),
        ]

    def __str__(self) -> str:
        return f"consent {self.key}"


class AdultNotice(models.Model):
    """That an account was told that a student turns 18: which notice (`days` before), and for which day. Each once.

    It names account and student rather than an association, so that a new PIN on the way does not tell everything again.
    """

    kind = "ordinary"

    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    student = models.ForeignKey(Student, models.PROTECT, related_name="+")
    adult_date = models.DateField()
    days = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "student", "adult_date", "days"], name="a_notice_goes_once")
        ]

    def __str__(self) -> str:
        return f"adult notice {self.pk}"
