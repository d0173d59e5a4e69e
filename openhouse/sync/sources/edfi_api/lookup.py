"""Asking about one student now (`sync.sources.Lookup`), in a bounded number of calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone

from openhouse.policy.values import Policy
from openhouse.sync.batches import Row, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api.associations import Enrolments, Pairs
from openhouse.sync.sources.edfi_api.line import NAME, Line, allowed
from openhouse.sync.sources.edfi_api.organizations import Agencies
from openhouse.sync.sources.edfi_api.pages import Pages
from openhouse.sync.sources.edfi_api.people import Contacts, Students
from openhouse.sync.sources.edfi_api.pull import grouped, read, remember
from openhouse.sync.sources.edfi_api.reader import Reader
from openhouse.sync.sources.edfi_api.reading import ASSOCIATION, STUDENT, Choices, Reading
from openhouse.sync.sources.edfi_api.records import Fault, legible_key, told
from openhouse.sync.wire import Credentials, Limits

MOST_CONTACTS = 30
"""Contacts of one student that are asked for: each is a call."""
TRIES = 2
"""Whoever waits for a lookup can ask again."""


class EdFiLookup:
    """An API that can be asked about one student."""

    name = NAME
    complete = True
    asked_at = None

    def __init__(
        self, root: str, credentials: Credentials, limits: Limits, choices: Choices, proxy: str | None
    ) -> None:
        self._root, self._credentials, self._limits, self._proxy = root, credentials, limits, proxy
        self._choices = choices
        self._line: Line | None = None

    def find(self, number: str, policy: Policy, notices: Notices, *, deadline: float) -> Iterator[Sequence[Row]]:
        """All that the SIS says of the student with this Student ID, as batches. Raises SourceRefused."""
        if self._choices.student_number_system:
            raise SourceRefused(
                "Ed-Fi cannot be asked for a student by a local number (setting student_number_system). Wait for the next sync."
            )
        limits = replace(self._limits, deadline=deadline, tries=TRIES)
        line = self._line = self._line or Line(self._root, self._credentials, limits, self._proxy)
        with line.wire(limits) as wire:
            pages = Pages(wire, line.api, headers={}, size=self._choices.page_size)
            reading = Reading(self._choices, notices, line.api.adult, timezone.localdate().isoformat())
            yield from grouped(_student(pages, reading, number.strip()))


def open_lookup(
    root: str,
    credentials: Credentials,
    *,
    limits: Limits | None = None,
    choices: Choices | None = None,
    proxy: str | None = None,
) -> EdFiLookup:
    """A lookup at an API; asks nothing yet. The arguments are those of `open_api`."""
    return EdFiLookup(root, credentials, limits or Limits(), allowed(choices), proxy)


def _student(pages: Pages, reading: Reading, number: str) -> list[Row]:
    """The student with this number, enrolments, contacts and pairs; nothing where nobody has it."""
    students = pages.few("students", {"studentUniqueId": number}) if number else []
    if not students:
        return []
    key = {STUDENT: legible_key(students[0], "studentUniqueId")}
    _rows(Agencies(), reading, pages.few(Agencies.name, {}))
    rows: list[Row] = []
    for association in pages.few(ASSOCIATION, key):
        aside = remember(reading, 0, association, Memory.of(ASSOCIATION))
        rows += [row._replace(digest=0) if isinstance(row, SetAside) else row for row in aside]
    enrolments = pages.few(Enrolments.name, key)
    reading.schools |= {legible_key(each, "schoolReference.schoolId") for each in enrolments} - {""}
    pairs, contacts = Pairs(reading.adult), Contacts(reading.adult)
    stated = pages.few(pairs.name, key)
    if len(stated) > MOST_CONTACTS:
        raise SourceRefused(
            f"The SIS names more than {MOST_CONTACTS} contacts of this student. Wait for the next sync."
        )
    for each in sorted({legible_key(pair, pairs.keys[1]) for pair in stated} - {""}):
        rows += _rows(contacts, reading, pages.few(contacts.name, {contacts.keys[0]: each}))
    return [
        *rows,
        *_rows(Students(), reading, students[:1]),
        *_rows(Enrolments(), reading, enrolments),
        *_rows(pairs, reading, stated),
    ]


def _rows(reader: Reader, reading: Reading, records: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What the records say, or why one is set aside; lines and digests stay 0."""
    rows: list[Row] = []
    for record in records:
        try:
            rows += read(reader, reading, record)
        except Fault as fault:
            rows.append(SetAside(reader.name, 0, fault.field, fault.reason, told(record, fault.field)))
            rows += reader.hold(record)
    return rows
