"""OneRoster 1.1 and 1.2 bulk files, as a zip or a folder (1EdTech OneRoster CSV binding; our extensions in docs/sis-sources.md).

Read are orgs, users, roles, demographics (the birth date alone) and our guardianships.csv. Every other file stays closed:
userProfiles.csv holds passwords, and what nobody needs cannot leak. Reading is lenient where nothing can be mistaken, and
each tolerance used is a warning with a count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from openhouse.sync.batches import Row, SetAside
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

    def __init__(self, package: Package, *, on: date | None) -> None:
        self.noticed = Notices()
        version, files = manifest.read(package, self.noticed)
        self.name = f"OneRoster {version} CSV"
        self.version = version
        self.snapshot = on or package.written
        self.files: Mapping[str, str] = files
        self.size = sum(package.sizes[name] for name in files)
        self._package = package
        for name in files:  # a wrong header is told at once, before a minute's reading
            with package.open(name) as file, Sheet(name, file, Notices()) as sheet:
                layouts.check(sheet, layouts.LAYOUTS[version][name])

    def batches(self, settings: Columns, notices: Notices) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (bytes read so far, a batch), file by file. `settings` say which column holds what."""
        notices.warnings += self.noticed.warnings
        done = 0
        for name in self.files:
            with self._package.open(name) as file, Sheet(name, file, notices) as sheet:
                layouts.check(sheet, layouts.LAYOUTS[self.version][name])
                reader = self._reader(sheet, settings)
                for read, batch in _batches(reader, sheet, file):
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
                return BirthDateReader(sheet, self.snapshot.isoformat())
            case _:
                return PairReader(sheet)


def _batches(reader: Reader, sheet: Sheet, file: BinaryIO) -> Iterator[tuple[int, list[Row]]]:
    """Yield (bytes of the file read so far, rows of one type)."""
    waiting: dict[type, list[Row]] = defaultdict(list)
    count = 0
    for line, cells in sheet.rows():
        count += 1
        for row in rows_of(reader, sheet, line, cells):
            waiting[type(row)].append(row)
        if count % ROWS_A_BATCH == 0:
            yield from ((file.tell(), batch) for batch in waiting.values())
            waiting.clear()
    yield from ((file.tell(), batch) for batch in waiting.values())
    if not count:
        raise SourceRefused(f"{sheet.name} has a header and no rows, as if nobody were there. Export it again.")
    sheet.notices.read[sheet.name] = count


def rows_of(reader: Reader, sheet: Sheet, line: int, cells: list[str] | Broken) -> Iterator[Row]:
    """What one row says; of a row that breaks a rule, why it is set aside and whose facts stay."""
    if isinstance(cells, list):
        try:
            cells.append("")
            yield from reader.read(line, cells)
            return
        except Fault as fault:
            cells = Broken(fault, dict(zip(sheet.columns, cells, strict=False)))
    yield SetAside(sheet.name, line, cells.fault.column, cells.fault.reason)
    yield from reader.hold(cells.cells)


def open_package(path: Path, *, on: date | None = None) -> OneRosterCsv:
    """Open a zip or folder. `on` is the day it was exported, else the day its files were written. Raises SourceRefused."""
    return OneRosterCsv(unpack(path), on=on)
