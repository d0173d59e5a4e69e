"""A made-up district as one OneRoster zip, in constant memory, and the cast to find one's way in it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from openhouse.demo import archive, families, nights, oneroster
from openhouse.demo.cast import Case, stage
from openhouse.demo.households import Household
from openhouse.demo.plan import DistrictPlan, PlanRefused
from openhouse.demo.schools import Schools, employees, survey
from openhouse.demo.sheet import Sheet

__all__ = ["Case", "DistrictPlan", "Made", "PlanRefused", "cast", "everyone", "household", "stage", "write"]

_POPULATION_FROM = 1000
"""The number of the population's first household; the cast has those below."""


@dataclass(frozen=True)
class Made:
    """What was written: the rows of each file (headers not counted), and how many of each kind."""

    path: Path
    rows: dict[str, int]
    schools: int
    employees: int
    students: int
    guardians: int
    guardianships: int


def cast(plan: DistrictPlan) -> dict[str, Case]:
    """The hard families by name (`playbill.BILL`), as the plan's night knows them."""
    return stage(plan)


def everyone(plan: DistrictPlan, schools: Schools) -> Iterator[Household]:
    """Every household of the plan's night, one at a time: the cast, the population, and who moved in since."""
    room = plan.students
    for case in stage(plan, schools).values():
        room -= len(case.students)
        yield from case.households
    number = _POPULATION_FROM
    while room > 0:
        household = families.household(plan, schools, number)
        if len(household.students) > room:
            household.keep(room)
        room -= len(household.students)
        nights.live_through(household, schools)
        yield household
        number += 1
    yield from nights.newcomers(plan, schools)


def household(plan: DistrictPlan, schools: Schools, number: int) -> Household:
    """One household of `everyone`, made again by its number. It must be among them; the last one, where a district was full,
    comes with all its students."""
    if number < _POPULATION_FROM:
        return next(each for case in stage(plan, schools).values() for each in case.households if each.number == number)
    if nights.is_newcomer(number):
        return nights.newcomer(plan, schools, number)
    made = families.household(plan, schools, number)
    nights.live_through(made, schools)
    return made


def write(out: Path, *, plan: DistrictPlan) -> Made:
    """Write the plan's district to a zip at `out`; the same plan gives the same bytes.

    Households pass once and leave nothing behind: rows go to plain files in a folder beside `out`, which needs about
    0.7 GB for 600,000 students and is removed. Raises OSError where the place cannot be written.
    """
    schools = survey(plan)
    with TemporaryDirectory(prefix=".make-district-", dir=out.parent) as temporary:
        folder = Path(temporary)
        with ExitStack() as stack:
            sheets = {
                name: stack.enter_context(Sheet(folder / name, header)) for name, header in oneroster.HEADERS.items()
            }
            _add_district(sheets, plan, schools)
            staff = sheets["users.csv"].rows
            for household in everyone(plan, schools):
                _add_household(sheets, household)
        archive.pack(out, [folder / name for name in oneroster.HEADERS], by_way_of=folder / "district.zip")
    rows = {name: sheet.rows for name, sheet in sheets.items()}
    return _made(out, rows, schools=plan.school_count, staff=staff)


def _add_district(sheets: dict[str, Sheet], plan: DistrictPlan, schools: Schools) -> None:
    """The files and rows that name no family, but for the employee who is a parent."""
    sheets["manifest.csv"].add(oneroster.manifest())
    sheets["orgs.csv"].add(oneroster.orgs(schools.all))
    sheets["academicSessions.csv"].add(oneroster.sessions(plan))
    case = stage(plan, schools)["employee_parent"]
    children = {case.guardian.sourced_id: case.student.sourced_id}
    for employee in employees(plan):
        sheets["users.csv"].add((oneroster.employee_user(employee, children.get(employee.sourced_id, "")),))
        sheets["roles.csv"].add((oneroster.employee_role(employee),))


def _add_household(sheets: dict[str, Sheet], household: Household) -> None:
    sheets["users.csv"].add(oneroster.users(household))
    sheets["roles.csv"].add(oneroster.roles(household))
    sheets["demographics.csv"].add(oneroster.demographics(household))
    sheets["guardianships.csv"].add(oneroster.guardianships(household))


def _made(out: Path, rows: dict[str, int], *, schools: int, staff: int) -> Made:
    """Counts of people from counts of rows; the employee who is a parent counts as both."""
    students = rows["demographics.csv"]
    return Made(
        path=out,
        rows=rows,
        schools=schools,
        employees=staff,
        students=students,
        guardians=rows["users.csv"] - staff - students + 1,
        guardianships=rows["guardianships.csv"],
    )
