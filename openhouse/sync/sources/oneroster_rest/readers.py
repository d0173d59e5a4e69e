"""What a record of each resource says: typed rows, or whose facts stay where it breaks a rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, cast

from openhouse.sync.batches import UNREADABLE, Held, Link, Replaced, Row
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.readers import (
    BirthDateReader,
    Columns,
    OrgReader,
    PairReader,
    RoleReader,
    held,
)
from openhouse.sync.sources.oneroster_csv.sheet import Sheet
from openhouse.sync.sources.oneroster_csv.sheet import legible as is_legible
from openhouse.sync.sources.oneroster_csv.tolerance import Fault
from openhouse.sync.sources.oneroster_csv.users import UserReader
from openhouse.sync.sources.oneroster_rest.records import Misread, Table, legible, raw, reference, told

ORGS, USERS, DEMOGRAPHICS, GUARDIANSHIPS = "orgs.csv", "users.csv", "demographics.csv", "guardianships.csv"
"""What the rest of the sync calls what a source states: by the names that OneRoster's files (and our own) have."""
ELSEWHERE = ("status", "dateLastModified", "agentSourcedIds", "orgSourcedIds", "role")
"""Columns of the CSV binding whose facts stand elsewhere, or otherwise, in JSON."""
PAIRS = "metadata.guardianships"
OWN = ("legal", "livesWith", "emergencyContact", "priority")


class RecordReader(Protocol):
    """One resource's reader: the part of a record that counts, what it says (raises Misread), and whose facts stay."""

    @property
    def replaces(self) -> Sequence[Any]: ...
    def part(self, record: Mapping[str, Any]) -> Any: ...
    def read(self, number: int, digest: int, record: Mapping[str, Any]) -> list[Row]: ...
    def hold(self, record: Mapping[str, Any]) -> list[Held]: ...


class OrgRecords:
    """/orgs: schools, and the units above them."""

    replaces = ("org",)

    def __init__(self, settings: Columns, notices: Notices) -> None:
        columns = (column for column in OrgReader.COLUMNS if column not in ELSEWHERE)
        self.table = Table(ORGS, (*columns, settings.school_code_column), notices)
        self.reader = OrgReader(cast(Sheet, self.table), settings, "1.2")

    def part(self, record: Mapping[str, Any]) -> Any:
        """The columns."""
        return self.table.raw(record)

    def read(self, number: int, digest: int, record: Mapping[str, Any]) -> list[Row]:
        """One Org."""
        return self.table.read(self.reader, number, digest, record)

    def hold(self, record: Mapping[str, Any]) -> list[Held]:
        """The org."""
        return list(held("org", key_of(record)))


class BirthDateRecords:
    """/demographics, of which the birth date alone is read."""

    replaces = ("birth",)

    def __init__(self, today: str, notices: Notices) -> None:
        self.table = Table(DEMOGRAPHICS, ("sourcedId", "birthDate"), notices)
        self.reader = BirthDateReader(cast(Sheet, self.table), today)

    def part(self, record: Mapping[str, Any]) -> Any:
        """The columns."""
        return self.table.raw(record)

    def read(self, number: int, digest: int, record: Mapping[str, Any]) -> list[Row]:
        """One BirthDate."""
        return self.table.read(self.reader, number, digest, record)

    def hold(self, record: Mapping[str, Any]) -> list[Held]:
        """The birth date; where nobody can tell whose it is, all of them."""
        return list(held("birth", key_of(record))) or [Held("birth", "")]


