"""users.csv: every person; in 1.1 with their role, since 1.2 roles.csv says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from openhouse.sync.batches import Held, Link, Person, Role, Row
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv import cells as read
from openhouse.sync.sources.oneroster_csv.block import LONGEST_VALUE
from openhouse.sync.sources.oneroster_csv.readers import Columns, held, need, part_of, picker
from openhouse.sync.sources.oneroster_csv.sheet import Sheet, forbidden
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance

LONGEST_LANGUAGE = 35
"""A BCP 47 tag, RFC 5646 §4.4.1."""
GROUNDS = ("", "dependent", "consent")
PLACEHOLDERS = ("", "-", ".", "--", "n/a", "N/A")
"""What exports write where somebody who has one name has no other."""


class UserReader:
    """Reads persons and the people they name; which of two is the student follows from their roles."""

    LISTS = ("status", "dateLastModified", "enabledUser", "agentSourcedIds", "orgSourcedIds", "role")
    FACTS = (
        "sourcedId", "givenName", "middleName", "familyName", "identifier", "email", "phone", "sms",
        "metadata.addressStreet", "metadata.addressCity", "metadata.addressState", "metadata.addressPostalCode",
        "metadata.homeLanguage", "metadata.eligibleGround", "grades",
    )  # fmt: skip

    def __init__(self, sheet: Sheet, settings: Columns, version: str) -> None:
        self.notices = sheet.notices
        self.tolerance = sheet.tolerance
        self.name = sheet.name
        self.number_column = settings.student_number_column
        if self.number_column not in sheet.columns:
            why = "is never read" if forbidden(self.number_column) else "is not there"
            raise SourceRefused(
                f"users.csv: the column that the setting student_number_column names {why}. Set it to the column that holds "
                "the Student ID: openhouse policy set student_number_column identifier"
            )
        self.has_roles = version == "1.1"
        self.pick_lists = picker(sheet, self.LISTS)
        self.columns = (*self.FACTS, self.number_column)
        self.pick = picker(sheet, self.columns)

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        status, modified, enabled, agents, orgs, role = self.pick_lists(cells)
        facts = self.pick(cells)
        if len("".join(facts)) > LONGEST_VALUE:
            read.check_lengths(self.columns, facts)
        sourced_id = facts[0]
        need("sourcedId", sourced_id)
        read.check_guid("sourcedId", sourced_id, self.tolerance)
        if (status or modified) and read.is_removed(status, modified, self.tolerance):
            return ()
        if enabled != "true":
            look_at_flag(enabled, self.tolerance)
        rows: list[Row] = [self._person(line, digest, facts)]
        if self.has_roles:
            rows += self._roles(line, digest, sourced_id, role, orgs, facts[14])
        if agents:
            rows += [Link(line, digest, sourced_id, agent) for agent in self._listed("agentSourcedIds", agents)]
        return rows

    def _person(self, line: int, digest: int, facts: tuple[str, ...]) -> Person:
        (sourced_id, given, middle, family, employee_number, email, phone, mobile, street, city, state, postal_code,
         spoken, eligible, grade, number) = facts  # fmt: skip
        given, family = self._names(given.strip(), family.strip())
        number = read.user_id(number, self.tolerance) if self.number_column == "userIds" else number.strip()
        return Person(
            line, digest, sourced_id, given, middle, family, number, employee_number, email.strip(), phone, mobile,
            street, city, state, postal_code, language(spoken, self.tolerance), ground(eligible, self.tolerance), grade,
        )  # fmt: skip

    def _names(self, given: str, family: str) -> tuple[str, str]:
        """Given and family name; who has one name only has it as family name."""
        if given not in PLACEHOLDERS and family not in PLACEHOLDERS:
            return given, family
        need("familyName", family)
        if given and family:  # `-` and the like are the only way to say it
            self.notices.warnings["person with one name only"] += 1
        else:
            self.tolerance.row("givenName", "person with one name only")
        given = "" if given in PLACEHOLDERS else given
        if family in PLACEHOLDERS:
            need("familyName", given)
            return "", given
        return given, family

    def _roles(self, line: int, digest: int, sourced_id: str, role: str, orgs: str, grade: str) -> list[Row]:
        need("orgSourcedIds", orgs)
        part = part_of(role, "1.1", self.tolerance)
        return [
            Role(self.name, line, digest, f"{sourced_id} {org}", sourced_id, part, role, org, grade, None, None)
            for org in self._listed("orgSourcedIds", orgs)
            if part
        ]

    def _listed(self, column: str, text: str) -> Iterable[str]:
        found = dict.fromkeys(read.listed(text))
        if any(len(element) > LONGEST_VALUE for element in found):
            raise Fault(column, f"holds an element longer than {LONGEST_VALUE} characters")
        return found

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        return held("person", cells.get("sourcedId"))


def look_at_flag(enabled: str, tolerance: Tolerance) -> None:
    """The cell enabledUser, of which nothing is kept. Raises a Fault where it is no flag."""
    said = read.flag("enabledUser", enabled, tolerance)
    if said is None:
        tolerance.row("enabledUser", "enabledUser is blank")
    elif not said:
        text = "person with enabledUser false; the SIS's own sign-in is no fact of the portal"
        tolerance.notices.warnings[text] += 1


def language(text: str, _: Tolerance) -> str:
    """The cell metadata.homeLanguage. Raises a Fault where it is too long for a language's tag."""
    if len(text) > LONGEST_LANGUAGE:
        raise Fault("metadata.homeLanguage", f"is longer than {LONGEST_LANGUAGE} characters")
    return text


def ground(text: str, _: Tolerance) -> str:
    """The cell metadata.eligibleGround. Raises a Fault for an unknown word."""
    if text not in GROUNDS:
        raise Fault("metadata.eligibleGround", "is neither blank, dependent nor consent")
    return text
