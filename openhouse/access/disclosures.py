"""The disclosure record of a student (34 CFR 99.32, California Ed. Code 49064): who asked for the record or got of it, and why.

School officials, the family itself and holders of a written consent need not stand in it. A note is never changed or deleted:
one that was entered in error ends, with the reason, and stays. It is kept as long as the student's record.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import ClassVar

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from openhouse.access import cautions
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Student


class Basis(models.TextChoices):
    """What allows a disclosure without consent, by its place in the law; and a request that was refused."""

    SCHOOL = "99.31(a)(2)", _("another school, where the student enrolls or seeks to")
    AUTHORITIES = "99.31(a)(3)", _("federal, state or local education authorities, for an audit or evaluation")
    AID = "99.31(a)(4)", _("financial aid that the student applied for")
    JUVENILE = "99.31(a)(5)", _("the juvenile justice system, as state law allows")
    STUDY = "99.31(a)(6)", _("an organization that makes a study for schools")
    ACCREDITING = "99.31(a)(7)", _("an accrediting organization")
    DEPENDENT = "99.31(a)(8)", _("a parent of a dependent student who is 18")
    COURT = "99.31(a)(9)", _("a court order or a subpoena")
    EMERGENCY = "99.31(a)(10)", _("a health or safety emergency")
    REGISTRY = "99.31(a)(16)", _("a registered offender's record, under federal law")
    WELFARE = "1232g(b)(1)(L)", _("a child welfare agency, for a student in foster care")
    CONSENT = "99.30", _("written consent")
    REFUSED = "refused", _("none: the request was refused")


class Disclosure(models.Model):
    """One request, and what was disclosed. `is_withheld`: the court ordered that the family is not told (99.32(d)(5))."""

    kind = "ordinary"

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    student = models.ForeignKey(Student, models.PROTECT, related_name="disclosures")
    on = models.DateField()
    party = models.CharField(max_length=300)
    interest = models.CharField(max_length=1000)
    what = models.CharField(max_length=1000, blank=True)
    basis = models.CharField(max_length=20, choices=Basis)
    threat = models.CharField(max_length=1000, blank=True)
    recipients = models.CharField(max_length=1000, blank=True)
    is_withheld = models.BooleanField(default=False)
    entered_by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    ended_by = models.ForeignKey(Account, models.PROTECT, related_name="+", null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[models.Manager[Disclosure]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(basis="99.31(a)(10)") | ~Q(threat="") & ~Q(recipients=""),
                name="an_emergency_has_its_threat",
            ),
            models.CheckConstraint(condition=Q(basis="refused") | ~Q(what=""), name="a_disclosure_says_what"),
            models.CheckConstraint(condition=Q(is_withheld=False) | Q(basis="99.31(a)(9)"), name="withheld_by_a_court"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, reason="")
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(reason=""),
                name="a_disclosure_ends_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"disclosure {self.key}"


def note(
    *,
    student: Student,
    on: date,
    party: str,
    interest: str,
    basis: Basis,
    what: str = "",
    threat: str = "",
    recipients: str = "",
    is_withheld: bool = False,
    employee: Account,
    by: Actor,
    at: datetime,
) -> Disclosure:
    """Note one request or disclosure. Raises OwnFamily."""
    with transaction.atomic():
        cautions.refuse_own_family(by=by, students=[student])
        told = {"what": what, "threat": threat, "recipients": recipients, "is_withheld": is_withheld}
        made = Disclosure.objects.create(
            student=student,
            on=on,
            party=party,
            interest=interest,
            basis=basis,
            entered_by=employee,
            entered_at=at,
            **told,
        )
        detail = {"disclosure": str(made.key), "basis": str(basis)}
        record(event=Event.DISCLOSURE_RECORDED, by=by, at=at, about=_about(student), detail=detail)
        return made


def end(*, disclosure: Disclosure, reason: str, employee: Account, by: Actor, at: datetime) -> bool:
    """Mark a note as entered in error; it stays and can be read. Raises OwnFamily. Returns whether it stood till then."""
    with transaction.atomic():
        cautions.refuse_own_family(by=by, students=[disclosure.student])
        open_ = Disclosure.objects.filter(pk=disclosure.pk, ended_at=None)
        if not open_.update(ended_at=at, ended_by=employee, reason=reason):
            return False
        detail = {"disclosure": str(disclosure.key)}
        record(event=Event.DISCLOSURE_ENDED, by=by, at=at, about=_about(disclosure.student), detail=detail)
        return True


def of(student: Student) -> QuerySet[Disclosure]:
    """The student's whole disclosure record, newest first, for the officials."""
    return Disclosure.objects.filter(student=student).select_related("entered_by").order_by("-on", "-pk")


def for_family(student: Student) -> QuerySet[Disclosure]:
    """What the family may inspect: all that stands, but for what a court ordered to keep from them."""
    return of(student).filter(ended_at=None, is_withheld=False)


def _about(student: Student) -> Subject:
    return Subject(student=str(student.key), names={str(student.key): student.name})
