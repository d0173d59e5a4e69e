"""COPY for many batches into several tables: the server takes in one stretch of rows while the next is being read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync.batches import Batch

STRETCH = 1 << 17
"""Bytes of one table that are sent together: as many as a socket takes at once, so that nobody waits for the server."""
PILE = 1 << 22
"""Bytes that wait for another table before its turn comes: until the server has taken in the one before, everybody waits."""
PLACES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""How COPY's text format writes characters that mean something to it."""


class Pour:
    """Rows on their way into tables, or text that `as_text` made of them. One COPY is open at a time, and stays open until rows of
    another table are sent."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.waiting: dict[tuple[str, str], list[bytes]] = {}
        self.lengths: dict[tuple[str, str], int] = {}
        self.open: tuple[str, str] | None = None
        self.copy: Any = None
        self.stack = ExitStack()

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Take rows for a table, and send what waits for it where that is enough."""
        if not len(rows):
            return
        target, text = (table, ", ".join(columns)), rows if isinstance(rows, bytes) else as_text(rows)
        self.waiting.setdefault(target, []).append(text)
        self.lengths[target] = self.lengths.get(target, 0) + len(text)
        if self.lengths[target] >= (STRETCH if target == self.open else PILE):
            self._send(target)

    def rest(self) -> None:
        """Send all that waits, and end COPY."""
        for target in list(self.waiting):
            self._send(target)
        self._end()

    def stop(self, error: BaseException) -> None:
        """Break COPY off; the server takes back what it took."""
        self.stack.__exit__(type(error), error, error.__traceback__)

    def _send(self, target: tuple[str, str]) -> None:
        if target != self.open:
            self._end()
            table, columns = self.open = target
            cursor = self.stack.enter_context(self.connection.cursor())
            self.copy = self.stack.enter_context(cursor.copy(f"COPY {table} ({columns}) FROM STDIN"))
        self.copy.write(b"".join(self.waiting.pop(target)))
        self.lengths[target] = 0

    def _end(self) -> None:
        self.stack.close()
        self.open = None


def as_text(rows: Sequence[Any]) -> bytes:
    """Rows in COPY's text format, each with its line feed."""
    columns = rows.columns if isinstance(rows, Batch) else zip(*rows, strict=True)
    return ("\n".join(map("\t".join, zip(*map(_texts, columns), strict=True))) + "\n").encode()


def _texts(values: Sequence[Any]) -> Iterable[str]:
    """One column's values."""
    kinds = {*map(type, values)}
    if kinds == {int}:
        return map(str, values)
    if kinds != {str}:
        return [_text(value) for value in values]
    together = "".join(values)
    if "\\" in together or "\t" in together or "\n" in together or "\r" in together:
        return [value.translate(PLACES) for value in values]
    return values


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(PLACES)
