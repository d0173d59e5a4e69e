"""The cast: families that every made-up district has, whatever its size and seed, because they are the hard ones.

They are the first households and live where the first school of each level is. `the_ended` and `the_newly_restricted`
change in night 2, as the demo's story tells; no other family of the cast ever changes.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from openhouse.demo.dice import Dice
from openhouse.demo.families import email_for
from openhouse.demo.households import Guardian, Household, Student, birth_date_for
from openhouse.demo.names import SPANISH
from openhouse.demo.places import NOWHERE, address_at, telephone
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.playbill import BILL, Child, Contact, Family
from openhouse.demo.schools import Schools, first_teacher, survey


@dataclass(frozen=True)
class Case:
    """One hard case. `student` and `guardian` are the persons it is about, the first of each.

    In `employee_parent` the guardian's sourcedId is an employee's; in `no_guardian` there is no guardian.
    """

    name: str
    story: str
    households: tuple[Household, ...] = field(repr=False)

    @property
    def students(self) -> tuple[Student, ...]:
        """All students of the case, household by household."""
        return tuple(student for household in self.households for student in household.students)

    @property
    def guardians(self) -> tuple[Guardian, ...]:
        """All guardians of the case, household by household."""
        return tuple(guardian for household in self.households for guardian in household.guardians)

    @property
    def student(self) -> Student:
        """The student whom the case is about."""
        return self.students[0]

    @property
    def guardian(self) -> Guardian:
        """The guardian whom the case is about."""
        return self.guardians[0]


def stage(plan: DistrictPlan, schools: Schools | None = None) -> dict[str, Case]:
    """All cases by name, as the plan's night knows them; names and order are those of `playbill.BILL`."""
    schools = schools or survey(plan)
    cases, number = {}, 0
    for name, (story, families) in BILL.items():
        households = []
        for family in families:
            number += 1
            households.append(_household(plan, schools, number, family))
        cases[name] = Case(name, story, tuple(households))
    if plan.night > 1:
        _tell_the_second_night(cases)
    return cases


def _tell_the_second_night(cases: dict[str, Case]) -> None:
    ended, restricted = cases["the_ended"], cases["the_newly_restricted"]
    [household] = ended.households
    household.guardianships = [bond for bond in household.guardianships if bond.guardian is not ended.guardian]
    for bond in restricted.households[0].guardianships:
        if bond.guardian is restricted.guardian:
            bond.restriction = "no contact"


def _household(plan: DistrictPlan, schools: Schools, number: int, family: Family) -> Household:
    dice = Dice(plan.seed, "cast", number)
    made = Household(plan, number, 0, address_at(0, dice), family.language, SPANISH, ("", "", ""))
    for child in family.children:
        _enrol(made, schools, child)
    elsewhere = address_at(0, dice)
    for contact in family.contacts:
        address = elsewhere if contact.elsewhere else made.address
        guardian = made.join(
            given=contact.given,
            family=contact.family,
            relation=contact.relation,
            email=email_for(contact.given, contact.family, number) if contact.email == "own" else contact.email,
            phone=telephone(dice),
            address=address,
        )
        if contact.employed:
            _employ(plan, schools, guardian, made)
        _bind(made, guardian, contact)
    return made


def _enrol(made: Household, schools: Schools, child: Child) -> None:
    plan = made.plan
    born = birth_date_for(plan, child.grade, child.days)
    if child.eighteen:
        birthday = date(plan.on.year - 18, plan.on.month, min(plan.on.day, 28))
        born = (birthday - timedelta(days=60)).isoformat()
    student = made.enrol(
        given=child.given,
        family=child.family,
        sex=child.sex,
        grade=child.grade,
        birth_date=born if child.born else "",
        school=schools.school_for(child.grade, 0),
        begin=plan.opening,
    )
    student.ground = child.ground
    if child.left:
        student.enrolments[0] = student.enrolments[0]._replace(begin=plan.days_ago(200), end=plan.days_ago(10))


def _employ(plan: DistrictPlan, schools: Schools, guardian: Guardian, made: Household) -> None:
    """The guardian is the first teacher of the student's own school, under that one sourcedId and email."""
    teacher = first_teacher(plan, made.students[0].school)
    guardian.sourced_id, guardian.email, guardian.employed = teacher.sourced_id, teacher.email, True
    guardian.given, guardian.family, guardian.phone, guardian.address = teacher.given, teacher.family, "", NOWHERE
    made.students[0].family = teacher.family


def _bind(made: Household, guardian: Guardian, contact: Contact) -> None:
    students = made.students if contact.of is None else [made.students[place] for place in contact.of]
    for student in students:
        bond = made.bind(student, guardian, contact.relation, legal=contact.legal, lives_with=contact.lives_with)
        bond.restriction = contact.restriction
