"""What reading a record needs besides the record: the district's choices, and what was read before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api import reach
from openhouse.sync.sources.edfi_api.records import Fault, Record, code, items, key, legible_key, text

ASSOCIATION = "studentEducationOrganizationAssociations"
STUDENT = "studentReference.studentUniqueId"
_FIELD, _NEXT, _BROKEN = "\x1f", "\x1e", "\x18"  # no text that is read holds one of them


@dataclass(frozen=True)
class Choices:
    """What a district may choose.

    `student_number_system`: the code value of the StudentIdentificationSystemDescriptor whose code is the Student ID, ""
    for the studentUniqueId. `school_code_system`: the same for the school code, "" for the schoolId.
    `exit_date_is_last_day`: whether exitWithdrawDate is the last day at school (as Ed-Fi recommends) or the day after it.
    `snapshot`: whether to read the frozen copy where the host offers one. `page_size`: records a page.
    """

    student_number_system: str = ""
    school_code_system: str = ""
    exit_date_is_last_day: bool = True
    snapshot: bool = False
    page_size: int = 500


@dataclass
class Reading:
    """One pull. `adult` is `parent` before Data Standard 5, else `contact`; `today` the day of the pull, YYYY-MM-DD;
    `schools` and `agencies` are the ids of those that were read."""

    choices: Choices
    notices: Notices
    adult: str
    today: str
    schools: set[str] = field(default_factory=set)
    agencies: set[str] = field(default_factory=set)
    about: dict[str, str] = field(default_factory=dict)
    """What associations say of students, by studentUniqueId: 600,000 of them take some 200 MB, and no more as text."""

    @property
    def home(self) -> str:
        """The org of those who belong to no school: the district, or the only school where there is no district."""
        if self.agencies:
            return f"lea:{min(self.agencies, key=_by_number)}"
        return f"school:{min(self.schools, key=_by_number)}" if self.schools else ""

    def org(self, organization: str) -> str:
        """The sourcedId of an organization, "" of one that is neither a school nor the district's own agency."""
        if organization in self.schools:
            return f"school:{organization}"
        return f"lea:{organization}" if organization in self.agencies else ""

    def remember(self, record: Record) -> None:
        """Remember what an association says of its student. Raises Fault."""
        student = key(record, STUDENT)
        organization = key(record, "educationOrganizationReference.educationOrganizationId")
        language = reach.language(record, reach.STUDENT_LANGUAGES, self.notices)
        address = reach.address(record, self.today, self.notices)
        said = (self._number(record), language, *address)
        if any(said):
            self._add(student, _FIELD.join((organization, *said)))

    def distrust(self, record: Any) -> None:
        """An association cannot be read: its student's facts stay."""
        if student := legible_key(record, STUDENT):
            self._add(student, _BROKEN)

    def _add(self, student: str, said: str) -> None:
        before = self.about.get(student)
        self.about[student] = f"{before}{_NEXT}{said}" if before else said

    def _number(self, record: Record) -> str:
        if not (system := self.choices.student_number_system.lower()):
            return ""
        for item in items(record, "studentIdentificationCodes", self.notices):
            if code(item, "studentIdentificationSystemDescriptor").lower() == system:
                return text(item, "identificationCode")
        return ""

    def of(self, student: str) -> tuple[str, str, reach.Address]:
        """Number, home language and address of a student; an agency's association speaks before a school's. Raises Fault."""
        found = self.about.get(student, "")
        if not found:
            return "", "", reach.Address()
        if _BROKEN in found:
            raise Fault(ASSOCIATION, "is set aside, and with it the student")
        rows = sorted((said.split(_FIELD) for said in found.split(_NEXT)), key=self._rank)
        number, language = (next(filter(None, (row[place] for row in rows)), "") for place in (1, 2))
        return number, language, next((reach.Address(*row[3:]) for row in rows if any(row[3:])), reach.Address())

    def _rank(self, row: list[str]) -> tuple[bool, tuple[int, str]]:
        return row[0] not in self.agencies, _by_number(row[0])


def _by_number(organization: str) -> tuple[int, str]:
    return len(organization), organization
