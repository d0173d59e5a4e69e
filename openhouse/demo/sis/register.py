"""Who is in the made-up SIS now."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from openhouse.demo import district
from openhouse.demo.households import Household
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import survey
from openhouse.demo.sis import arrivals
from openhouse.demo.sis.arrivals import FROM, Kept

_PERSON = re.compile(r"(?:student|guardian)-(\d{1,10})-\d+")


class Register:
    """The district a night later, and the desk's arrivals. Households are made again when somebody asks for one."""

    def __init__(self, plan: DistrictPlan, folder: Path) -> None:
        self.plan = replace(plan, night=2)
        self.schools = survey(self.plan)
        self._kept = Kept.read(folder)
        self._lock = threading.Lock()

    @cached_property
    def _homes(self) -> dict[str, int]:
        """The household of each Student ID of the district."""
        everyone = district.everyone(self.plan, self.schools)
        return {student.number: household.number for household in everyone for student in household.students}

    @cached_property
    def _employed(self) -> Household:
        """The one household whose guardian stands in the SIS as an employee."""
        return district.stage(self.plan, self.schools)["employee_parent"].households[0]

    @cached_property
    def _known(self) -> frozenset[int]:
        return frozenset(self._homes.values())

    def read(self) -> None:
        """Learn who lives in the district: a moment, or half a minute where there are 600,000."""
        with self._lock:
            _read = self._known

    def of_student(self, number: str) -> Household | None:
        """The household in which a Student ID is, written exactly so."""
        with self._lock:
            home = self._homes.get(number) or self._arrived(number)
            return self._household(home) if home else None

    def of_person(self, sourced_id: str) -> Household | None:
        """The household of a student or guardian."""
        with self._lock:
            found = _PERSON.fullmatch(sourced_id)
            if found:
                return self._household(int(found.group(1)))
            return self._employed if sourced_id == self._employed.guardians[0].sourced_id else None

    def enrol(self, code: str, on: date) -> str:
        """A family comes to the desk: the Student ID of its student at the school with this code, or "" where there is none."""
        with self._lock:
            if code not in {each.code for each in self.schools.all}:
                return ""
            self._kept.families.append((code, on.isoformat()))
            home = FROM + len(self._kept.families) - 1
            self._kept.homes.append(home)
            self._kept.write()
            return self._desk(home).students[0].number

    def join(self, number: str) -> str:
        """One more legal guardian for the student with this Student ID; returns it, or "" where there is none."""
        household = self.of_student(number)
        if household is None:
            return ""
        with self._lock:
            self._kept.guardians.append(number)
            self._kept.homes.append(household.number)
            self._kept.write()
            return number

    def arrivals(self) -> list[dict[str, Any]]:
        """Families of the desk, and families that a guardian came to, the newest first."""
        with self._lock:
            homes = dict.fromkeys(reversed(self._kept.homes))
            return [_told(made) for home in homes if (made := self._household(home))]

    def _arrived(self, number: str) -> int | None:
        homes = (FROM + place for place in range(len(self._kept.families)))
        return next((home for home in homes if self._desk(home).students[0].number == number), None)

    def _desk(self, home: int) -> Household:
        code, begin = self._kept.families[home - FROM]
        return arrivals.family(self.plan, self.schools, home - FROM, code, begin)

    def _household(self, home: int) -> Household | None:
        arrived = FROM <= home < FROM + len(self._kept.families)
        if not arrived and home not in self._known:
            return None
        made = self._desk(home) if arrived else district.household(self.plan, self.schools, home)
        for number in self._kept.guardians:
            for student in made.students:
                if student.number == number:
                    arrivals.join(made, student)
        return made


def _told(household: Household) -> dict[str, Any]:
    """A family as the desk shows it."""
    guardians = [f"{each.given} {each.family}" for each in household.guardians]
    students = [
        {
            "number": each.number,
            "name": f"{each.given} {each.family}",
            "school": each.school.name,
            "born": each.birth_date,
        }
        for each in household.students
    ]
    return {"students": students, "guardians": guardians}
