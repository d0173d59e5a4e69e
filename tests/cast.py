"""The cast: made-up people of two schools, each there for one rule. Tests write the mirror's tables directly.

`Cast()` makes everybody. The functions above it make one thing each, for tests that need somebody else.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import model_to_dict

from openhouse.access import pins, redemption
from openhouse.access.models import Association, Given, IdentityCheck, Tie, Way
from openhouse.accounts import actor
from openhouse.accounts.models import Account
from openhouse.audit.trail import Actor
from openhouse.district.models import Employee, Enrolment, Guardian, Guardianship, Mirrored, School, Student
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("America/Los_Angeles"))
SINCE = NOW - timedelta(days=100)
"""Since when the portal has known everything that the cast does not say otherwise about."""
DAY = timedelta(days=1)
SYSTEM = Actor.system("tests")
PASSWORD = "a long enough password of many words"
_numbers = itertools.count(10_001)


def school(code: str, name: str, **facts: Any) -> School:
    """A school of the mirror."""
    return School.objects.create(sourced_id=f"school-{code}", code=code, name=name, valid_from=SINCE, **facts)


def student(given_name: str, family_name: str, at: School | None, grade: str = "04", **facts: Any) -> Student:
    """A student with a Student ID of their own, enrolled at a school (or none), 10 years old unless told otherwise."""
    number = facts.pop("number", f"S{next(_numbers)}")
    facts = {"birth_date": date(2016, 3, 28), "valid_from": SINCE, "sourced_id": f"student-{number}"} | facts
    made = Student.objects.create(given_name=given_name, family_name=family_name, number=number, **facts)
    if at is not None:
        enrol(made, at, grade=grade)
    return made


def enrol(student: Student, school: School, **facts: Any) -> Enrolment:
    """An enrolment."""
    return Enrolment.objects.create(student=student, school=school, **({"valid_from": SINCE} | facts))


def guardian(given_name: str, family_name: str, **facts: Any) -> Guardian:
    """A contact of the mirror, not yet anybody's."""
    sourced_id = facts.pop("sourced_id", f"guardian-{given_name}-{family_name}")
    return Guardian.objects.create(
        given_name=given_name, family_name=family_name, sourced_id=sourced_id, valid_from=SINCE, **facts
    )


def link(student: Student, guardian: Guardian, **facts: Any) -> Guardianship:
    """A guardianship, flagged as legal unless told otherwise."""
    facts = {"legal": True, "relation": "mother", "valid_from": SINCE} | facts
    return Guardianship.objects.create(student=student, guardian=guardian, **facts)


def change(row: Mirrored, *, at: datetime, **facts: Any) -> None:
    """What a sync does when facts change: the old version goes to the past, the row holds the new ones."""
    _to_the_past(row, at)
    for name, value in (facts | {"valid_from": at, "valid_until": None}).items():
        setattr(row, name, value)
    row.save()


def end(row: Mirrored, *, at: datetime) -> None:
    """What a sync does when the SIS no longer states a thing."""
    row.valid_until = at
    row.save(update_fields=["valid_until"])


def _to_the_past(row: Mirrored, at: datetime) -> None:
    past = row.past.model  # type: ignore[attr-defined]
    names = {field.name for field in past._meta.fields} - {"id", "thing", "valid_from", "valid_until"}
    facts = model_to_dict(row, fields=names)
    past.objects.create(thing=row, valid_from=row.valid_from, valid_until=min(at, row.valid_until or at), **facts)


def account(email: str, *, confirmed: bool = True, password: str | None = None) -> Account:
    """A guardian's account, its email confirmed unless told otherwise."""
    from allauth.account.models import EmailAddress

    made = Account(email=email, given_name=email.partition("@")[0].title(), family_name="")
    made.email_confirmed_at = SINCE if confirmed else None
    made.set_password(password) if password else made.set_unusable_password()
    made.save()
    EmailAddress.objects.create(user=made, email=email, verified=confirmed, primary=True)
    return made


