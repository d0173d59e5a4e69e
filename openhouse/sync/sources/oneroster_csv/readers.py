"""What each file says: a row's cells in, typed rows out; and for a row that is set aside, whose facts stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, Protocol

from openhouse.sync.batches import UNREADABLE, BirthDate, Held, Org, Pair, Role, Row
from openhouse.sync.sources.oneroster_csv import cells as read
from openhouse.sync.sources.oneroster_csv.block import LONGEST_VALUE
from openhouse.sync.sources.oneroster_csv.sheet import Sheet, legible
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance

_EXTENSION = re.compile(r"ext:[A-Za-z0-9.\-_]+", re.ASCII)
ROLE_TYPES = ("primary", "secondary")
_ORG_TYPES = ("department", "school", "district", "local", "state", "national")
KINDS = {
    "1.1": {
        "student": "student",
        **dict.fromkeys(("guardian", "parent", "relative"), "guardian"),
        **dict.fromkeys(("administrator", "aide", "proctor", "teacher"), "employee"),
    },
    "1.2": {
        "student": "student",
        **dict.fromkeys(("guardian", "parent", "relative"), "guardian"),
        **dict.fromkeys(
            ("aide", "counselor", "districtAdministrator", "principal", "proctor", "siteAdministrator",
             "systemAdministrator", "teacher"), "employee",
        ),
    },
}  # fmt: skip
"""What each word of the standard makes of a person, by version."""


class Columns(Protocol):
    """The settings that say which column holds what (policy.values)."""

    @property
    def student_number_column(self) -> str: ...
    @property
    def school_code_column(self) -> str: ...


class Reader(Protocol):
    """One file's reader. `read` raises Fault for a row that breaks a rule; `hold` says whose facts stay then."""

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]: ...
    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]: ...


def picker(sheet: Sheet, columns: Iterable[str]) -> itemgetter[Any]:
    """Picks those columns out of a row to which one blank cell was added: that is what a missing column reads."""
    return itemgetter(*(sheet.columns.get(column, len(sheet.columns)) for column in columns))


def need(column: str, value: str) -> None:
    """Raise a Fault for a blank cell."""
    if not value or value.isspace():
        raise Fault(column, "is blank")


class OrgReader:
    """orgs.csv: schools, and the units above them."""

    COLUMNS = (
        "sourcedId", "status", "dateLastModified", "name", "type", "metadata.principal", "metadata.telephone", "metadata.fax",
        "metadata.website", "metadata.boardMember", "metadata.localDistrict",
    )  # fmt: skip

    def __init__(self, sheet: Sheet, settings: Columns, version: str) -> None:
        self.notices = sheet.notices
        self.tolerance = sheet.tolerance
        self.version = version
        self.columns = (*self.COLUMNS, settings.school_code_column)
        self.code_column = settings.school_code_column
        self.pick = picker(sheet, self.columns)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        read.check_lengths(self.columns, values)
        sourced_id, status, modified, name, kind, *facts, code = values
        need("sourcedId", sourced_id)
        read.check_guid("sourcedId", sourced_id, self.tolerance)
        if (status or modified) and read.is_removed(status, modified, self.tolerance):
            return ()
        need("name", name)
        if kind not in _ORG_TYPES:
            check_extension("type", kind, self.version, self.tolerance, "is no type of org that the standard knows")
        if kind == "school" and not code.strip():
            self.notices.warnings[
                f"school without a code in {self.code_column}: its sourcedId stands in (setting school_code_column)"
            ] += 1
        return (Org(line, digest, sourced_id, kind == "school", code.strip() or sourced_id, name, *facts),)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return held("org", cells.get("sourcedId"))


class RoleReader:
    """roles.csv of 1.2: who is what, where, from when until when."""

    COLUMNS = (
        "sourcedId", "status", "dateLastModified", "userSourcedId", "roleType", "role", "beginDate", "endDate",
        "orgSourcedId",
    )  # fmt: skip

    def __init__(self, sheet: Sheet) -> None:
        self.notices = sheet.notices
        self.tolerance = sheet.tolerance
        self.name = sheet.name
        self.pick = picker(sheet, self.COLUMNS)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        if len("".join(values)) > LONGEST_VALUE:
            read.check_lengths(self.COLUMNS, values)
        sourced_id, status, modified, person, kind, role, begin, end, org = values
        need("sourcedId", sourced_id)
        need("userSourcedId", person)
        read.check_guid("sourcedId", sourced_id, self.tolerance)
        if (status or modified) and read.is_removed(status, modified, self.tolerance):
            return ()
        if kind not in ROLE_TYPES:
            role_type(kind, self.tolerance)
        need("orgSourcedId", org)
        part = part_of(role, "1.2", self.tolerance)
        if not part:
            self.notices.warnings["role of the SIS's own (ext:); not read"] += 1
            return ()
        return (Role(self.name, line, digest, sourced_id, person, part, role, org, "", *read.span(begin, end)),)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return held("person", cells.get("userSourcedId"))


