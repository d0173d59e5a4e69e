"""students, contacts and staffs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openhouse.sync.batches import BirthDate, Held, Person, Replaced, Role
from openhouse.sync.sources.edfi_api import reach
from openhouse.sync.sources.edfi_api.reader import Stated, held
from openhouse.sync.sources.edfi_api.reading import Reading
from openhouse.sync.sources.edfi_api.records import Fault, Record, day, key, legible_key, text

PLACEHOLDERS = ("", "-", ".", "--", "n/a", "N/A")
"""What a SIS writes where somebody who has one name has no other."""


class Students:
    """students, with what their education organization associations say (`Reading.of`)."""

    name = "students"
    keys = ("studentUniqueId",)

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        unique_id = key(record, "studentUniqueId")
        number, language, address = reading.of(unique_id)
        names = _names(record, reading)
        number = number if reading.choices.student_number_system else unique_id
        birth_date = day(record, "birthDate")
        if birth_date and birth_date > reading.today:
            raise Fault("birthDate", "lies in the future")
        person = f"student:{unique_id}"
        return (
            Person(0, 0, person, *names, number, "", "", "", "", *address, language, "", ""),
            BirthDate(0, 0, person, birth_date),
        )

    def hold(self, record: Any) -> Iterable[Held]:
        unique_id = legible_key(record, "studentUniqueId")
        return (*held("person", "student", unique_id), Held("birth", f"student:{unique_id}" if unique_id else ""))

    def replace(self, *values: str) -> Iterable[Replaced]:
        person = f"student:{values[0]}"
        return Replaced("person", person), Replaced("birth", person)


class Contacts:
    """contacts, which were called parents before Data Standard 5."""

    name = "contacts"

    def __init__(self, adult: str) -> None:
        self.keys = (f"{adult}UniqueId",)

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        person = f"contact:{key(record, self.keys[0])}"
        notices = reading.notices
        names = _names(record, reading)
        language = reach.language(record, reach.FAMILY_LANGUAGES, notices)
        address = reach.address(record, reading.today, notices)
        ways = (reach.family_email(record, notices), *reach.phones(record, notices))
        return (
            Person(0, 0, person, *names, "", "", *ways, *address, language, "", ""),
            Role(self.name, 0, 0, person, person, "guardian", "contact", reading.home, "", None, None),
        )

    def hold(self, record: Any) -> Iterable[Held]:
        return held("person", "contact", legible_key(record, self.keys[0]))

    def replace(self, *values: str) -> Iterable[Replaced]:
        person = f"contact:{values[0]}"
        return Replaced("person", person), Replaced("roles", person)


class Staff:
    """staffs: name and e-mail alone."""

    name = "staffs"
    keys = ("staffUniqueId",)

    def read(self, record: Record, reading: Reading) -> Iterable[Stated]:
        unique_id = key(record, "staffUniqueId")
        names, email = _names(record, reading), reach.staff_email(record, reading.notices)
        return (Person(0, 0, f"staff:{unique_id}", *names, "", unique_id, email, *([""] * 9)),)

    def hold(self, record: Any) -> Iterable[Held]:
        return held("person", "staff", legible_key(record, "staffUniqueId"))

    def replace(self, *values: str) -> Iterable[Replaced]:
        return (Replaced("person", f"staff:{values[0]}"),)


def _names(record: Record, reading: Reading) -> tuple[str, str, str]:
    """Given, middle and family name as on file; who has one name only has it as family name."""
    given, middle, family = text(record, "firstName"), text(record, "middleName"), text(record, "lastSurname")
    if given in PLACEHOLDERS or family in PLACEHOLDERS:
        reading.notices.warnings["person with one name only"] += 1
        family = given if family in PLACEHOLDERS else family
        given = ""
        if family in PLACEHOLDERS:
            raise Fault("lastSurname", "is blank")
    return given, middle, family
