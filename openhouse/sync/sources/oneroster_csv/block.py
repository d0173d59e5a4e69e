"""Many lines of a CSV file at once, where each is plainly a row of its own: read in bulk, and looked at column by column.

Nothing is decided here that the row-by-row reading of `sheet` would decide otherwise: what is not plain is left to it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhouse.sync.sources.oneroster_csv.sheet import Sheet

ROWS_A_BLOCK = 250
"""Enough that the work for each block costs little; so few that going through it again for one odd row costs little, too."""
KNOWN_ROWS_A_BLOCK = 2000
"""The same where something of the file is remembered: then most of them need not be read."""
LONGEST_VALUE = 255
LONGEST_PLAIN_LINE = 16 * 1024
CONTROLS = bytes({*range(32), 127} - set(b"\t\n"))
"""Bytes that no cell may hold; in UTF-8 they are never part of another character."""


def plain_rows(contents: Sequence[bytes], width: int) -> list[list[str]] | None:
    """The cells of each line; None where one is blank, holds what no cell may, has another width, runs into the next, or where a
    cell is longer than most may be."""
    if not contents:
        return []
    whole = (b"\n".join(contents) + b"\n").replace(b"\r\n", b"\n")
    longest = max(map(len, contents))
    if longest > LONGEST_PLAIN_LINE or len(whole) != len(whole.translate(None, CONTROLS)):
        return None
    try:
        rows = list(csv.reader(whole.decode().split("\n")[:-1], strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    if len(rows) != len(contents) or {*map(len, rows)} != {width}:
        return None
    if longest > LONGEST_VALUE:
        long = (cells for cells, content in zip(rows, contents, strict=True) if len(content) > LONGEST_VALUE)
        if any(max(map(len, cells)) > LONGEST_VALUE for cells in long):
            return None
    return rows


class Block:
    """Rows with their line numbers and digests. Iterated over, it yields (line, cells) as `Sheet.rows` does."""

    def __init__(self, sheet: Sheet, lines: Sequence[int], digests: Sequence[int], rows: Sequence[list[str]]) -> None:
        self.sheet, self.lines, self.digests, self.rows = sheet, lines, digests, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        for line, digest, cells in zip(self.lines, self.digests, self.rows, strict=True):
            self.sheet.digest = digest
            yield line, [cells[place] for place in self.sheet.places.values()]

    def halves(self) -> Iterator[Block]:
        """Two blocks in its place."""
        middle = len(self) // 2
        for part in (slice(middle), slice(middle, None)):
            yield Block(self.sheet, self.lines[part], self.digests[part], self.rows[part])

    @cached_property
    def _columns(self) -> list[tuple[str, ...]]:
        return list(zip(*self.rows, strict=True))

    def column(self, name: str) -> Sequence[str]:
        """All cells of a column; blank ones where the file has none of that name, or none that may be read."""
        place = self.sheet.places.get(name)
        return ("",) * len(self) if place is None else self._columns[place]
