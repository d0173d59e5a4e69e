"""Microsoft School Data Sync v2.1 CSV files, as a zip or a folder (docs/sources/sds.md).

Read are orgs, users, roles, relationships and (of demographics) the birth date; every other file stays closed. SDS knows no
legal flag, no restriction and no dates of a guardianship: all of these are blank. It has no manifest; `is_sds` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from openhouse.sync.batches import Org, Row
from openhouse.sync.memory import Memory, Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import batches_of
from openhouse.sync.sources.oneroster_csv.layouts import check
from openhouse.sync.sources.oneroster_csv.package import Package, unpack
from openhouse.sync.sources.oneroster_csv.readers import Columns, Reader
from openhouse.sync.sources.oneroster_csv.sheet import Sheet
from openhouse.sync.sources.sds_csv.layouts import LAYOUTS, NEEDED
from openhouse.sync.sources.sds_csv.readers import (
    FAMILIES,
    BirthDateReader,
    OrgReader,
    RelationshipReader,
    RoleReader,
    UserReader,
)


class SdsCsv:
    """A package whose headers were checked; see `sync.sources.Source`. What SDS is given is everything there is: bulk."""

    name = "School Data Sync 2.1 CSV"

    def __init__(self, package: Package, *, written_at: datetime | None) -> None:
        for name in NEEDED:
            if name not in package.sizes:
                raise SourceRefused(f"{name} is missing, and a portal needs it. Set the export for SDS to include it.")
        self.written_at = written_at or package.written_at
        self.files: Mapping[str, str] = {name: "bulk" for name in LAYOUTS if name in package.sizes}
        self.size = sum(package.sizes[name] for name in self.files)
        self._package = package
        for name in self.files:  # a wrong header is told at once, before a minute's reading
            with package.open(name) as file, Sheet(name, file, Notices()) as sheet:
                check(sheet, LAYOUTS[name])

    def mark(self) -> str:
        """A digest of the bytes of all files that are read."""
        return self._package.mark(self.files)

    def batches(self, settings: Columns, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (bytes read so far, a batch), file by file. `settings` say which column holds what."""
        done = 0
        others = self._package.sizes.keys() - self.files.keys()
        if others:
            notices.warnings["file that the portal does not read"] += len(others)
        for name in self.files:
            with (
                self._package.open(name) as file,
                Sheet(name, file, notices) as sheet,
                memory.reading(name) as remembered,
            ):
                check(sheet, LAYOUTS[name])
                if name == "relationships.csv":
                    yield done, _families(remembered)
                for read, batch in batches_of(self._reader(sheet, settings), sheet, file, remembered):
                    yield done + read, batch
            done += self._package.sizes[name]

    def _reader(self, sheet: Sheet, settings: Columns) -> Reader:
        match sheet.name:
            case "orgs.csv":
                return OrgReader(sheet, settings)
            case "users.csv":
                return UserReader(sheet, settings)
            case "roles.csv":
                return RoleReader(sheet)
            case "demographics.csv":
                return BirthDateReader(sheet, timezone.localdate(self.written_at).isoformat())
            case _:
                return RelationshipReader(sheet)


def _families(remembered: Remembered) -> list[Row]:
    """The unit of all guardians: the same every night, so it is remembered like a row."""
    digest = remembered.digest(FAMILIES.encode())
    if remembered.knows(digest):
        return []
    remembered.learn(digest)
    return [Org(1, digest, FAMILIES, False, FAMILIES, "Families", "", "", "", "", "", "")]


def is_sds(package: Package) -> bool:
    """Whether a package is for School Data Sync: no manifest, and a roles.csv whose rows have no sourcedId of their own."""
    if "manifest.csv" in package.sizes or not {"orgs.csv", "users.csv", "roles.csv"} <= package.sizes.keys():
        return False
    with package.open("roles.csv") as file, Sheet("roles.csv", file, Notices()) as sheet:
        return "sourcedId" not in sheet.columns and set(LAYOUTS["roles.csv"].required) <= set(sheet.columns)


def open_sds(path: Path, *, written_at: datetime | None = None) -> SdsCsv:
    """Open a zip or folder. `written_at` is when it was exported, else when its files were written. Raises SourceRefused."""
    package = unpack(path)
    if not is_sds(package):
        raise SourceRefused(
            "This is no School Data Sync 2.1 export: it has a manifest.csv, lacks orgs.csv, users.csv or roles.csv, or its "
            "roles.csv has other columns than userSourcedId, orgSourcedId, role. Set the export to SDS V2.1."
        )
    return SdsCsv(package, written_at=written_at)
