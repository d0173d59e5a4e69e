"""One student, asked for now: the person, their birth date and schools, and the guardians that their record names.

REST has no search for guardians. Who names the student without being named by them cannot be found this way; the nightly sync,
which reads everybody, finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from openhouse.sync.batches import Held, Link, Pair, Person, Role, Row, SetAside, spelled
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.readers import Columns
from openhouse.sync.sources.oneroster_rest import Asked, scoped
from openhouse.sync.sources.oneroster_rest.readers import (
    DEMOGRAPHICS,
    ORGS,
    USERS,
    BirthDateRecords,
    OrgRecords,
    RecordReader,
    UserRecords,
    is_removed,
)
from openhouse.sync.sources.oneroster_rest.records import Misread
from openhouse.sync.wire import AnswerRefused, Credentials, Limits, Wire

MOST_PEOPLE, MOST_ORGS = 20, 10
"""How many guardians, and schools or other orgs, one lookup asks for at most."""
FOUND = 5
"""How many students a search may bring; more than one that has the number is too many anyway."""
PLAIN_ID = re.compile(r"(?!\.+$)[\w.@-]{1,255}", re.ASCII)
"""An id that may stand in an address. Those with a slash could name something else there, and are not asked for."""


class RestLookup:
    """A provider that is asked about one student; see `sync.sources.Lookup`."""

    name = "OneRoster 1.2 REST"
    complete = False
    asked_at = None

    def __init__(self, root: str, credentials: Credentials, limits: Limits, asked: Asked) -> None:
        self._root, self._limits, self._asked = root, limits, asked
        self._credentials = scoped(credentials, asked)

    def find(self, number: str, policy: Columns, notices: Notices, *, deadline: float) -> Iterator[Sequence[Row]]:
        """Batches about the student with this Student ID, digests 0; none where nobody has it. Done by `deadline`
        (time.monotonic), in 34 calls at most. Raises SourceRefused.
        """
        with Wire(self._root, self._credentials, replace(self._limits, deadline=deadline)) as wire:
            asking = Asking(wire, policy, notices, with_pairs=self._asked.guardianships)
            student = asking.student(number)
            if student is None:
                return
            rows = [*student, *asking.guardians(student)]
            if self._asked.demographics:
                rows += asking.birth_date(student[0].sourced_id, timezone.now())
            rows += asking.orgs(row.org for row in rows if isinstance(row, Role))
        yield from by_type(rows)


class Asking:
    """The calls of one lookup."""

    def __init__(self, wire: Wire, policy: Columns, notices: Notices, *, with_pairs: bool) -> None:
        self.wire, self.policy, self.notices = wire, policy, notices
        self.users = UserRecords(policy, notices, with_pairs=with_pairs)
        self.number = 0

    def student(self, number: str) -> list[Any] | None:
        """The rows of the one student with this number, the Person first. None where nobody has it, or where the record
        cannot be read. A provider that heeds no filter answers with others, who are not looked at.
        """
        name = {"userIds": "userIds.identifier"}.get(
            self.policy.student_number_column, self.policy.student_number_column
        )
        doubled = number.replace("'", "''")
        asked = {"filter": f"{name}='{doubled}'", "limit": str(FOUND), "offset": "0"}
        answer = self.wire.get("/students", asked).json
        records = answer.get("users") if isinstance(answer, dict) else None
        if not isinstance(records, list):
            raise SourceRefused("GET /students: the answer holds no list named users. Look at the address of the SIS.")
        found = [
            rows for rows in (self._read(self.users, USERS, record) for record in records[:FOUND])
            if rows and isinstance(rows[0], Person) and same(rows[0].number, number) and is_student(rows)
        ]  # fmt: skip
        if len({rows[0].sourced_id for rows in found}) > 1:
            raise SourceRefused("GET /students: several students have this Student ID. Tell whoever keeps the SIS.")
        return found[0] if found else None

    def guardians(self, student: list[Any]) -> list[Row]:
        """Everybody whom the student's record names, with what they are, and the student's links and pairs alone."""
        child = student[0].sourced_id
        named = dict.fromkeys(
            [row.agent for row in student if isinstance(row, Link)]
            + [row.guardian for row in student if isinstance(row, Pair)]
        )
        if len(named) > MOST_PEOPLE:
            raise SourceRefused(
                f"The student's record names more than {MOST_PEOPLE} people. The nightly sync brings them in."
            )
        self.notices.warnings[
            "guardians whom the student's record does not name; only the nightly sync finds them"
        ] += 1
        found: list[Row] = []
        for key in named:
            rows = self._one("users", "user", key, self.users, USERS)
            back = [row for row in rows if isinstance(row, Link) and row.agent == child]
            found += back + [row for row in rows if is_of_person(row)]
            if not back and any(isinstance(row, Person) for row in rows):
                self.notices.warnings["guardian who does not name the student back; the student's own word counts"] += 1
        return found

    def birth_date(self, student: str, at: datetime) -> list[Row]:
        """The student's birth date, where this client may ask for it."""
        reader = BirthDateRecords(timezone.localdate(at).isoformat(), self.notices)
        try:
            return self._one("demographics", "demographics", student, reader, DEMOGRAPHICS)
        except AnswerRefused as refused:
            if refused.status != 403:
                raise
            self.notices.warnings["GET /demographics is not allowed: birth dates are not stated"] += 1
            return []

    def orgs(self, keys: Iterable[str]) -> list[Row]:
        """The orgs that roles point to."""
        reader = OrgRecords(self.policy, self.notices)
        return [
            row for key in list(dict.fromkeys(keys))[:MOST_ORGS] for row in self._one("orgs", "org", key, reader, ORGS)
        ]

    def _one(self, many: str, one: str, key: str, reader: RecordReader, file: str) -> list[Row]:
        """What one record says; nothing where it is not there."""
        if not PLAIN_ID.fullmatch(key):
            self.notices.warnings[f"id that cannot stand in an address; not asked for in /{many}"] += 1
            return []
        shown = f"/{many}/{{sourcedId}}"
        answer = self.wire.get(f"/{many}/{quote(key, safe='')}", missing_ok=True, shown=shown)
        if answer.status == 404:
            self.notices.warnings[f"named, and not found in /{many}"] += 1
            return []
        record = answer.json.get(one) if isinstance(answer.json, dict) else None
        if not isinstance(record, dict) or record.get("sourcedId") != key:
            raise SourceRefused(
                f"GET {shown}: the answer is not the {one} that was asked for. Tell whoever runs the SIS."
            )
        return self._read(reader, file, record)

    def _read(self, reader: RecordReader, file: str, record: Any) -> list[Any]:
        """What a record says, or why it is set aside and whose facts stay."""
        self.number += 1
        if not isinstance(record, dict):
            return [SetAside(file, self.number, "", "is not an object")]
        try:
            reader.part(record)
            return [] if is_removed(record, self.notices) else reader.read(self.number, 0, record)
        except Misread as wrong:
            self.notices.warnings[f"{file}: record that breaks a rule; set aside"] += 1
            return [SetAside(file, self.number, wrong.column, wrong.reason, wrong.value), *reader.hold(record)]


def same(one: str, other: str) -> bool:
    """Whether two Student IDs are one."""
    return spelled(one) == spelled(other) != ""


def is_student(rows: Iterable[Row]) -> bool:
    """Whether one of a person's roles is a student's."""
    return any(isinstance(row, Role) and row.kind == "student" for row in rows)


def is_of_person(row: Row) -> bool:
    """Whether a row says what somebody is, and not to whom they belong: other students are none of a lookup's business."""
    return not isinstance(row, Link | Pair) and not (isinstance(row, Held) and row.kind == "pair")


def by_type(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows in batches of one type."""
    found: dict[type, list[Row]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return list(found.values())


def open_lookup(
    root: str, credentials: Credentials, *, limits: Limits | None = None, asked: Asked | None = None
) -> RestLookup:
    """A lookup that asks nothing yet. `root` and credentials as for `open_rest`."""
    return RestLookup(root, credentials, limits or Limits(tries=2), asked or Asked())
