"""A household: its students, their guardians, and what binds them. The nouns that all makers of families share."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from openhouse.demo import identifiers
from openhouse.demo.names import Heritage
from openhouse.demo.places import Address
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import GRADES, School

_ROLES = {
    "mother": "parent",
    "father": "parent",
    "stepmother": "parent",
    "stepfather": "parent",
    "foster parent": "guardian",
    "legal guardian": "guardian",
}
"""Roles of roles.csv by relation; any other relation is a `relative`."""


class Enrolment(NamedTuple):
    """A student at a school from `begin` until before `end` (YYYY-MM-DD; blank while it lasts)."""

    school: School
    begin: str
    end: str = ""


@dataclass(slots=True)
class Student:
    """A student as users.csv, demographics.csv and roles.csv show them; the last enrolment is the newest."""

    sourced_id: str
    number: str
    given: str
    middle: str
    family: str
    sex: str
    birth_date: str
    grade: int
    enrolments: list[Enrolment]
    address: Address
    language: str
    ground: str = ""

    @property
    def school(self) -> School:
        """The school of the newest enrolment."""
        return self.enrolments[-1].school


@dataclass(slots=True)
class Guardian:
    """A contact of students. `employed` ones stand in users.csv as the employee that they are."""

    sourced_id: str
    given: str
    family: str
    email: str
    phone: str
    address: Address
    language: str
    role: str
    employed: bool = False


@dataclass(slots=True)
class Guardianship:
    """One guardian of one student, as a row of guardianships.csv; flags are `true`, `false` or blank."""

    student: Student
    guardian: Guardian
    relation: str
    legal: str
    lives_with: str
    emergency: str
    priority: int
    restriction: str = ""
    begin: str = ""
    end: str = ""


@dataclass(slots=True)
class Household:
    """A family round its home; guardians may live elsewhere. `number` names it in every sourcedId.

    `surnames` are the family names of mother, father and child, for whoever joins later.
    """

    plan: DistrictPlan
    number: int
    place: int
    address: Address
    language: str
    heritage: Heritage
    surnames: tuple[str, str, str]
    students: list[Student] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    guardianships: list[Guardianship] = field(default_factory=list)

    def enrol(
        self,
        *,
        given: str,
        family: str,
        sex: str,
        grade: int,
        birth_date: str,
        school: School,
        begin: str,
        middle: str = "",
    ) -> Student:
        """Add a student of a grade (0 is TK, 13 is 12th) at a school."""
        child = len(self.students)
        student = Student(
            f"student-{self.number}-{child + 1}",
            identifiers.student_number(self.plan.seed, self.number, child),
            given,
            middle,
            family,
            sex,
            birth_date,
            grade,
            [Enrolment(school, begin)],
            self.address,
            self.language,
        )
        self.students.append(student)
        return student

    def join(self, *, given: str, family: str, relation: str, email: str, phone: str, address: Address) -> Guardian:
        """Add a guardian, not bound to any student yet."""
        guardian = Guardian(
            f"guardian-{self.number}-{len(self.guardians) + 1}",
            given,
            family,
            email,
            phone,
            address,
            self.language,
            _ROLES.get(relation, "relative"),
        )
        self.guardians.append(guardian)
        return guardian

    def bind(
        self,
        student: Student,
        guardian: Guardian,
        relation: str,
        *,
        legal: str = "true",
        lives_with: str = "true",
        emergency: str = "true",
    ) -> Guardianship:
        """Make the guardian one of the student's, after those that are bound already."""
        priority = 1 + sum(bond.student is student for bond in self.guardianships)
        bond = Guardianship(student, guardian, relation, legal, lives_with, emergency, priority)
        self.guardianships.append(bond)
        return bond

    def keep(self, students: int) -> None:
        """Let go of all students but the first so many, where a district is full."""
        del self.students[students:]
        self.guardianships = [bond for bond in self.guardianships if bond.student in self.students]


def birth_date_for(plan: DistrictPlan, grade: int, days: int) -> str:
    """A birth date (YYYY-MM-DD) that fits a grade: the child was 5 by 1 September of kindergarten, so many days more.

    `days` is 0 to 364. Source of the day: California Education Code section 48000.
    """
    youngest = date(plan.year - 4 - grade, 9, 1)
    return date.fromordinal(youngest.toordinal() - days).isoformat()


def grade_name(grade: int) -> str:
    """The grade as OneRoster writes it (CEDS codes): TK, KG, 01 to 12."""
    return GRADES[grade]
