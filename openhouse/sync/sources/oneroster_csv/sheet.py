"""One CSV file as rows with line numbers: strict about its form, so that one broken row costs itself alone.

RFC 4180 in UTF-8. OneRoster allows no line break inside a field, so a row that spans lines is set aside: whole, and never
read again line by line, for a line break typed into an address must not be able to forge a row.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Generator, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from sys import maxsize
from typing import BinaryIO

from xxhash import xxh3_64_intdigest

from openhouse.sync.memory import MASK, Memory, Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.block import (
    KNOWN_ROWS_A_BLOCK,
    LONGEST_VALUE,
    ROWS_A_BLOCK,
    Block,
    plain_rows,
)
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
CHUNK = 1 << 18
LONGEST_LINE = 64 * 1024
MOST_LINES_A_ROW = 50
"""A quotation mark that is not closed swallows at most so many lines."""
CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


class Broken:
    """A row that could not be read: why, and the cells that its position still tells (None: unreadable).

    It `hides` another where a second row may have run into it, whose own cells then nobody can tell.
    """

    def __init__(self, fault: Fault, cells: Mapping[str, str | None], *, hides: bool = False) -> None:
        self.fault = fault
        self.cells = cells
        self.hides = hides

    def told(self, column: str) -> str:
        """What stands in a column, for the console; "" where it cannot be told."""
        value = self.cells.get(column) or ""
        return value.encode(errors="replace").decode()[:LONGEST_VALUE].replace("\0", "")


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def legible(value: str | None) -> bool:
    """Whether a cell's text can be kept: UTF-8 without control characters, not longer than 255."""
    return value is not None and len(value) <= LONGEST_VALUE and not _breaks(value)