class UserRecords:
    """/users: a person with their roles, the people they name, and (on a student's record) facts of each pair.

    One record is one row: where any part of it breaks a rule, it is set aside whole.
    """

    replaces = ("person", "roles")

    def __init__(self, settings: Columns, notices: Notices, *, with_pairs: bool) -> None:
        self.notices, self.with_pairs, self.pairs_met = notices, with_pairs, 0
        columns = (*UserReader.FACTS, *UserReader.LISTS, settings.student_number_column)
        self.table = Table(USERS, (column for column in columns if column not in ELSEWHERE), notices)
        self.roles = Table(USERS, (column for column in RoleReader.COLUMNS if column not in ELSEWHERE[:2]), notices)
        self.pairs = Table(GUARDIANSHIPS, PairReader.COLUMNS, notices, own=OWN)
        self.reader = UserReader(cast(Sheet, self.table), settings, "1.2")
        self.role_reader = RoleReader(cast(Sheet, self.roles))
        self.pair_reader = PairReader(cast(Sheet, self.pairs))

    def part(self, record: Mapping[str, Any]) -> Any:
        """The columns, roles, agents and pairs. Raises SourceRefused for pairs that nobody said would be there."""
        pairs = raw(record, PAIRS)
        if pairs and not self.with_pairs:
            raise SourceRefused(
                f"GET /users: records hold {PAIRS}, which may restrict a guardian, and this source was not told to read it. "
                "Set that it states guardianships."
            )
        self.pairs_met += len(pairs) if isinstance(pairs, list) else 0
        return [self.table.raw(record), record.get("roles"), record.get("agents"), pairs]

    def read(self, number: int, digest: int, record: Mapping[str, Any]) -> list[Row]:
        """A Person, Roles, Links and Pairs."""
        if has_no_metadata(record):
            raise Misread("metadata", "is not an object")
        rows = self.table.read(self.reader, number, digest, record)
        person = key_of(record) or ""
        for place, role in enumerate(listed(record, "roles", needed=True)):
            rows += self.roles.read(self.role_reader, number, digest, self._role(person, place, role), "roles.")
        rows += self._links(number, digest, person, record)
        for pair in listed(record, PAIRS):
            rows += self.pairs.read(self.pair_reader, number, digest, _pair(person, pair), f"{PAIRS}.")
        return rows

    def _role(self, person: str, place: int, role: Any) -> Mapping[str, Any]:
        """A role as a row of roles.csv. It has no id of its own."""
        if not isinstance(role, dict):
            raise Misread("roles", "holds something that is not an object")
        return role | {
            "sourcedId": f"{person}/{place}", "userSourcedId": person,
            "orgSourcedId": self._named("roles.org", role.get("org")),
        }  # fmt: skip

    def _links(self, number: int, digest: int, person: str, record: Mapping[str, Any]) -> list[Row]:
        agents = dict.fromkeys(self._named("agents", agent) for agent in listed(record, "agents"))
        return [Link(number, digest, person, agent) for agent in agents]

    def _named(self, column: str, value: Any) -> str:
        try:
            found = reference(column, value)
        except Fault as fault:
            raise Misread(fault.column, fault.reason, told(value)) from None
        if found.is_bare:
            self.notices.warnings[f"{column}: a sourcedId alone instead of a reference"] += 1
        return found.sourced_id

    def hold(self, record: Mapping[str, Any]) -> list[Held]:
        """The person, and each pair, restricted by what its restriction says or by not being readable."""
        person, pairs = key_of(record), [None] if has_no_metadata(record) else raw(record, PAIRS)
        found = list(held("person", person))
        if not isinstance(pairs, list):
            pairs = [] if pairs is None else [None]  # which stands for one that nobody can read
        return found + [_held_pair(person or "", pair) for pair in pairs] if self.with_pairs else found


def key_of(record: Mapping[str, Any]) -> str | None:
    """A record's sourcedId, if it can be read."""
    found = record.get("sourcedId")
    return found if isinstance(found, str) and found.strip() and is_legible(found) else None


def has_no_metadata(record: Mapping[str, Any]) -> bool:
    """Whether what stands in `metadata` is nothing to read. An empty list is an empty object, as some languages write it."""
    found = record.get("metadata")
    return bool(found) and not isinstance(found, dict)


def is_removed(record: Mapping[str, Any], notices: Notices) -> bool:
    """Whether its status says that it is to be deleted. Raises Misread."""
    status = record.get("status")
    if status is None:
        notices.warnings["record without a status; taken as active"] += 1
    elif status not in ("active", "tobedeleted", "inactive"):
        raise Misread("status", "is neither active nor tobedeleted", told(status))
    return status in ("tobedeleted", "inactive")


def replaced(reader: RecordReader, record: Mapping[str, Any]) -> list[Row]:
    """What a record of a delta replaces. Raises Misread."""
    key = key_of(record)
    if key is None:
        raise Misread("sourcedId", "is missing or cannot be read", told(record.get("sourcedId")))
    return [Replaced(kind, key) for kind in reader.replaces]


def listed(record: Mapping[str, Any], column: str, *, needed: bool = False) -> list[Any]:
    """A list; a missing one is empty, unless it is needed. Raises Misread."""
    found = raw(record, column)
    if found is None and not needed:
        return []
    if not isinstance(found, list):
        raise Misread(column, "is missing" if found is None else "is not a list", told(found))
    return found


def _pair(person: str, pair: Any) -> Mapping[str, Any]:
    if not isinstance(pair, dict):
        raise Misread(PAIRS, "holds something that is not an object", told(pair))
    if pair.get("studentSourcedId") not in (None, person):
        raise Misread(f"{PAIRS}.studentSourcedId", "names another student than the one whose record it is in")
    return pair | {"studentSourcedId": person}


def _held_pair(person: str, pair: Any) -> Held:
    if not isinstance(pair, dict):
        return Held("pair", person, "", UNREADABLE)
    guardian = pair.get("guardianSourcedId")
    try:
        restriction = legible("restriction", pair.get("restriction") or "")
    except Fault:
        restriction = UNREADABLE
    named = isinstance(guardian, str) and guardian.strip() and is_legible(guardian)
    return Held(
        "pair", person, str(guardian) if named else "", restriction.strip() if is_legible(restriction) else UNREADABLE
    )
