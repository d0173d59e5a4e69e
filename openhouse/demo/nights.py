"""What changes in a district from one night to the next: about one family in eighty, each time another.

Each family has its own nights, fixed by its number, so that any night's state follows without making the nights before.
The families of the cast change only as `cast` says.
"""

from collections.abc import Callable, Iterator

from openhouse.demo import families, oddities
from openhouse.demo.dice import Dice
from openhouse.demo.households import Enrolment, Guardian, Household, Student
from openhouse.demo.places import PLACES, address_at, telephone
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import Schools

_NIGHTS_BETWEEN = 80
"""Nights from one change of a family to its next."""
_STUDENTS_A_NEWCOMER = 1250
"""Students of a district for each family that moves into it in one night."""
_NEWCOMERS_FROM = 10_000_000
"""Newcomers' household numbers begin at this times the night."""

type Change = Callable[[Household, Schools, Dice, str], None]


def live_through(household: Household, schools: Schools) -> None:
    """Let everything happen to the household that happens until its plan's night."""
    plan = household.plan
    if plan.night == 1:
        return
    mixed = (household.number * 2_654_435_761 + plan.seed * 40_503) >> 4
    for night in range(2 + mixed % _NIGHTS_BETWEEN, plan.night + 1, _NIGHTS_BETWEEN):
        dice = Dice(plan.seed, "night", night, household.number)
        change = _CHANGES_BY_SHARE[dice.throw(100)]
        change(household, schools, dice, plan.day_of(night).isoformat())


def newcomers(plan: DistrictPlan, schools: Schools) -> Iterator[Household]:
    """The families that moved into the district after night 1."""
    for night in range(2, plan.night + 1):
        for number in range(max(1, plan.students // _STUDENTS_A_NEWCOMER)):
            yield newcomer(plan, schools, night * _NEWCOMERS_FROM + number)


def is_newcomer(number: int) -> bool:
    """Whether a household of this number moved in after night 1."""
    return number >= _NEWCOMERS_FROM


def newcomer(plan: DistrictPlan, schools: Schools, number: int) -> Household:
    """The family of this number, which moved in on the night that the number says."""
    return families.household(plan, schools, number, begin=plan.day_of(number // _NEWCOMERS_FROM).isoformat())


def _moves_house(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    """A new address for all under this roof; every second family goes far enough to change schools."""
    old = household.address
    household.place = dice.throw(PLACES)
    household.address = address_at(household.place, dice)
    people: tuple[Student | Guardian, ...] = (*household.students, *household.guardians)
    for person in people:
        if person.address == old:
            person.address = household.address
    if dice.throw(2):
        for student in household.students:
            _transfer(student, schools, household.place, day)


def _changes_school(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    _transfer(dice.pick(tuple(household.students)), schools, dice.throw(PLACES), day)


def _transfer(student: Student, schools: Schools, place: int, day: str) -> None:
    """The old enrolment ends on the day on which the new one begins."""
    last, school = student.enrolments[-1], schools.school_for(student.grade, place)
    if not last.end and last.school is not school:
        student.enrolments[-1] = last._replace(end=day)
        student.enrolments.append(Enrolment(school, day))


def _leaves(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    student = dice.pick(tuple(household.students))
    if not student.enrolments[-1].end:
        student.enrolments[-1] = student.enrolments[-1]._replace(end=day)


def _gains_student(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    """A brother or sister enrols, with the guardians of the first student."""
    if len(household.students) > 5:
        return
    first = household.students[0]
    student = families.enrol_child(household, schools, dice.throw(14), dice.throw(365), dice, day)
    for bond in [bond for bond in household.guardianships if bond.student is first and not bond.end]:
        kept = household.bind(student, bond.guardian, bond.relation, legal=bond.legal, lives_with=bond.lives_with)
        kept.restriction = bond.restriction


def _gains_guardian(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    """One more guardian of every student, with the day on which that began."""
    relation = dice.pick(("father", "mother", "stepfather", "stepmother", "grandmother", "aunt", "legal guardian"))
    guardian = families.join_adult(household, relation, household.address, dice)
    legal = "true" if relation in ("father", "mother", "legal guardian") else "false"
    for student in household.students:
        household.bind(student, guardian, relation, legal=legal).begin = day


def _loses_guardian(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    """A guardianship of all students ends: the SIS drops the rows, or writes the day."""
    if not household.guardians:
        return
    guardian, rows_stay = dice.pick(tuple(household.guardians)), dice.throw(2)
    if not rows_stay:
        household.guardianships = [bond for bond in household.guardianships if bond.guardian is not guardian]
    for bond in household.guardianships:
        if bond.guardian is guardian:
            bond.end = bond.end or day


def _restricts(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    if household.guardians:
        oddities.restrict(household, dice.pick(tuple(household.guardians)), dice)


def _changes_phone(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    if household.guardians:
        dice.pick(tuple(household.guardians)).phone = telephone(dice)


def _changes_email(household: Household, schools: Schools, dice: Dice, day: str) -> None:
    if household.guardians:
        guardian = dice.pick(tuple(household.guardians))
        guardian.email = families.email_for(guardian.given, f"new{dice.throw(90) + 10}", household.number)


_CHANGES: tuple[tuple[int, Change], ...] = (
    (30, _moves_house),
    (9, _changes_school),
    (4, _leaves),
    (4, _gains_student),
    (12, _gains_guardian),
    (9, _loses_guardian),
    (4, _restricts),
    (18, _changes_phone),
    (10, _changes_email),
)
_CHANGES_BY_SHARE = tuple(change for share, change in _CHANGES for _ in range(share))
