"""The made-up districts to measure with: each made once, unzipped, and shared by all measurements of its size."""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from xxhash import xxh3_64_intdigest

from bench.processes import OPENHOUSE, measure

NEXT = 3
"""The export that stands for the next night. Each night about one family in eighty changes, and with it one row in two hundred
of the files: two nights make one row in a hundred."""


class District:
    """A district of so many students as unzipped OneRoster files, in a temporary folder."""

    def __init__(self, folder: Path, students: int) -> None:
        self.folder, self.students = folder, students
        folder.mkdir(exist_ok=True)

    @cached_property
    def first_night(self) -> Path:
        """The folder of the first export's files."""
        return self.night(1)

    @cached_property
    def second_night(self) -> Path:
        """The folder of the next night's files: about 1 % of the rows are others."""
        return self.night(NEXT)

    @cached_property
    def differences(self) -> tuple[int, int]:
        """How many of the next night's rows are new or changed, or gone since the first; and how many rows it has."""
        differing = total = 0
        for path in sorted(self.second_night.glob("*.csv")):
            before, after = (Counter(_rows(folder / path.name)) for folder in (self.first_night, self.second_night))
            differing += max((after - before).total(), (before - after).total())
            total += after.total()
        return differing, total

    def night(self, night: int) -> Path:
        """Make the folder of a night's files, anew each time."""
        out = self.folder / f"{self.students}-night-{night}"
        size = ("--students", str(self.students), "--night", str(night))
        measure(*OPENHOUSE, "make-district", f"{out}.zip", *size, environment=dict(os.environ))
        with zipfile.ZipFile(f"{out}.zip") as archive:
            archive.extractall(out)
        os.unlink(f"{out}.zip")
        return out


def _rows(path: Path) -> Iterator[int]:
    with path.open("rb") as file:
        next(file)
        yield from map(xxh3_64_intdigest, file)
