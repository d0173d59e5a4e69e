"""One pull: every resource in its order, as batches of rows.

The digest of a record is that of what it says here, so neither a property that is not read nor the order of a page makes a
record new; and an address that somebody's association states anew makes their record new although it is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from openhouse.sync.batches import Replaced, Row, SetAside
from openhouse.sync.memory import Memory, Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.edfi_api.associations import Assignments, Enrolments, Pairs
from openhouse.sync.sources.edfi_api.organizations import Agencies, Schools
from openhouse.sync.sources.edfi_api.pages import Pages
from openhouse.sync.sources.edfi_api.people import Contacts, Staff, Students
from openhouse.sync.sources.edfi_api.reader import Reader
from openhouse.sync.sources.edfi_api.reading import ASSOCIATION, Reading
from openhouse.sync.sources.edfi_api.records import Fault, canonical, legible_key, told

NEVER_EMPTY = frozenset({"schools", "students", "contacts", "studentSchoolAssociations", "studentContactAssociations"})

type Batches = Iterator[tuple[int, Sequence[Row]]]


def readers(adult: str) -> tuple[Reader, ...]:
    """All readers, each after those whose records its own refer to."""
    return (
        Agencies(), Schools(), Students(), Contacts(adult), Enrolments(), Pairs(adult), Staff(), Assignments()
    )  # fmt: skip


class Pull:
    """A whole pull. `totals` are the records that the server counted; `done` how many were read."""

    def __init__(self, pages: Pages, reading: Reading, memory: Memory, totals: Mapping[str, int | None]) -> None:
        self.pages = pages
        self.reading = reading
        self.memory = memory
        self.totals = totals
        self.done = 0

    def batches(self) -> Batches:
        """Yield (records read so far, a batch) until all is read."""
        for reader in readers(self.reading.adult):
            if reader.name == Students.name:
                yield from self.associations()
            yield from self.resource(reader)

    def resource(self, reader: Reader) -> Batches:
        """Everything that there is of one resource."""
        with self.memory.reading(reader.name) as remembered:
            count = 0
            for page in self.pages.of(reader.name, {}, self.totals.get(reader.name)):
                rows: list[Row] = []
                for number, record in enumerate(page, start=count + 1):
                    rows += rows_of(reader, self.reading, number, record, remembered)
                count += len(page)
                yield from self.told(page, rows)
            if not count and reader.name in NEVER_EMPTY:
                raise SourceRefused(
                    f"{reader.name}: the SIS has none for this client, as if nobody were there. Look at its claim set and at the "
                    "education organizations that it may read."
                )
            self.reading.notices.read[reader.name] = count

    def associations(self) -> Batches:
        """What the students' education organization associations say, into the reading; faulty ones aside.

        They are no rows of their own, so nothing of them is remembered: what they say stands in the digests of students.
        """
        with self.memory.reading(ASSOCIATION) as remembered:
            count = 0
            for page in self.pages.of(ASSOCIATION, {}, self.totals.get(ASSOCIATION)):
                rows: list[Row] = []
                for number, record in enumerate(page, start=count + 1):
                    rows += remember(self.reading, number, record, remembered)
                count += len(page)
                yield from self.told(page, rows)
            self.reading.notices.read[ASSOCIATION] = count

    def told(self, page: Sequence[Any], rows: Iterable[Row]) -> Batches:
        """A page's rows, by type."""
        self.done += len(page)
        yield from ((self.done, batch) for batch in grouped(rows))


def grouped(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in batches of one type, the types in the order in which they come first."""
    by_type: dict[type, list[Row]] = defaultdict(list)
    for row in rows:
        by_type[type(row)].append(row)
    yield from by_type.values()


def rows_of(
    reader: Reader, reading: Reading, number: int, record: Any, remembered: Remembered, *, delta: bool = False
) -> Iterator[Row]:
    """What one record says, if it is news; of one that breaks a rule, why it is set aside and whose facts stay.

    Only a good record is remembered. A delta's record says first that whatever was stated of its key no longer holds. So does
    a pair's that is set aside: what it said before must not come back when the next delta is silent about it.
    """
    try:
        said = read(reader, reading, record)
    except Fault as fault:
        digest = remembered.digest(canonical(record))
        yield SetAside(reader.name, number, fault.field, fault.reason, told(record, fault.field), digest)
        for held in reader.hold(record):
            if delta and held.kind == "pair" and held.key and held.other:
                yield Replaced("pair", held.key, held.other)
            yield held
        return
    if delta:
        yield from reader.replace(*keys_of(reader, record))
    digest = remembered.digest(repr(said).encode())
    if said and not remembered.knows(digest):
        yield from (row._replace(line=number, digest=digest) for row in said)
        remembered.learn(digest)


def read(reader: Reader, reading: Reading, record: Any) -> list[Any]:
    """The rows of one record, not numbered yet. Raises Fault."""
    if not isinstance(record, Mapping):
        raise Fault("", "is no object")
    return list(reader.read(record, reading))


def keys_of(reader: Reader, record: Any) -> list[str]:
    """The values of a good record's key."""
    return [legible_key(record, path) for path in reader.keys]


def remember(reading: Reading, number: int, record: Any, remembered: Remembered) -> Iterator[Row]:
    """Keep what one education organization association says, or set it aside; its student is then held (`Reading.of`)."""
    try:
        if not isinstance(record, Mapping):
            raise Fault("", "is no object")
        reading.remember(record)
    except Fault as fault:
        digest = remembered.digest(canonical(record))
        yield SetAside(ASSOCIATION, number, fault.field, fault.reason, told(record, fault.field), digest)
        reading.distrust(record)
