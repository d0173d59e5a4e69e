"""The mirror's tables. Facts are ended, never overwritten: a changed row's old version goes to its `Past…` table first.

`valid_from` / `valid_until` say when the portal knew a fact; the SIS's own dates are `begin_date` (inclusive) and
`end_date` (exclusive). That a sourcedId is unique is a constraint: `unique=True` would cost a second index on PostgreSQL, for
LIKE, which nobody asks for. Mirrored rows point at each other without a constraint in the database (docs/decisions/0010): their
only writer takes the ids from the rows themselves and deletes none. The pair's unique index serves its first end too.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower, Upper

from openhouse.folding import Fold, Initials


class Mirrored(models.Model):
    """What every mirrored row has: since when its facts are known."""

    kind = "mirrored"

    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Addressed(Mirrored):
    """A mirrored row that addresses of pages name, by a random key."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Past(models.Model):
    """One ended version of a mirrored row."""

    kind = "mirrored"

    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()

    class Meta:
        abstract = True


class Named(models.Model):
    """A person's name as the SIS writes it. A single-name person has no given name."""

    given_name = models.CharField(max_length=255, blank=True)
    middle_name = models.CharField(max_length=255, blank=True)
    family_name = models.CharField(max_length=255)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """Given, middle and family name in one line."""
        return " ".join(part for part in (self.given_name, self.middle_name, self.family_name) if part)

    @property
    def first_name(self) -> str:
        """The name to greet with: the given name, else the only name there is."""
        return self.given_name or self.family_name


class SchoolFacts(models.Model):
    """`code` is the district's code for the site: an employee's authority is a set of these."""

    code = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    principal = models.CharField(max_length=255, blank=True)
    telephone = models.CharField(max_length=255, blank=True)
    fax = models.CharField(max_length=255, blank=True)
    website = models.CharField(max_length=255, blank=True)
    board_member = models.CharField(max_length=255, blank=True)
    local_district = models.CharField(max_length=255, blank=True)

    class Meta:
        abstract = True


class School(SchoolFacts, Addressed):
    sourced_id = models.CharField(max_length=255)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["code"], name="school_code")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sourced_id"], name="school_sourced_id")]

    def __str__(self) -> str:
        return self.name


class PastSchool(SchoolFacts, Past):
    thing = models.ForeignKey(School, models.PROTECT, related_name="past", db_constraint=False)


class StudentFacts(Named):
    """`number` is the Student ID; `eligible_ground` the SIS's ground to go on at 18 (`dependent`, `consent` or blank)."""

    number = models.CharField(max_length=255)
    birth_date = models.DateField(null=True)
    home_language = models.CharField(max_length=35, blank=True)
    eligible_ground = models.CharField(max_length=20, blank=True)

    class Meta:
        abstract = True


class Student(StudentFacts, Addressed):
    sourced_id = models.CharField(max_length=255)

    class Meta:
        indexes: ClassVar = [
            models.Index(Upper("number"), name="student_number_upper"),
            models.Index(Fold("family_name"), Fold("given_name"), name="student_names"),
            models.Index(Fold("given_name"), name="student_given_name"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sourced_id"], name="student_sourced_id")]

    def __str__(self) -> str:
        return f"student {self.key}"


class PastStudent(StudentFacts, Past):
    thing = models.ForeignKey(Student, models.PROTECT, related_name="past", db_constraint=False)


class GuardianFacts(Named):
    """A contact's name, ways to reach them, and home language (BCP 47)."""

    email = models.CharField(max_length=255, blank=True)
    phone = models.CharField(max_length=255, blank=True)
    mobile = models.CharField(max_length=255, blank=True)
    street = models.CharField(max_length=255, blank=True)
    city = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=255, blank=True)
    postal_code = models.CharField(max_length=255, blank=True)
    home_language = models.CharField(max_length=35, blank=True)

    class Meta:
        abstract = True


class Guardian(GuardianFacts, Addressed):
    sourced_id = models.CharField(max_length=255)

    class Meta:
        indexes: ClassVar = [
            models.Index(Lower("email"), name="guardian_email_lower"),
            models.Index(Initials("family_name"), Fold("given_name"), Fold("family_name"), name="guardian_called"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sourced_id"], name="guardian_sourced_id")]

    def __str__(self) -> str:
        return f"guardian {self.key}"


class PastGuardian(GuardianFacts, Past):
    thing = models.ForeignKey(Guardian, models.PROTECT, related_name="past", db_constraint=False)


class GuardianshipFacts(models.Model):
    """What the SIS says of one guardian of one student. `None` is what it leaves blank, which is not a no."""

    relation = models.CharField(max_length=255, blank=True)
    legal = models.BooleanField(null=True)
    lives_with = models.BooleanField(null=True)
    emergency_contact = models.BooleanField(null=True)
    priority = models.IntegerField(null=True)
    restriction = models.CharField(max_length=255, blank=True)
    begin_date = models.DateField(null=True)
    end_date = models.DateField(null=True)

    class Meta:
        abstract = True


class Guardianship(GuardianshipFacts, Addressed):
    student = models.ForeignKey(
        Student, models.PROTECT, related_name="guardianships", db_constraint=False, db_index=False
    )
    guardian = models.ForeignKey(
        Guardian, models.PROTECT, related_name="guardianships", db_constraint=False, db_index=False
    )

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["student", "guardian"], name="guardianship_pair")]
        indexes: ClassVar = [
            # all that is asked of a guardian's in a search by name: the rows themselves need not be fetched
            models.Index(fields=["guardian", "student", "valid_until"], name="guardianship_guardian"),
            # few have one, and whoever asks for them need not read all
            models.Index(fields=["student"], name="guardianship_restricted", condition=~models.Q(restriction="")),
        ]

    def __str__(self) -> str:
        return f"guardianship {self.key}"


class PastGuardianship(GuardianshipFacts, Past):
    thing = models.ForeignKey(Guardianship, models.PROTECT, related_name="past", db_constraint=False)


class EnrolmentFacts(models.Model):
    """One student at one school."""

    grade = models.CharField(max_length=255, blank=True)
    begin_date = models.DateField(null=True)
    end_date = models.DateField(null=True)

    class Meta:
        abstract = True


class Enrolment(EnrolmentFacts, Mirrored):
    student = models.ForeignKey(Student, models.PROTECT, related_name="enrolments", db_constraint=False, db_index=False)
    school = models.ForeignKey(School, models.PROTECT, related_name="enrolments", db_constraint=False, db_index=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["student", "school"], name="enrolment_pair")]
        indexes: ClassVar = [  # whether somebody goes to one school is told by a few pages, that school's
            models.Index(fields=["school", "student", "valid_until", "end_date"], name="enrolment_school")
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class PastEnrolment(EnrolmentFacts, Past):
    thing = models.ForeignKey(Enrolment, models.PROTECT, related_name="past", db_constraint=False)


class EmployeeFacts(Named):
    """A person on the district's staff, as the SIS knows them. `number` is the district's employee number."""

    number = models.CharField(max_length=255, blank=True)
    email = models.CharField(max_length=255, blank=True)

    class Meta:
        abstract = True


class Employee(EmployeeFacts, Addressed):
    sourced_id = models.CharField(max_length=255)

    class Meta:
        indexes: ClassVar = [models.Index(Lower("email"), name="employee_email_lower")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sourced_id"], name="employee_sourced_id")]

    def __str__(self) -> str:
        return f"employee {self.key}"


class PastEmployee(EmployeeFacts, Past):
    thing = models.ForeignKey(Employee, models.PROTECT, related_name="past", db_constraint=False)
