"""OneRoster 1.1 and 1.2 files, bulk and delta, as a zip or a folder (1EdTech CSV binding; our columns in docs/sis-sources.md).

Read are orgs, users, roles, demographics (the birth date alone) and our guardianships.csv. Every other file stays closed:
userProfiles.csv holds passwords, and what nobody needs cannot leak. Reading is lenient where nothing can be mistaken, and
each tolerance used is a warning with a count; a strict reading forgives nothing (`tolerance`).
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, combinations
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from openhouse.sync.batches import Row, SetAside
from openhouse.sync.memory import Memory, Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import layouts, manifest, plain
from openhouse.sync.sources.oneroster_csv.block import Block
from openhouse.sync.sources.oneroster_csv.delta import DeltaReader, Repeated
from openhouse.sync.sources.oneroster_csv.package import Package, unpack
from openhouse.sync.sources.oneroster_csv.readers import (
    BirthDateReader,
    Columns,
    OrgReader,
    PairReader,
    Reader,
    RoleReader,
)
from openhouse.sync.sources.oneroster_csv.sheet import Broken, Sheet
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance
from openhouse.sync.sources.oneroster_csv.users import UserReader

FEW = 16
"""So many rows are read one by one rather than looked through for the odd one among them."""


class OneRosterCsv:
    """A package whose manifest was read and whose headers were checked; see `sync.sources.Source`."""

    def __init__(self, package: Package, *, written_at: datetime | None, strict: bool = False) -> None:
        self.noticed = Notices()
        self.strict = strict
        version, files = manifest.read(package, Tolerance(self.noticed, strict=strict))
        self.name = f"OneRoster {version} CSV"
        self.version = version
        self.written_at = written_at or package.written_at
        self.files: Mapping[str, str] = files
        self.size = sum(package.sizes[name] for name in files)
        self._package = package
        for name in files:  # a wrong header is told at once, before a minute's reading
            with self._open(name, Notices()):
                pass

    def mark(self) -> str:
        """A digest of the bytes of all files that are read."""
        return self._package.mark((*self.files, "manifest.csv"))

    def batches(self, settings: Columns, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (bytes read so far, a batch), file by file. `settings` say which column holds what."""
        notices.warnings += self.noticed.warnings
        done = 0
        for name, mode in self.files.items():
            with (
                self.opened(name, settings, notices) as (file, sheet, reader),
                memory.reading(name, delta=mode == "delta") as remembered,
            ):
                for read, batch in batches_of(reader, sheet, file, remembered):
                    yield done + read, batch
            done += self._package.sizes[name]

    def parts(self, share: float) -> tuple[OneRosterCsv, OneRosterCsv]:
        """See `sync.sources.Parted`."""
        some = chain.from_iterable(combinations(self.files, count) for count in range(1, len(self.files) + 1))
        others = min(map(self._part, some), key=lambda part: abs(part.size - share * self.size))
        others.noticed = Notices()
        return self._part(self.files.keys() - others.files.keys()), others

    def _part(self, names: Collection[str]) -> OneRosterCsv:
        part = copy.copy(self)
        part.files = {name: mode for name, mode in self.files.items() if name in names}
        part.size = sum(self._package.sizes[name] for name in names)
        return part

    @contextmanager
    def opened(self, name: str, settings: Columns, notices: Notices) -> Iterator[tuple[BinaryIO, Sheet, Reader]]:
        """One file: its bytes, its rows, and what makes facts of them. Raises SourceRefused."""
        repeated = None
        if self.files[name] == "delta":
            with self._open(name, Notices()) as (_, sheet):
                repeated = Repeated(sheet)
        with self._open(name, notices) as (file, sheet):
            reader = self._reader(sheet, settings)
            if repeated:
                with_roles = name == "users.csv" and self.version == "1.1"
                reader = DeltaReader(sheet, reader, repeated, with_roles=with_roles)
            yield file, sheet, reader

    @contextmanager
    def _open(self, name: str, notices: Notices) -> Iterator[tuple[BinaryIO, Sheet]]:
        with self._package.open(name) as file, Sheet(name, file, notices, strict=self.strict) as sheet:
            layouts.check(sheet, layouts.LAYOUTS[self.version][name], delta=self.files[name] == "delta")
            yield file, sheet

    def _reader(self, sheet: Sheet, settings: Columns) -> Reader:
        match sheet.name:
            case "orgs.csv":
                return OrgReader(sheet, settings, self.version)
            case "users.csv":
                return UserReader(sheet, settings, self.version)
            case "roles.csv":
                return RoleReader(sheet)
            case "demographics.csv":
                return BirthDateReader(sheet, timezone.localdate(self.written_at).isoformat())
            case _:
                return PairReader(sheet)


def batches_of(
    reader: Reader, sheet: Sheet, file: BinaryIO, remembered: Remembered
) -> Iterator[tuple[int, Sequence[Row]]]:
    """Yield (bytes of the file read so far, rows of one type)."""
    for block in sheet.blocks(remembered):
        for batch in said_by(reader, sheet, block, remembered):
            yield file.tell(), batch
    refuse_if_empty(sheet)
    sheet.notices.read[sheet.name] = sheet.count


def said_by(
    reader: Reader, sheet: Sheet, block: Block | Iterator[tuple[int, list[str] | Broken]], remembered: Remembered
) -> Iterator[Sequence[Row]]:
    """What a block's rows say, in batches: column by column where each is plain, else the odd ones among them row by row."""
    if isinstance(block, Block) and type(reader) in plain.READ:
        try:
            batches = plain.said(reader, block)
        except plain.Odd:
            if len(block) > FEW:
                for half in block.halves():
                    yield from said_by(reader, sheet, half, remembered)
                return
        else:
            sheet.count += len(block)
            remembered.learn(*block.digests)
            yield from batches
            return
    waiting: dict[type, list[Row]] = defaultdict(list)
    for line, cells in block:
        sheet.count += 1
        for row in rows_of(reader, sheet, line, cells, remembered):
            waiting[type(row)].append(row)
    yield from waiting.values()


def refuse_if_empty(sheet: Sheet) -> None:
    """Raise SourceRefused for a header without rows, which the standard does not allow: cut off, or nobody there?"""
    if not sheet.count:
        raise SourceRefused(
            f"{sheet.name} has a header and no rows, as if nobody were there. Export it again; for nothing new in a delta, let "
            "manifest.csv say absent."
        )


def rows_of(
    reader: Reader, sheet: Sheet, line: int, cells: list[str] | Broken, remembered: Remembered
) -> Iterable[Row]:
    """What one row says; of a row that breaks a rule, why it is set aside and whose facts stay. Only a good row is remembered."""
    digest = sheet.digest
    if isinstance(cells, list):
        try:
            cells.append("")
            said = reader.read(line, digest, cells)
        except Fault as fault:
            cells = Broken(fault, dict(zip(sheet.columns, cells, strict=False)))
        else:
            remembered.learn(digest)
            return said
    column = cells.fault.column
    aside = SetAside(sheet.name, line, column, cells.fault.reason, cells.told(column), digest)
    hidden = reader.hold({}) if cells.hides else ()  # and whose facts stay of the row in it, nobody can say
    return (aside, *reader.hold(cells.cells), *hidden)


def open_package(path: Path, *, written_at: datetime | None = None, strict: bool = False) -> OneRosterCsv:
    """Open a zip or folder. `written_at` is when it was exported, else when its files were written. `strict` forgives nothing
    that bends the standard: a row is set aside, a file refused. Raises SourceRefused."""
    return OneRosterCsv(unpack(path), written_at=written_at, strict=strict)
