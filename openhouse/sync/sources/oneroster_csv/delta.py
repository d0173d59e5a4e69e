"""Delta files: each row replaces what was stated of its key, or takes it away.

A delta has no second chance: what it says tonight no later one repeats. So a row counts only where nothing about it is in
doubt. Where several rows of one file have one key and differ in more than the instant of change, nobody can tell which is
the last (the standard promises nothing of their order, nor that `dateLastModified` settles it), and all are set aside. A row
set aside replaces nothing: it yields a `Held`, and what was stated before stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from openhouse.sync.batches import Held, Replaced, Row
from openhouse.sync.sources.oneroster_csv import cells as read
from openhouse.sync.sources.oneroster_csv.layouts import KEYS
from openhouse.sync.sources.oneroster_csv.readers import Reader, need
from openhouse.sync.sources.oneroster_csv.sheet import Sheet, legible
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance

TWICE = "stands twice with different facts, and nobody can tell which are true"
REPLACED: Mapping[str, Any] = {
    "orgs.csv": "org",
    "users.csv": "person",
    "roles.csv": "role",
    "demographics.csv": "birth",
    "guardianships.csv": "pair",
}
"""What a row of each file replaces."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


class Repeated:
    """The keys that stand in a file more than once: `contested` where the rows differ, `alike` where they do not.

    Found by reading the file once before it is read for its facts. Of each row two numbers are kept, some 150 MB for a
    million rows; two keys that share a number by chance would both be set aside, and no more.
    """

    def __init__(self, sheet: Sheet) -> None:
        self.contested: set[int] = set()
        self.alike: set[int] = set()
        self._facts: dict[int, int] = {}
        columns, changed_at = KEYS[sheet.name], sheet.columns["dateLastModified"]
        places = [sheet.columns[column] for column in columns]
        for line, cells in sheet.rows():
            if isinstance(cells, list):
                cells[changed_at] = ""
                self._meet([cells[place] for place in places], hash(tuple(cells)))
            else:  # whatever a broken row says, it contradicts any other row of its key
                self._meet([cells.cells.get(column) for column in columns], line)
        del self._facts

    def _meet(self, key: list[str | None], fact: int) -> None:
        if all(map(legible, key)):
            number = hash(tuple(key))
            if number not in self._facts:
                self._facts[number] = fact
            else:
                (self.alike if self._facts[number] == fact else self.contested).add(number)


class DeltaReader:
    """Reads a delta file's rows: what is replaced, and where the row is active what the file's own reader makes of it."""

    def __init__(self, sheet: Sheet, reader: Reader, repeated: Repeated, *, with_roles: bool) -> None:
        self.reader = reader
        self.repeated = repeated
        self.tolerance = sheet.tolerance
        self.keys = KEYS[sheet.name]
        self.places = [sheet.columns[column] for column in self.keys]
        self.status, self.modified = sheet.columns["status"], sheet.columns["dateLastModified"]
        self.kinds: list[Any] = [REPLACED[sheet.name], *(["roles"] if with_roles else [])]
        self.met: set[int] = set()

    def read(self, line: int, digest: int, cells: list[str]) -> Iterable[Row]:
        """Rows of the file's own types after the `Replaced`; a repeated row says nothing anew. Raises Fault."""
        removed = _is_removed(cells[self.status], self.tolerance)
        check_instant(cells[self.modified], self.tolerance)
        key = [cells[place] for place in self.places]
        for column, value in zip(self.keys, key, strict=True):
            need(column, value)
        read.check_lengths(self.keys, key)
        if self._is_again(hash(tuple(key))):
            return ()
        said: Iterable[Row] = ()
        if not removed:
            plain = cells.copy()
            plain[self.status] = plain[self.modified] = ""  # as a bulk file has them
            said = self.reader.read(line, digest, plain)
        return (*(Replaced(kind, *key) for kind in self.kinds), *said)

    def _is_again(self, key: int) -> bool:
        if key in self.repeated.contested:
            raise Fault(self.keys[0], TWICE)
        if key not in self.repeated.alike:
            return False
        if self.tolerance.strict:  # then neither is believed
            raise Fault(self.keys[0], "the same row twice; taken once")
        if key in self.met:
            self.tolerance.row(self.keys[0], "the same row twice; taken once")
            return True
        self.met.add(key)
        return False

    def hold(self, cells: Mapping[str, str | None]) -> Iterable[Held]:
        """Whose facts stay."""
        return self.reader.hold(cells)


def _is_removed(status: str, tolerance: Tolerance) -> bool:
    need("status", status)
    if status == "inactive":
        tolerance.row("status", "status inactive, as in OneRoster 1.0; taken as tobedeleted")
    elif status not in ("active", "tobedeleted"):
        raise Fault("status", "is neither active nor tobedeleted")
    return status != "active"


def check_instant(text: str, tolerance: Tolerance) -> None:
    """Raise a Fault where the cell dateLastModified is no instant; one in another shape than the standard's is tolerated."""
    need("dateLastModified", text)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Fault("dateLastModified", "is not an instant, as YYYY-MM-DDThh:mm:ss.sssZ") from None
    if not _INSTANT.fullmatch(text):
        tolerance.row("dateLastModified", "dateLastModified is spelled otherwise than YYYY-MM-DDThh:mm:ss.sssZ")