def employee(given_name: str, role: Role | None, school: School | None = None, **facts: Any) -> Account:
    """An employee of the mirror with a sign-in and one role, at a school or for the whole district."""
    sourced_id = facts.pop("sourced_id", f"employee-{given_name}")
    facts = {"family_name": "Office", "email": f"{given_name.lower()}@district.example", "valid_from": SINCE} | facts
    Employee.objects.create(given_name=given_name, sourced_id=sourced_id, **facts)
    made = Account.objects.create(
        employee_key=sourced_id, given_name=given_name, family_name=facts["family_name"], password="!"
    )
    if role is not None:
        Grant.objects.create(account=made, role=role, school_code=school.code if school else "", valid_from=SINCE)
    return made


def tie(account: Account, guardian: Guardian, way: Way = Way.PIN, at: datetime = SINCE) -> Tie:
    """A tie, made without a PIN."""
    return Tie.objects.create(account=account, guardian=guardian, way=way, valid_from=at)


def associate(
    account: Account, student: Student, way: Way = Way.PIN, at: datetime = SINCE, through: Association | None = None
) -> Association:
    """An association, made without a PIN."""
    return Association.objects.create(account=account, student=student, way=way, valid_from=at, through=through)


def join(account: Account, guardian: Guardian, *students: Student, way: Way = Way.PIN, at: datetime = SINCE) -> None:
    """A tie and associations, made without a PIN."""
    tie(account, guardian, way, at)
    for each in students:
        associate(account, each, way, at)


def give(guardianship: Guardianship, *, by: Account | None = None, at: datetime = NOW) -> str:
    """Print a PIN and return its code."""
    who = actor.of(by) if by else SYSTEM
    return pins.give(guardianship=guardianship, given=Given.PRINTED, by=who, at=at)[1]


def redeem(
    account: Account, student: Student, code: str, *, at: datetime = NOW, address: str = "", **typed: Any
) -> Association:
    """Enter a PIN as the student's number and birth date say, unless `typed` says otherwise."""
    given = {"student_number": student.number, "birth_date": student.birth_date, "code": code} | typed
    return redemption.redeem(account=account, by=actor.of(account, address), at=at, **given)


def verified(guardianship: Guardianship, by: Account, at: datetime = NOW) -> IdentityCheck:
    """An identity check with which an employee verified this guardian at the counter."""
    seen = {"outcome": "verified", "place": "counter", "document": "passport", "seen_at": at}
    return IdentityCheck.objects.create(guardianship=guardianship, employee=by, asked_at=at, answers={}, **seen)


