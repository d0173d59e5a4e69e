"""The schools of a made-up district and the people who work there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from openhouse.demo import identifiers, names, spelling
from openhouse.demo.dice import Dice
from openhouse.demo.places import PLACES, telephone
from openhouse.demo.plan import DistrictPlan

DISTRICT_SOURCED_ID = "district-1"
DISTRICT_NAME = "Mirasol Unified School District"
DISTRICT_CODE = "1000000"
DISTRICT_DOMAIN = "district.example"
GRADES = ("TK", "KG", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12")
_FIRST_GRADE_OF_LEVEL = {"elementary": 0, "middle": 7, "high": 10}
_LEVELS = ("elementary", "middle", "high", "elementary", "elementary", "middle", "elementary", "elementary")
"""The levels of eight neighbouring schools: about as many students a grade in each level."""
_TITLES = {"elementary": "Elementary School", "middle": "Middle School", "high": "High School"}
_FIRST_WORDS = (
    "Alder", "Avocado", "Bluebird", "Canyon", "Cedar", "Condor", "Coyote", "Cypress", "Dolphin", "Eagle", "El Camino",
    "Falcon", "Golden", "Granite", "Harbor", "Heron", "Jacaranda", "Juniper", "Lantern", "Laurel", "Lupine", "Magnolia",
    "Manzanita", "Mission", "Monarch", "Orange", "Otter", "Pepper", "Pine", "Poppy", "Quail", "Rosewood", "Sage",
    "Sequoia", "Sparrow", "Summit", "Sycamore", "Toyon", "Walnut", "Willow", "Wren",
)  # fmt: skip
_SECOND_WORDS = (
    "Avenue", "Bay", "Bluff", "Bridge", "Brook", "Commons", "Creek", "Crossing", "Field", "Gate", "Glen", "Grove",
    "Harvest", "Haven", "Hill", "Hollow", "Knoll", "Lake", "Landing", "Meadow", "Mesa", "Park", "Pass", "Plaza",
    "Point", "Ranch", "Ridge", "River", "Rock", "Shore", "Spring", "Terrace", "Trail", "Vale", "Valley", "View",
    "Vista",
)  # fmt: skip
_BOARD_MEMBERS = (
    "Renata Okafor", "Luis Villaseñor", "Grace Paik", "Desmond Whitaker", "Ani Melkonian", "Teresa Quiñones",
    "Howard Lindqvist",
)  # fmt: skip
_LOCAL_DISTRICTS = ("NW", "NE", "W", "C", "E", "S")
_STAFF = ("principal", "siteAdministrator", "aide", "aide", "teacher", "teacher", "teacher", "teacher", "teacher")
_DISTRICT_STAFF = ("districtAdministrator", "systemAdministrator", "systemAdministrator")


class School(NamedTuple):
    """A school as orgs.csv shows it; `number` counts from 0."""

    number: int
    sourced_id: str
    code: str
    name: str
    level: str
    principal: str
    telephone: str
    fax: str
    website: str
    board_member: str
    local_district: str


class Employee(NamedTuple):
    """A person who works at a school or, with the district's sourcedId, for the whole district."""

    sourced_id: str
    number: str
    given: str
    family: str
    email: str
    role: str
    org_sourced_id: str


@dataclass(frozen=True, eq=False)
class Schools:
    """All schools of a district, and which one a child of a grade at a place goes to."""

    all: tuple[School, ...]
    by_level: dict[str, tuple[School, ...]]

    def school_for(self, grade: int, place: int) -> School:
        """The school for a grade (0 is TK, 13 is 12th) at a place (0 to PLACES - 1)."""
        schools = self.by_level[level_of(grade)]
        return schools[place * len(schools) // PLACES]


def level_of(grade: int) -> str:
    """The level that teaches a grade: elementary TK to 5, middle 6 to 8, high 9 to 12."""
    return "elementary" if grade < 7 else "middle" if grade < 10 else "high"


def survey(plan: DistrictPlan) -> Schools:
    """The schools of the plan."""
    schools = tuple(_school(plan, number) for number in range(plan.school_count))
    return Schools(schools, {level: tuple(s for s in schools if s.level == level) for level in _TITLES})


def employees(plan: DistrictPlan) -> Iterator[Employee]:
    """Every employee: the district's own first, then school by school in the order of `_STAFF`."""
    for position, role in enumerate(_DISTRICT_STAFF):
        yield _employee(plan, position, role, DISTRICT_SOURCED_ID)
    for number in range(plan.school_count):
        for position, role in enumerate(_STAFF):
            yield employee_at(plan, number, position, role)


def employee_at(plan: DistrictPlan, school: int, position: int, role: str) -> Employee:
    """The employee in one position of a school's staff; the first teacher's position is `_STAFF.index("teacher")`."""
    return _employee(plan, len(_DISTRICT_STAFF) + school * len(_STAFF) + position, role, f"school-{school + 1}")


def first_teacher(plan: DistrictPlan, school: School) -> Employee:
    """The teacher who heads a school's list."""
    return employee_at(plan, school.number, _STAFF.index("teacher"), "teacher")


def _school(plan: DistrictPlan, number: int) -> School:
    level = _LEVELS[number % len(_LEVELS)]
    first, second = divmod((number * 641 + plan.seed * 29 + 311) % 1517, len(_SECOND_WORDS))
    words = f"{_FIRST_WORDS[first]} {_SECOND_WORDS[second]}"
    if number >= 1517:
        words = f"{words} {number // 1517 + 1}"
    dice = Dice(plan.seed, "school", number)
    principal = employee_at(plan, number, 0, "principal")
    return School(
        number=number,
        sourced_id=f"school-{number + 1}",
        code=identifiers.school_code(plan.seed, number),
        name=f"{words} {_TITLES[level]}",
        level=level,
        principal=f"{principal.given} {principal.family}",
        telephone=telephone(dice),
        fax=telephone(dice),
        website=f"https://{spelling.slug(words)}.{DISTRICT_DOMAIN}",
        board_member=_BOARD_MEMBERS[number * len(_BOARD_MEMBERS) // plan.school_count],
        local_district=_LOCAL_DISTRICTS[number * len(_LOCAL_DISTRICTS) // plan.school_count],
    )


def _employee(plan: DistrictPlan, counter: int, role: str, org_sourced_id: str) -> Employee:
    dice = Dice(plan.seed, "employee", counter)
    heritage = dice.pick(names.BY_SHARE)
    given = dice.pick(heritage.girls if dice.throw(3) else heritage.boys)
    family = dice.pick(heritage.families)
    return Employee(
        sourced_id=f"employee-{counter + 1}",
        number=identifiers.employee_number(plan.seed, counter),
        given=given,
        family=family,
        email=f"{spelling.slug(given)}.{spelling.slug(family)}{counter + 1}@{DISTRICT_DOMAIN}",
        role=role,
        org_sourced_id=org_sourced_id,
    )
