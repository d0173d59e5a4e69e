"""Families and guardians that came in at the desk. Each can be made again from what `Kept` remembers."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from openhouse.demo import families, names
from openhouse.demo.dice import Dice
from openhouse.demo.households import Household, Student
from openhouse.demo.places import PLACES, address_at
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import School, Schools

FROM = 2_600_000_000
"""Households that the desk enrols are numbered from here: above the newcomers of every night, and Student IDs stay unique."""
_GRADES = {"elementary": (0, 7), "middle": (7, 3), "high": (10, 3)}
"""The first grade of a level and how many; nobody of 18 comes in at the desk."""


@dataclass
class Kept:
    """What the desk did: for each family its school's code and its first day; the Student IDs that a guardian came to; and the
    households of both in the order in which they came."""

    path: Path
    families: list[tuple[str, str]] = field(default_factory=list)
    guardians: list[str] = field(default_factory=list)
    homes: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Kept:
        """From the demo's folder, where an earlier run left it."""
        path = folder / "enrolled.json"
        found = json.loads(path.read_text()) if path.exists() else {}
        families = [(code, day) for code, day in found.get("families", [])]
        return cls(path, families, found.get("guardians", []), found.get("homes", []))

    def write(self) -> None:
        """Whole or not at all."""
        beside = self.path.with_suffix(".new")
        beside.write_text(json.dumps({name: each for name, each in asdict(self).items() if name != "path"}))
        os.replace(beside, self.path)


def family(plan: DistrictPlan, schools: Schools, place: int, code: str, begin: str) -> Household:
    """The desk's family in that place of its list: one student at a school, and two legal guardians at home."""
    school = next(each for each in schools.all if each.code == code)
    dice = Dice(plan.seed, "desk", place)
    heritage = names.BY_SHARE[dice.throw(1000)]
    surname, home = dice.pick(heritage.families), dice.throw(PLACES)
    language = heritage.languages_by_share[dice.throw(100)]
    made = Household(plan, FROM + place, home, address_at(home, dice), language, heritage, (surname,) * 3)
    student = _enrol(made, schools, school, dice, begin)
    for relation in ("mother", "father"):
        guardian = families.join_adult(made, relation, made.address, dice)
        made.bind(student, guardian, relation)
    return made


def _enrol(made: Household, schools: Schools, school: School, dice: Dice, begin: str) -> Student:
    first, count = _GRADES[school.level]
    student = families.enrol_child(made, schools, first + dice.throw(count), dice.throw(365), dice, begin)
    student.enrolments[0] = student.enrolments[0]._replace(school=school)
    return student


def join(household: Household, student: Student, day: str = "") -> None:
    """One more legal guardian of a student of this household."""
    dice = Dice(household.plan.seed, "desk guardian", household.number, len(household.guardians))
    guardian = families.join_adult(household, "legal guardian", household.address, dice)
    household.bind(student, guardian, "legal guardian").begin = day
