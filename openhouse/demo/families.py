"""The families that fill a district: any one can be made again from its number, without making the others."""

from typing import NamedTuple

from openhouse.demo import names, oddities, spelling
from openhouse.demo.dice import Dice
from openhouse.demo.households import Guardian, Household, Student, birth_date_for
from openhouse.demo.names import Heritage
from openhouse.demo.places import PLACES, Address, address_at, telephone
from openhouse.demo.plan import DistrictPlan
from openhouse.demo.schools import Schools

FAMILY_DOMAIN = "families.example"
_EMAIL_OF_A_HUNDRED = 70
_CHILDREN = (1,) * 85 + (2,) * 11 + (3,) * 3 + (4,)
"""Students a household, of a hundred: few, as a SIS often keeps separate contacts for brothers and sisters."""
_WOMEN = frozenset(("mother", "stepmother", "grandmother", "aunt"))
_MATERNAL = frozenset(("mother", "grandmother"))
_MEN = frozenset(("father", "stepfather", "grandfather", "uncle"))


class Adult(NamedTuple):
    """One adult of a shape: home 0 is the students' own, home 1 is elsewhere."""

    relation: str
    legal: str = "true"
    home: int = 0
    lives_with: str = "true"


_MOTHER = Adult("mother")
_FATHER = Adult("father")
_FATHER_ELSEWHERE = Adult("father", home=1)
_GRANDMOTHER = Adult("grandmother", legal="false")
_SHAPES: tuple[tuple[int, tuple[Adult, ...]], ...] = (
    (438, (_MOTHER, _FATHER)),
    (190, (_MOTHER,)),
    (30, (_FATHER,)),
    (120, (_MOTHER, _FATHER_ELSEWHERE)),
    (30, (_MOTHER, Adult("father", home=1, lives_with="false"))),
    (25, (_MOTHER, Adult("stepfather", legal="false"), _FATHER_ELSEWHERE)),
    (15, (_MOTHER, _FATHER_ELSEWHERE, Adult("stepmother", legal="false", home=1))),
    (60, (_MOTHER, _FATHER, _GRANDMOTHER)),
    (30, (_MOTHER, _GRANDMOTHER)),
    (14, (_MOTHER, Adult("aunt", legal="false", home=1, lives_with="false"))),
    (7, (_MOTHER, _MOTHER)),
    (5, (_FATHER, _FATHER)),
    (15, (Adult("grandmother"),)),
    (6, (Adult("grandmother"), Adult("grandfather"))),
    (3, (Adult("aunt"),)),
    (3, (Adult("legal guardian"),)),
    (7, (Adult("foster parent"), Adult("mother", legal="false", home=1, lives_with="false"))),
    (2, ()),
)
_SHAPES_BY_SHARE = tuple(shape for share, shape in _SHAPES for _ in range(share))


def household(plan: DistrictPlan, schools: Schools, number: int, *, begin: str = "") -> Household:
    """The household of a number, as night 1 knows it; its students began on `begin`, else when the year opened."""
    dice = Dice(plan.seed, "family", number)
    heritage = names.BY_SHARE[dice.throw(1000)]
    place = dice.throw(PLACES)
    language = heritage.languages_by_share[dice.throw(100)]
    made = Household(plan, number, place, address_at(place, dice), language, heritage, _surnames(heritage, dice))
    shape = _SHAPES_BY_SHARE[dice.throw(1000)]
    _enrol_children(made, schools, dice, begin or plan.opening)
    _join_adults(made, shape, dice)
    oddities.sprinkle(made, dice)
    return made


def given_name(heritage: Heritage, sex: str, dice: Dice) -> str:
    """A given name for `female` or `male`."""
    return dice.pick(heritage.girls if sex == "female" else heritage.boys)


def email_for(given: str, family: str, number: int) -> str:
    """The email of a person of a household at the families' domain, such as `rosa.luna412@families.example`."""
    login = f"{spelling.slug(given)}.{spelling.slug(family.partition(' ')[0])}"
    return f"{login.lstrip('.')}{number}@{FAMILY_DOMAIN}"


