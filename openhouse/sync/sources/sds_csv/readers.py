"""What each file of School Data Sync says: a row's cells in, typed rows out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openhouse.sync.batches import BirthDate, Held, Org, Pair, Person, Role, Row
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv import cells as read
from openhouse.sync.sources.oneroster_csv.readers import Columns, held, need, picker
from openhouse.sync.sources.oneroster_csv.sheet import Sheet, legible
from openhouse.sync.sources.oneroster_csv.tolerance import Fault
from openhouse.sync.sources.sds_csv.layouts import EMPLOYEES, GUARDIANS, NO_GUARDIANS, NO_PART

FAMILIES = "sds:families"
"""A unit that is no school, where guardians belong: relationships.csv says whose they are, not where."""


def chosen(sheet: Sheet, setting: str, column: str, policy_column: str) -> str:
    """The column that a setting names. SDS has none called `identifier` (the default): there the sourcedId stands in."""
    if column in sheet.columns:
        return column
    if column != "identifier":
        raise SourceRefused(
            f"{sheet.name}: the column that the setting {setting} names is not there, or is never read. Set it to the column "
            f"that holds the {policy_column}: openhouse policy set {setting} sourcedId"
        )
    return "sourcedId"


class OrgReader:
    """orgs.csv: schools, and the units above them."""

    def __init__(self, sheet: Sheet, settings: Columns) -> None:
        code = chosen(sheet, "school_code_column", settings.school_code_column, "school code")
        self.columns = ("sourcedId", "name", "type", code)
        self.pick = picker(sheet, self.columns)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        read.check_lengths(self.columns, values)
        for column, value in zip(self.columns, values, strict=True):
            need(column, value)
        sourced_id, name, kind, code = values
        return (Org(line, digest, sourced_id, kind == "school", code.strip(), name, "", "", "", "", "", ""),)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return held("org", cells.get("sourcedId"))


class UserReader:
    """users.csv: every person. Its passwords are cut off before a row comes here."""

    def __init__(self, sheet: Sheet, settings: Columns) -> None:
        number = chosen(sheet, "student_number_column", settings.student_number_column, "Student ID")
        self.columns = ("sourcedId", "givenName", "familyName", "email", "phone", "sms", number)
        self.pick = picker(sheet, self.columns)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        read.check_lengths(self.columns, values)
        sourced_id, given, family, email, phone, mobile, number = values
        need("sourcedId", sourced_id)
        need("familyName", family)
        number = number.strip()
        names, nowhere = (given.strip(), "", family.strip()), ("", "", "", "")
        return (
            Person(
                line, digest, sourced_id, *names, number, number, email.strip(), phone, mobile, *nowhere, "", "", ""
            ),
        )  # fmt: skip

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return held("person", cells.get("sourcedId"))


class RoleReader:
    """roles.csv: students and employees. Guardians have no row here."""

    COLUMNS = (
        "userSourcedId", "orgSourcedId", "role", "sessionSourcedId", "grade", "roleStartDate", "roleEndDate"
    )  # fmt: skip

    def __init__(self, sheet: Sheet) -> None:
        self.notices, self.name = sheet.notices, sheet.name
        self.pick = picker(sheet, self.COLUMNS)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        read.check_lengths(self.COLUMNS, values)
        person, org, word, session, grade, begin, end = values
        need("userSourcedId", person)
        need("orgSourcedId", org)
        if word in NO_PART:
            self.notices.warnings["role that makes nobody a student or an employee (other, alumni); not read"] += 1
            return ()
        if word != "student" and word not in EMPLOYEES:
            raise Fault("role", "is no role that School Data Sync knows")
        kind = "student" if word == "student" else "employee"
        dates = read.day("roleStartDate", begin), read.day("roleEndDate", end)
        if dates[0] and dates[1] and dates[1] < dates[0]:
            raise Fault("roleEndDate", "lies before roleStartDate")
        sourced_id = " ".join((person, org, word, session, begin))
        return (Role(self.name, line, digest, sourced_id, person, kind, word, org, grade.strip(), *dates),)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return held("person", cells.get("userSourcedId"))


class BirthDateReader:
    """demographics.csv, of which the birth date alone is read."""

    def __init__(self, sheet: Sheet, snapshot: str) -> None:
        self.latest = snapshot
        self.pick = picker(sheet, ("userSourcedId", "birthDate"))

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        person, birth_date = self.pick(cells)
        need("userSourcedId", person)
        read.check_lengths(("userSourcedId",), (person,))
        found = read.day("birthDate", birth_date)
        if found and found > self.latest:
            raise Fault("birthDate", "lies in the future")
        return (BirthDate(line, digest, person, found),)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return tuple(held("birth", cells.get("userSourcedId"))) or (Held("birth", ""),)


class RelationshipReader:
    """relationships.csv: `userSourcedId` is the student, `relationshipUserSourcedId` the guardian, who is one by this alone."""

    COLUMNS = ("userSourcedId", "relationshipUserSourcedId", "relationshipRole")

    def __init__(self, sheet: Sheet) -> None:
        self.notices, self.name = sheet.notices, sheet.name
        self.pick = picker(sheet, self.COLUMNS)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        read.check_lengths(self.COLUMNS, values)
        for column, value in zip(self.COLUMNS, values, strict=True):
            need(column, value)
        student, guardian, word = values
        relation = word.strip().lower()
        if relation in NO_GUARDIANS:
            self.notices.warnings["relationship that makes nobody a guardian (aide, doctor, other …); not read"] += 1
            return ()
        if relation not in GUARDIANS:
            raise Fault("relationshipRole", "is no relationship that School Data Sync knows")
        role = Role(
            self.name,
            line,
            digest,
            f"{student} {guardian} {relation}",
            guardian,
            "guardian",
            relation,
            FAMILIES,
            "",
            None,
            None,
        )
        return role, Pair(line, digest, student, guardian, relation, None, None, None, None, "", None, None)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        ids = (cells.get("userSourcedId"), cells.get("relationshipUserSourcedId"))
        student, guardian = (cell if cell and legible(cell) else "" for cell in ids)
        return Held("pair", student, guardian), *held("person", guardian)
