"""A record of JSON as a row of cells: the readers of CSV rows then read both kinds by the same rules.

Columns have the names of the CSV binding; `metadata.x` is the property x of a record's `metadata`. What is not one of a
table's columns is never looked at, which is how passwords (in `password` and `userProfiles`) stay unread.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from openhouse.sync.batches import Row
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.block import LONGEST_VALUE
from openhouse.sync.sources.oneroster_csv.readers import Reader
from openhouse.sync.sources.oneroster_csv.sheet import CONTROL, forbidden
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance

LISTS = ("grades",)
"""Columns that are a list of texts in JSON."""
FLAGS = ("enabledUser",)
"""Columns whose `true` and `false` are text in the standard, and booleans at many providers."""


class Misread(Exception):
    """A record breaks a rule: where, why, and what stands there (for the console alone)."""

    def __init__(self, column: str, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.column, self.reason, self.value = column, reason, value


class Table:
    """What the readers of CSV rows need to know of a sheet: its name, its columns and where to tell of tolerances.

    `own` are columns of our own making, in which JSON's booleans and numbers are as good as text.
    """

    def __init__(self, name: str, columns: Iterable[str], notices: Notices, own: Iterable[str] = ()) -> None:
        self.name, self.notices, self.own = name, notices, frozenset(own)
        self.tolerance = Tolerance(notices)
        kept = (column for column in dict.fromkeys(columns) if not forbidden(column))
        self.columns = {column: place for place, column in enumerate(kept)}

    def raw(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What stands in each column, as JSON has it."""
        return {column: raw(record, column) for column in self.columns}

    def read(self, reader: Reader, number: int, digest: int, record: Mapping[str, Any], within: str = "") -> list[Row]:
        """What a reader makes of a record. `within` is where it stands in a larger one. Raises Misread."""
        try:
            cells = [self._text(record, column) for column in self.columns]
            return list(reader.read(number, digest, [*cells, ""]))
        except Fault as fault:
            raise Misread(within + fault.column, fault.reason, told(raw(record, fault.column))) from None

    def _text(self, record: Mapping[str, Any], column: str) -> str:
        value = raw(record, column)
        if value is None:
            return ""
        if column in LISTS and isinstance(value, list):
            return ",".join(self._one(column, each) for each in value)
        if column == "userIds":
            return _only_user_id(value)
        return self._one(column, value)

    def _one(self, column: str, value: Any) -> str:
        if isinstance(value, bool) and (column in FLAGS or column in self.own):
            if column not in self.own:
                self.notices.warnings[f"{column} is a JSON boolean, and text in the standard"] += 1
            return "true" if value else "false"
        if isinstance(value, int) and not isinstance(value, bool) and column in self.own:
            return str(value)
        return legible(column, value)


class Reference(NamedTuple):
    """A GUIDRef: whom or what another record is about."""

    sourced_id: str
    is_bare: bool


def reference(column: str, value: Any) -> Reference:
    """What a reference names: `{"sourcedId": …}`, or the id alone as some providers have it. Raises Fault."""
    is_bare = isinstance(value, str)
    found = value if is_bare else value.get("sourcedId") if isinstance(value, dict) else None
    text = legible(column, found)
    if not text or len(text) > LONGEST_VALUE:
        raise Fault(column, "names no sourcedId")
    return Reference(text, is_bare)


def legible(column: str, value: Any) -> str:
    """Text that can be kept. Raises Fault."""
    if not isinstance(value, str):
        raise Fault(column, "is not text")
    if value.isascii() and value.isprintable():  # nearly always, and much faster
        return value
    if CONTROL.search(value):
        raise Fault(column, "holds a control character or a line break")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Fault(column, "is not UTF-8") from None
    return value


def raw(record: Mapping[str, Any], column: str) -> Any:
    """What stands in a column; None where nothing does."""
    if not column.startswith("metadata."):
        return record.get(column)
    metadata = record.get("metadata")
    return metadata.get(column.removeprefix("metadata.")) if isinstance(metadata, dict) else None


def told(value: Any) -> str:
    """What stands there, for the console; "" where it is no text."""
    if isinstance(value, bool | int | float):
        value = json.dumps(value)
    if not isinstance(value, str):
        return ""
    return value.encode(errors="replace").decode()[:LONGEST_VALUE].replace("\0", "")


def canonical(content: Any) -> bytes:
    """The same bytes for the same content, in whatever order its properties come, and wherever links to it lead.

    Raises SourceRefused.
    """
    try:
        return json.dumps(_lasting(content), sort_keys=True, separators=(",", ":")).encode()
    except RecursionError:
        raise SourceRefused("The SIS sent a record that is nested too deeply. Tell whoever runs the SIS.") from None


def _lasting(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _lasting(value) for name, value in content.items() if name != "href"}
    return [_lasting(value) for value in content] if isinstance(content, list) else content


def _only_user_id(value: Any) -> str:
    """The one id of `userIds`, as the CSV binding writes it; several are none: nobody says which."""
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        return ""
    found = legible("userIds", value[0].get("identifier"))
    return f"{{id:{found}}}" if found and not set(found) & set("{}") else ""