def _surnames(heritage: Heritage, dice: Dice) -> tuple[str, str, str]:
    """The family names of mother, father and child."""
    father, mother = dice.pick(heritage.families), dice.pick(heritage.families)
    if dice.throw(100) < heritage.double:
        joint = " " if heritage is names.SPANISH else "-"
        return f"{mother}{joint}{dice.pick(heritage.families)}", father, f"{father}{joint}{mother}"
    return (father if dice.throw(100) < heritage.shared else mother), father, father


def _enrol_children(made: Household, schools: Schools, dice: Dice, begin: str) -> None:
    """Students of different grades, a few of them twins."""
    throw = dice.throw
    grade, days = throw(14), throw(365)
    for child in range(_CHILDREN[throw(100)]):
        if child and throw(30):
            grade, days = (grade + 2 + throw(4)) % 14, throw(365)
        student = enrol_child(made, schools, grade, days, dice, begin)
        if begin == made.plan.opening:
            _vary_enrolment(made.plan, student, dice)


def enrol_child(made: Household, schools: Schools, grade: int, days: int, dice: Dice, begin: str) -> Student:
    """Add a made-up student of a grade, born so many days (0 to 364) before the youngest of it."""
    chance = dice.throw(4000)
    sex = "female" if chance & 1 else "male"
    student = made.enrol(
        given=given_name(made.heritage, sex, dice),
        middle=given_name(made.heritage, sex, dice) if chance < 1600 else "",
        family=feminine(made.surnames[2], made.heritage, sex),
        sex="other" if chance > 3990 else sex,
        grade=grade,
        birth_date=birth_date_for(made.plan, grade, days),
        school=schools.school_for(grade, made.place),
        begin=begin,
    )
    if grade == 13:
        student.ground = ("dependent", "dependent", "dependent", "consent", "")[dice.throw(5)]
    return student


def _vary_enrolment(plan: DistrictPlan, student: Student, dice: Dice) -> None:
    """One student in twenty came in the last weeks; one in a hundred has left in the last days."""
    chance, enrolment = dice.throw(100), student.enrolments[0]
    if chance < 5:
        begin = max(enrolment.begin, plan.days_ago(1 + dice.throw(60)))
        student.enrolments[0] = enrolment._replace(begin=begin)
    elif chance == 5:
        begin = min(enrolment.begin, plan.days_ago(300))
        student.enrolments[0] = enrolment._replace(begin=begin, end=plan.days_ago(dice.throw(40)))


def _join_adults(made: Household, shape: tuple[Adult, ...], dice: Dice) -> None:
    """The guardians of a shape, each bound to every student."""
    homes = [made.address]
    for adult in shape:
        relation, legal, home, lives_with = adult
        if home == len(homes):
            homes.append(address_at(dice.throw(PLACES), dice))
        guardian = join_adult(made, relation, homes[home], dice)
        emergency = "true" if legal != "true" or dice.throw(10) else "false"
        for student in made.students:
            made.bind(student, guardian, relation, legal=legal, lives_with=lives_with, emergency=emergency)


def join_adult(made: Household, relation: str, address: Address, dice: Dice) -> Guardian:
    """Add a made-up guardian of a relation, not bound to any student yet."""
    heritage = made.heritage
    woman = relation in _WOMEN or (relation not in _MEN and dice.throw(2) == 0)
    sex = "female" if woman else "male"
    given = given_name(heritage, sex, dice)
    if relation in _MATERNAL:
        family = made.surnames[0]
    elif relation == "father":
        family = made.surnames[1]
    else:
        family = dice.pick(heritage.families)
    return made.join(
        given=given,
        family=feminine(family, heritage, sex),
        relation=relation,
        email=email_for(given, family, made.number) if dice.throw(100) < _EMAIL_OF_A_HUNDRED else "",
        phone=telephone(dice) if dice.throw(20) else "",
        address=address,
    )


def feminine(family: str, heritage: Heritage, sex: str) -> str:
    """The family name as this person carries it: Petrov's sister is Petrova where the heritage says so."""
    return f"{family}a" if heritage.gendered and sex == "female" else family
