"""What changed since a change version (Ed-Fi change queries), as rows that replace what was stated of their keys.

Of each resource come the keys that changed, then what was deleted, then what is new or different: so a record that was
deleted and made again is there in the end. Schools and agencies are few, and always read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from openhouse.sync.batches import Row
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.edfi_api.organizations import Agencies, Schools
from openhouse.sync.sources.edfi_api.pages import PAGE, Pages, Window
from openhouse.sync.sources.edfi_api.people import Students
from openhouse.sync.sources.edfi_api.pull import Batches, Pull, keys_of, remember, rows_of
from openhouse.sync.sources.edfi_api.reader import Reader
from openhouse.sync.sources.edfi_api.reading import ASSOCIATION, STUDENT, Reading
from openhouse.sync.sources.edfi_api.records import Fault, key, legible_key

FEW = 100
"""So many students are always asked for one by one."""
WHOLE = (Agencies.name, Schools.name)


class ChangePull(Pull):
    """A pull of what changed within a window."""

    def __init__(
        self, pages: Pages, reading: Reading, memory: Memory, totals: Mapping[str, int | None], window: Window
    ) -> None:
        super().__init__(pages, reading, memory, totals)
        self.window = window
        self._aside: list[Row] = []

    def associations(self) -> Batches:
        """Read with the students: whose association changed is read anew."""
        self.reading.notices.read[ASSOCIATION] = 0
        with self.memory.reading(ASSOCIATION, delta=True):
            yield from ()

    def resource(self, reader: Reader) -> Batches:
        """What changed of one resource."""
        if reader.name in WHOLE:
            yield from super().resource(reader)
            return
        count = 0
        with self.memory.reading(reader.name, delta=True) as remembered:
            moved: dict[tuple[str, ...], Mapping[str, str]] = {}
            yield from self._ended(reader, moved)
            for page in self._changed(reader, moved):
                rows, self._aside = self._aside, []
                for number, record in enumerate(page, start=count + 1):
                    rows += rows_of(reader, self.reading, number, record, remembered, delta=True)
                count += len(page)
                yield from self.told(page, rows)
        self.reading.notices.read[reader.name] = count

    def _ended(self, reader: Reader, moved: dict[tuple[str, ...], Mapping[str, str]]) -> Batches:
        """Keys that changed, the new ones into `moved`, and what was deleted."""
        for page in self._pages(f"{reader.name}/keyChanges"):
            rows: list[Row] = []
            for entry in page:
                rows += gone(reader, key_values(reader, entry, "oldKeyValues"))
                new = key_values(reader, entry, "newKeyValues")
                moved[tuple(new.values())] = new
            yield from self.told(page, rows)
        for page in self._pages(f"{reader.name}/deletes"):
            ended = (gone(reader, key_values(reader, entry, "keyValues")) for entry in page)
            yield from self.told(page, [row for rows in ended for row in rows])

    def _pages(self, name: str) -> Iterator[list[Any]]:
        """What a resource has within the window."""
        if self.window.first <= self.window.last:
            total = self.totals[name] if name in self.totals else self.pages.count(name, self.window)
            yield from self.pages.of(name, self.window.params, total)

    def _changed(self, reader: Reader, moved: dict[tuple[str, ...], Mapping[str, str]]) -> Iterator[list[Any]]:
        """Records that are new or different, and those whose key changed where the server does not count them among these."""
        students = reader.name == Students.name
        for page in self._students({new[0] for new in moved}) if students else self._pages(reader.name):
            for record in page:
                moved.pop(tuple(keys_of(reader, record)), None)
            yield page
        for new in moved.values():
            yield self.pages.few(reader.name, new)

    def _students(self, touched: set[str]) -> Iterator[list[Any]]:
        """Those students, and who changed or of whom an association did; what all their associations say is then known."""
        touched |= {legible_key(record, "studentUniqueId") for page in self._pages("students") for record in page}
        for page in self._pages(ASSOCIATION):
            touched |= {legible_key(record, STUDENT) for record in page}
        for page in self._pages(f"{ASSOCIATION}/deletes"):
            touched |= {legible_key(entry, "keyValues.studentUniqueId") for entry in page}
        touched.discard("")
        total = self.pages.count("students") if len(touched) > FEW else 0
        if len(touched) <= max(FEW, (total or 0) // PAGE):
            for student in sorted(touched):
                self._remember(self.pages.few(ASSOCIATION, {STUDENT: student}))
                yield self.pages.few("students", {"studentUniqueId": student})
            return
        for page in self.pages.of(ASSOCIATION, {}, self.pages.count(ASSOCIATION)):
            self._remember(page)
        for page in self.pages.of("students", {}, total):
            yield [record for record in page if legible_key(record, "studentUniqueId") in touched]

    def _remember(self, page: list[Any]) -> None:
        for record in page:
            self._aside += remember(self.reading, 0, record, Memory.of(ASSOCIATION))
        self.reading.notices.read[ASSOCIATION] += len(page)


def key_values(reader: Reader, entry: Any, where: str) -> dict[str, str]:
    """The values of a key that change queries tell of, by its paths. Raises SourceRefused: no end may go unnoticed."""
    try:
        return {path: key(entry, f"{where}.{path.rpartition('.')[2]}") for path in reader.keys}
    except Fault as fault:
        raise SourceRefused(
            f"{reader.name}: the SIS tells of a change, but {fault.field} {fault.reason}. Sync everything instead of changes."
        ) from None


def gone(reader: Reader, values: Mapping[str, str]) -> list[Row]:
    """That nothing holds any more of what was stated of a key. One that is too long never came in."""
    try:
        return list(reader.replace(*values.values()))
    except Fault:
        return []
