"""Who belongs where and to whom: students at schools, students and their contacts, staff and where they work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from openhouse.sync.batches import UNREADABLE, Held, Pair, Replaced, Role
from openhouse.sync.sources.edfi_api import words
from openhouse.sync.sources.edfi_api.reader import Stated, held, named
from openhouse.sync.sources.edfi_api.reading import STUDENT, Reading
from openhouse.sync.sources.edfi_api.records import Fault, Record, code, day, flag, key, legible_key, text, whole_number

FOR_EVER = "9999-12-31"
STAFF = "staffReference.staffUniqueId"
ORGANIZATION = "educationOrganizationReference.educationOrganizationId"


class Enrolments:
    """studentSchoolAssociations: who goes to which school, from when until when."""

    name = "studentSchoolAssociations"
    keys = (STUDENT, "schoolReference.schoolId", "entryDate")

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        student, school = key(record, self.keys[0]), key(record, self.keys[1])
        inclusive = reading.choices.exit_date_is_last_day
        entered, left = _span(record, "entryDate", "exitWithdrawDate", inclusive=inclusive)
        sourced_id, who, where = named("enrolment", student, school, entered), f"student:{student}", f"school:{school}"
        grade = words.grade(code(record, "entryGradeLevelDescriptor"))
        return (Role(self.name, 0, 0, sourced_id, who, "student", "student", where, grade, entered, left),)

    def hold(self, record: Any) -> Iterable[Held]:
        return held("person", "student", legible_key(record, STUDENT))

    def replace(self, *values: str) -> Iterable[Replaced]:
        return (Replaced("role", named("enrolment", *values[:2], values[2][:10])),)


class Pairs:
    """studentContactAssociations (before Data Standard 5: studentParentAssociations): what is known of one guardian of one
    student. What the record does not say stays unknown: a legal flag that is absent is no false one."""

    name = "studentContactAssociations"

    def __init__(self, adult: str) -> None:
        self.keys = (STUDENT, f"{adult}Reference.{adult}UniqueId")

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        student, guardian = (key(record, path) for path in self.keys)
        notices = reading.notices
        return (
            Pair(
                0, 0, f"student:{student}", f"contact:{guardian}", code(record, "relationDescriptor"),
                flag(record, "legalGuardian", notices),
                flag(record, "livesWith", notices),
                flag(record, "emergencyContactStatus", notices),
                whole_number(record, "contactPriority"),
                text(record, "contactRestrictions"),
                None, None,
            ),
        )  # fmt: skip

    def hold(self, record: Any) -> Iterable[Held]:
        student, guardian = (legible_key(record, path) for path in self.keys)
        try:
            restriction = text(record, "contactRestrictions") if isinstance(record, Mapping) else UNREADABLE
        except Fault:
            restriction = UNREADABLE
        ends = f"student:{student}" if student else "", f"contact:{guardian}" if guardian else ""
        return (Held("pair", *ends, restriction),)

    def replace(self, *values: str) -> Iterable[Replaced]:
        return (Replaced("pair", f"student:{values[0]}", f"contact:{values[1]}"),)


class Assignments:
    """staffEducationOrganizationAssignmentAssociations: who works where, as what."""

    name = "staffEducationOrganizationAssignmentAssociations"
    keys = (STAFF, ORGANIZATION, "staffClassificationDescriptor", "beginDate")

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        staff, organization = key(record, STAFF), key(record, ORGANIZATION)
        word = code(record, "staffClassificationDescriptor")
        begin, end = _span(record, "beginDate", "endDate")
        if not (org := reading.org(organization)):
            reading.notices.warnings["assignment at neither a school nor an agency of this pull; not read"] += 1
            return ()
        sourced_id = named("assignment", staff, organization, word, begin)
        return (Role(self.name, 0, 0, sourced_id, f"staff:{staff}", "employee", word, org, "", begin, end),)

    def hold(self, record: Any) -> Iterable[Held]:
        return held("person", "staff", legible_key(record, STAFF))

    def replace(self, *values: str) -> Iterable[Replaced]:
        staff, organization, classification, begin = values
        word = classification.rpartition("#")[2].strip()
        return (Replaced("role", named("assignment", staff, organization, word, begin[:10])),)


def _span(record: Record, first: str, last: str, *, inclusive: bool = True) -> tuple[str, str | None]:
    """The first day, and the day after the last."""
    begin, end = day(record, first, needed=True) or "", day(record, last)
    if end and end < begin:
        raise Fault(last, f"lies before {first}")
    if end and inclusive and end != FOR_EVER:
        end = (date.fromisoformat(end) + timedelta(days=1)).isoformat()
    return begin, end