class BirthDateReader:
    """demographics.csv, of which the birth date alone is read."""

    def __init__(self, sheet: Sheet, snapshot: str) -> None:
        self.tolerance = sheet.tolerance
        self.latest = snapshot
        self.pick = picker(sheet, ("sourcedId", "status", "dateLastModified", "birthDate"))

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        sourced_id, status, modified, birth_date = self.pick(cells)
        need("sourcedId", sourced_id)
        if len(sourced_id) > LONGEST_VALUE:
            read.check_lengths(("sourcedId",), (sourced_id,))
        read.check_guid("sourcedId", sourced_id, self.tolerance)
        if (status or modified) and read.is_removed(status, modified, self.tolerance):
            return ()
        found = read.day("birthDate", birth_date)
        if found and found > self.latest:
            raise Fault("birthDate", "lies in the future")
        return (BirthDate(line, digest, sourced_id, found),)

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return tuple(held("birth", cells.get("sourcedId"))) or (Held("birth", ""),)


class PairReader:
    """guardianships.csv: what OneRoster has no field for, one row per student and guardian."""

    COLUMNS = (
        "studentSourcedId", "guardianSourcedId", "relation", "legal", "livesWith", "emergencyContact", "priority",
        "restriction", "beginDate", "endDate", "status", "dateLastModified",
    )  # fmt: skip

    def __init__(self, sheet: Sheet) -> None:
        self.tolerance = sheet.tolerance
        self.pick = picker(sheet, self.COLUMNS)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        values = self.pick(cells)
        if len("".join(values)) > LONGEST_VALUE:
            read.check_lengths(self.COLUMNS, values)
        student, guardian, relation, legal, lives_with, contact, priority, restriction, begin, end, status, modified = (
            values
        )
        need("studentSourcedId", student)
        need("guardianSourcedId", guardian)
        flag, tolerance = read.flag, self.tolerance
        if (status or modified) and read.is_removed(status, modified, tolerance):
            return ()
        return (
            Pair(
                line, digest, student, guardian, relation.strip(),
                flag("legal", legal, tolerance),
                flag("livesWith", lives_with, tolerance),
                flag("emergencyContact", contact, tolerance),
                read.whole_number("priority", priority),
                restriction.strip(),
                *read.span(begin, end),
            ),
        )  # fmt: skip

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        ids = (cells.get("studentSourcedId"), cells.get("guardianSourcedId"))
        student, guardian = (cell if cell and legible(cell) else "" for cell in ids)
        restriction = cells.get("restriction")
        text = restriction.strip() if restriction is not None and legible(restriction) else UNREADABLE
        return (Held("pair", student, guardian, text),)


def role_type(text: str, tolerance: Tolerance) -> None:
    """The cell roleType, of which nothing is kept. Raises a Fault for an unknown word."""
    if not text:
        tolerance.row("roleType", "roleType is blank")
    elif text not in ROLE_TYPES:
        raise Fault("roleType", "is neither primary nor secondary")


def part_of(role: str, version: str, tolerance: Tolerance) -> str:
    """Student, guardian or employee; "" for an extension's role, of which nothing is known."""
    if found := KINDS[version].get(role):
        return found
    check_extension("role", role, version, tolerance, "is no role that the standard knows")
    return ""


def check_extension(column: str, word: str, version: str, tolerance: Tolerance, otherwise: str) -> None:
    """A word of the SIS's own begins with `ext:`, which 1.2 allows and 1.1 does not. Raises a Fault for any other."""
    if not word.startswith("ext:"):
        raise Fault(column, otherwise)
    if version == "1.1":
        tolerance.row(column, f"{column} of the SIS's own (ext:), which OneRoster 1.1 does not have")
    elif not _EXTENSION.fullmatch(word):
        tolerance.row(column, f"{column} of the SIS's own (ext:) with characters that the standard does not allow")


def held(kind: Any, key: str | None) -> Iterable[Held]:
    """That key's facts stay, if the key can be read at all."""
    return (Held(kind, key),) if key and legible(key) else ()
