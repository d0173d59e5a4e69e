"""OneRoster 1.1 and 1.2 bulk files, as a zip or a folder (1EdTech OneRoster CSV binding; our extensions in docs/sis-sources.md).

Read are orgs, users, roles, demographics (the birth date alone) and our guardianships.csv. Every other file stays closed:
userProfiles.csv holds passwords, and what nobody needs cannot leak. Reading is lenient where nothing can be mistaken, and
each tolerance used is a warning with a count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone

from openhouse.sync.batches import Row, SetAside
from openhouse.sync.memory import Memory, Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import layouts, manifest
from openhouse.sync.sources.oneroster_csv.package import Package, unpack
from openhouse.sync.sources.oneroster_csv.readers import (
    BirthDateReader,
    Columns,
    OrgReader,
    PairReader,
    Reader,
    RoleReader,
)
from openhouse.sync.sources.oneroster_csv.sheet import Broken, Fault, Sheet
from openhouse.sync.sources.oneroster_csv.users import UserReader

ROWS_A_BATCH = 5000


class OneRosterCsv:
    """A package whose manifest was read and whose headers were checked; see `sync.sources.Source`."""

    def __init__(self, package: Package, *, written_at: datetime | None) -> None:
        self.noticed = Notices()
        version, files = manifest.read(package, self.noticed)
        self.name = f"OneRoster {version} CSV"
        self.version = version
        self.written_at = written_at or package.written_at
        self.files: Mapping[str, str] = files
        self.size = sum(package.sizes[name] for name in files)
        self._package = package
        for name in files:  # a wrong header is told at once, before a minute's reading
            with package.open(name) as file, Sheet(name, file, Notices()) as sheet:
                layouts.check(sheet, layouts.LAYOUTS[version][name])

    def mark(self) -> str:
        """A digest of the bytes of all files that are read."""
        return self._package.mark((*self.files, "manifest.csv"))

    def batches(self, settings: Columns, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (bytes read so far, a batch), file by file. `settings` say which column holds what."""
        notices.warnings += self.noticed.warnings
        done = 0
        for name in self.files:
            with (
                self._package.open(name) as file,
                Sheet(name, file, notices) as sheet,
                memory.reading(name) as remembered,
            ):
                layouts.check(sheet, layouts.LAYOUTS[self.version][name])
                reader = self._reader(sheet, settings)
                for read, batch in _batches(reader, sheet, file, remembered):
                    yield done + read, batch
            done += self._package.sizes[name]

    def _reader(self, sheet: Sheet, settings: Columns) -> Reader:
        match sheet.name:
            case "orgs.csv":
                return OrgReader(sheet, settings)
            case "users.csv":
                return UserReader(sheet, settings, self.version)
            case "roles.csv":
                return RoleReader(sheet)
            case "demographics.csv":
                return BirthDateReader(sheet, timezone.localdate(self.written_at).isoformat())
            case _:
                return PairReader(sheet)


def _batches(reader: Reader, sheet: Sheet, file: BinaryIO, remembered: Remembered) -> Iterator[tuple[int, list[Row]]]:
    """Yield (bytes of the file read so far, rows of one type)."""
    waiting: dict[type, list[Row]] = defaultdict(list)
    count = 0
    for line, cells in sheet.rows(remembered):
        count += 1
        for row in rows_of(reader, sheet, line, cells, remembered):
            waiting[type(row)].append(row)
        if count % ROWS_A_BATCH == 0:
            yield from ((file.tell(), batch) for batch in waiting.values())
            waiting.clear()
    yield from ((file.tell(), batch) for batch in waiting.values())
    sheet.count += count
    if not sheet.count:
        raise SourceRefused(f"{sheet.name} has a header and no rows, as if nobody were there. Export it again.")
    sheet.notices.read[sheet.name] = sheet.count


def rows_of(
    reader: Reader, sheet: Sheet, line: int, cells: list[str] | Broken, remembered: Remembered
) -> Iterator[Row]:
    """What one row says; of a row that breaks a rule, why it is set aside and whose facts stay. Only a good row is remembered."""
    digest = sheet.digest
    if isinstance(cells, list):
        try:
            cells.append("")
            yield from reader.read(line, digest, cells)
            remembered.learn(digest)
            return
        except Fault as fault:
            cells = Broken(fault, dict(zip(sheet.columns, cells, strict=False)))
    column = cells.fault.column
    yield SetAside(sheet.name, line, column, cells.fault.reason, cells.told(column), digest)
    yield from reader.hold(cells.cells)


def open_package(path: Path, *, written_at: datetime | None = None) -> OneRosterCsv:
    """Open a zip or folder. `written_at` is when it was exported, else when its files were written. Raises SourceRefused."""
    return OneRosterCsv(unpack(path), written_at=written_at)