def wrong(code: str) -> str:
    """A code of the same length that is not this one."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


class Cast:
    """Everybody. Guardians and students are the SIS's, `…_account` are sign-ins without a tie yet."""

    def __init__(self) -> None:
        self.maple = school("1001", "Maple Elementary", telephone="(213) 555-0100")
        self.cedar = school("1002", "Cedar High", telephone="(213) 555-0200")
        self._staff()
        self._families()
        self._edges()

    def _staff(self) -> None:
        self.olga = employee("Olga", Role.PARENT_ACCESS_ADMINISTRATOR, self.maple)
        self.ben = employee("Ben", Role.PARENT_ACCESS_ADMINISTRATOR, self.cedar)
        self.dora = employee("Dora", Role.DISTRICT_ADMINISTRATOR)
        self.hank = employee("Hank", Role.HELP_DESK)
        self.rhea = employee("Rhea", Role.REPORTING, self.cedar)
        self.otto = employee("Otto", Role.PARENT_ACCESS_ADMINISTRATOR, self.maple)
        self.mia_at_work = employee("Mia", Role.PARENT_ACCESS_ADMINISTRATOR, self.maple, sourced_id="person-mia")

    def _families(self) -> None:
        # Ana has children at both schools; Arturo is the second guardian of the younger one.
        self.ana, self.arturo = guardian("Ana", "Reyes", email="ana@home.example"), guardian("Arturo", "Reyes")
        self.alma = student("Alma", "Reyes", self.maple)
        self.abel = student("Abel", "Reyes", self.cedar, "10", birth_date=date(2011, 5, 2))
        self.ana_of_alma, self.ana_of_abel = link(self.alma, self.ana), link(self.abel, self.ana)
        self.arturo_of_alma = link(self.alma, self.arturo, relation="father")
        self.ana_account, self.arturo_account = account("ana@home.example"), account("arturo@home.example")
        # Boris may not see Bella; Berta, her mother, may.
        self.boris, self.berta = guardian("Boris", "Novak"), guardian("Berta", "Novak")
        self.bella = student("Bella", "Novak", self.maple)
        self.boris_of_bella = link(self.bella, self.boris, relation="father", restriction="No Contact")
        self.berta_of_bella = link(self.bella, self.berta)
        self.boris_account, self.berta_account = account("boris@home.example"), account("berta@home.example")
        # Carla has six children at Maple.
        self.carla, self.carla_account = guardian("Carla", "Diaz"), account("carla@home.example")
        names = ("Cora", "Ciro", "Celia", "Cruz", "Clara", "Cesar")
        self.carlas_children = [student(name, "Diaz", self.maple) for name in names]
        self.carla_of = {child: link(child, self.carla) for child in self.carlas_children}
        # Mia is a teacher at Maple and a mother there.
        self.mia, self.mia_account = guardian("Mia", "Chen", sourced_id="person-mia"), account("mia@home.example")
        self.milo = student("Milo", "Chen", self.maple)
        self.mia_of_milo = link(self.milo, self.mia)

    def _edges(self) -> None:
        # Drew's child is 18 since last spring.
        self.drew, self.drew_account = guardian("Drew", "Park"), account("drew@home.example")
        self.david = student("David", "Park", self.cedar, "12", birth_date=date(2008, 4, 1))
        self.drew_of_david = link(self.david, self.drew)
        # The SIS has no birth date for Nico, and leaves Flora's legal flag blank.
        self.nora, self.flora = guardian("Nora", "Silva"), guardian("Flora", "Okafor")
        self.nico = student("Nico", "Silva", self.maple, birth_date=None)
        self.finn = student("Finn", "Okafor", self.maple)
        self.nora_of_nico = link(self.nico, self.nora)
        self.flora_of_finn = link(self.finn, self.flora, legal=None, relation="Mother")
        # Elias's guardianship ended by the SIS's own date; Wanda's child left the district.
        self.elias, self.wanda = guardian("Elias", "Roth"), guardian("Wanda", "Berg")
        self.emil = student("Emil", "Roth", self.maple)
        self.will = student("Will", "Berg", None)
        self.elias_of_emil = link(self.emil, self.elias, end_date=NOW.date())
        self.wanda_of_will = link(self.will, self.wanda)
        enrol(self.will, self.maple, grade="04", end_date=NOW.date() - DAY)


def said_of_alma(cast: Cast) -> dict[str, Any]:
    """Right answers to every question of an identity check of Ana, once the SIS has what `reachable` gives it."""
    return {
        "birth_date": cast.alma.birth_date, "name": "alma reyes", "grade": "4th", "address": "1 elm st, 91601",
        "phone": "(818) 555 0147", "emergency_phone": "213.555.0199",
    }  # fmt: skip


def reachable(cast: Cast) -> Cast:
    """Ana with an address and a phone in the SIS, and an aunt who is the emergency contact of Alma."""
    facts = {"street": "1 Elm Street", "city": "Reseda", "postal_code": "91601", "phone": "818-555-0147"}
    change(cast.ana, at=NOW - DAY, **facts)
    aunt = guardian("Tia", "Reyes", phone="213-555-0199")
    link(cast.alma, aunt, legal=False, relation="aunt", emergency_contact=True)
    cast.ana_of_alma.refresh_from_db()
    return cast