def _breaks(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    return "holds a control character or a line break" if CONTROL.search(value) else ""


class Sheet:
    """A CSV file that is being read. `columns` maps each name to its place in the rows that `rows` yields.

    `count` says how many rows there were, those among them that were remembered and not read again.
    """

    def __init__(self, name: str, file: BinaryIO, notices: Notices, *, strict: bool = False) -> None:
        self.name = name
        self.notices = notices
        self.tolerance = Tolerance(notices, strict=strict)
        self._read = self._reading(file)
        self.contents = chain.from_iterable(self._read)
        self.line = 0
        self.count = 0
        self.digest = 0
        try:
            self.header = self._header()
        except SourceRefused:
            self.__exit__()
            raise
        self.cut = sorted((place for place, column in enumerate(self.header) if forbidden(column)), reverse=True)
        kept = [column for column in self.header if not forbidden(column)]
        self.columns = {column: place for place, column in enumerate(kept)}
        self.places = {column: place for place, column in enumerate(self.header) if column in self.columns}

    def __enter__(self) -> Sheet:
        return self

    def __exit__(self, *_: object) -> None:
        """Whoever opened the file closes it."""
        self._read.close()

    def _reading(self, file: BinaryIO) -> Generator[list[bytes]]:
        """The file's lines without their line feeds, many at a time."""
        rest, count = b"", 0
        while chunk := file.read(CHUNK):
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            count += len(lines)
            if len(rest) >= LONGEST_LINE:
                raise self._too_long(count + 1)
            yield lines
        if rest:
            yield [rest]

    def _too_long(self, line: int) -> SourceRefused:
        return SourceRefused(f"{self.name}, line {line} is longer than a row can be. Export it again.")

    def _header(self) -> list[str]:
        first = _text(next(self.contents, b"").removeprefix(BYTE_ORDER_MARK))
        self.line = 1
        try:
            header = next(csv.reader([first], strict=True), [])
        except csv.Error:
            header = []
        if not any(header):
            raise SourceRefused(f"{self.name} has no header in its first line. Export it again.")
        if not all(map(legible, header)):  # a row set aside names its column
            raise SourceRefused(f"{self.name}: a column's name in the header is no text in UTF-8. Export it again.")
        if len(set(header)) != len(header):
            raise SourceRefused(f"{self.name}: a column stands twice in the header. Export it again.")
        return header

    def rows(self, remembered: Remembered | None = None) -> Iterator[tuple[int, list[str] | Broken]]:
        """Yield (line number, cells or why there are none), forbidden columns cut off; `digest` is then the row's.

        Rows that are remembered are passed over. The header counts in a digest: under another one a row says something else.
        """
        remembered = self._seeded(remembered or Memory().of(self.name))
        remembered.everything()
        return self._rows(self.contents, remembered)

    def blocks(self, remembered: Remembered) -> Iterator[Block | Iterator[tuple[int, list[str] | Broken]]]:
        """The same rows, many at a time: as a block where each is plain, else one by one, to be read before the next are
        asked for."""
        self._seeded(remembered)
        while contents := list(islice(self.contents, KNOWN_ROWS_A_BLOCK if remembered.before else ROWS_A_BLOCK)):
            block = self._block(contents, remembered)
            if block is None:
                yield from self._pieces(contents, remembered)
            elif block:
                yield block

    def _pieces(
        self, contents: list[bytes], remembered: Remembered
    ) -> Iterator[Block | Iterator[tuple[int, list[str] | Broken]]]:
        left = iter(contents)
        while piece := list(islice(left, ROWS_A_BLOCK)):
            block = self._block(piece, remembered) if len(piece) < len(contents) else None
            if block is None:
                remembered.expect(self._digests(piece, remembered))
                yield self._rows(chain(piece, left, self.contents), remembered, self.line + len(piece))
            elif block:
                yield block

    def _seeded(self, remembered: Remembered) -> Remembered:
        remembered.seed = remembered.digest("\n".join(self.header).encode(errors="surrogateescape"))
        return remembered

    def _digests(self, contents: list[bytes], remembered: Remembered) -> array[int]:
        seed = remembered.seed
        return array("Q", [xxh3_64_intdigest(content, seed) & MASK for content in contents])

    def _block(self, contents: list[bytes], remembered: Remembered) -> Block | None:
        """The lines that are not remembered, as rows; None, and none is met, where one of them is no row of its own. Where each
        is one, so is each line between them."""
        lines = range(self.line + 1, self.line + 1 + len(contents))
        digests = self._digests(contents, remembered)
        found = remembered.follow(digests) if remembered.before else None
        new = range(len(contents)) if found is None else found.new
        rows = plain_rows([contents[row] for row in new], len(self.header))
        if rows is None:
            return None
        self.line += len(contents)
        self.count += len(contents) - len(rows)
        if found is not None:
            remembered.meet(digests, lines, found)
        return Block(self, [lines[row] for row in new], [digests[row] for row in new], rows)

    def _rows(
        self, contents: Iterator[bytes], remembered: Remembered, until: int = maxsize
    ) -> Iterator[tuple[int, list[str] | Broken]]:
        width, cut = len(self.header), self.cut
        pending: list[str] = []
        while True:
            try:
                for cells in csv.reader(self._lines(contents, pending, remembered, until), strict=True):
                    self.line += len(pending)
                    if len(cells) == width and len(pending) == 1:
                        for place in cut:
                            del cells[place]
                        text = "".join(cells)
                        if (text.isascii() and text.isprintable()) or not _breaks(text):
                            yield self.line, cells
                        else:
                            yield self.line, Broken(self._fault(cells), dict(zip(self.columns, cells, strict=True)))
                    elif cells:
                        yield from self._misfits(cells, pending)
                    pending.clear()
                return
            except csv.Error:
                self.line += len(pending)
                yield from self._swallowed(pending)
                pending.clear()

    def _lines(
        self, contents: Iterator[bytes], pending: list[str], remembered: Remembered, until: int
    ) -> Iterator[str]:
        """The lines to be read, as text, up to the row that ends on line `until` or later. A line is remembered only where a row
        begins: never in the middle of one."""
        seed, known = remembered.seed, remembered.known
        forget, again, stands = known.discard, remembered.again.append, remembered.lines.append
        while pending or self.line < until:
            if (content := next(contents, None)) is None:
                return
            if not pending:
                digest = xxh3_64_intdigest(content, seed) & MASK
                if digest in known or remembered.finds(digest):  # as Remembered.knows, with fewer calls
                    self.line += 1
                    self.count += 1
                    forget(digest)
                    again(digest)
                    stands(self.line)
                    continue
                self.digest = digest
            if len(content) >= LONGEST_LINE:
                raise self._too_long(self.line + len(pending) + 1)
            line = content.decode("utf-8", "surrogateescape") + "\n"
            if line.find("\0") >= 0:  # the csv module reads on past it; nobody else would
                line = line.replace("\0", "\x01")
            pending.append(line)
            if len(pending) > MOST_LINES_A_ROW:
                raise csv.Error
            yield line

    def _fault(self, cells: list[str]) -> Fault:
        found = ((column, _breaks(value)) for column, value in zip(self.columns, cells, strict=True))
        return next(Fault(column, reason) for column, reason in found if reason)

    def _misfits(self, cells: list[str], pending: list[str]) -> Iterator[tuple[int, Broken]]:
        if len(pending) > 1 and len(cells) != len(self.header):
            yield from self._swallowed(pending)
        elif len(pending) > 1:
            yield (
                self.line - len(pending) + 1,
                Broken(Fault("", "a field holds a line break"), self._named(cells), hides=True),
            )
        else:
            few = len(cells) < len(self.header)
            fault = Fault("", "too few fields" if few else "too many fields")
            yield self.line, Broken(fault, self._guess(cells), hides=not few)

    def _swallowed(self, pending: list[str]) -> Iterator[tuple[int, Broken]]:
        """Each line that an unclosed quotation mark swallowed, with the cells that it tells when read alone."""
        for number, line in enumerate(pending, start=self.line - len(pending) + 1):
            try:
                cells = next(csv.reader([line.replace('"', "")]), [])
            except csv.Error:
                cells = []
            whole = '"' not in line and len(cells) == len(self.header)
            fault = Fault("", "a quotation mark is not closed, here or in a line before")
            yield number, Broken(fault, self._named(cells) if whole else self._guess(cells))

    def _named(self, cells: list[str]) -> dict[str, str | None]:
        return {column: value for column, value in zip(self.header, cells, strict=True) if column in self.columns}

    def _guess(self, cells: list[str]) -> dict[str, str | None]:
        """Cells by position, for a row with the wrong number of them; only the leftmost can be trusted as keys."""
        first = dict(zip(self.header[:4], cells, strict=False))
        return {column: first.get(column) for column in self.columns}


@lru_cache(1024)
def forbidden(column: str) -> bool:
    """Whether a column may hold a password or a social security number: it is cut off before anything looks at a row."""
    words = re.sub("([a-z])([A-Z])", r"\1 \2", column).lower()
    run = re.sub("[^a-z]", "", words)
    return "password" in run or "socialsecurity" in run or re.search(r"(?<![a-z])ssn", words) is not None
