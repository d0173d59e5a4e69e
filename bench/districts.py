"""The made-up districts to measure with: each made once, unzipped, and shared by all measurements of its size."""

from __future__ import annotations

import os
import zipfile
from functools import cached_property
from pathlib import Path

from bench.processes import OPENHOUSE, measure


class District:
    """A district of so many students as unzipped OneRoster files, in a temporary folder."""

    def __init__(self, folder: Path, students: int) -> None:
        self.folder, self.students = folder, students

    @cached_property
    def first_night(self) -> Path:
        """The folder of the first export's files."""
        return self._make(1)

    @cached_property
    def second_night(self) -> Path:
        """The folder of the next night's files: about 1 % changed."""
        return self._make(2)

    def _make(self, night: int) -> Path:
        out = self.folder / f"{self.students}-night-{night}"
        size = ("--students", str(self.students), "--night", str(night))
        measure(*OPENHOUSE, "make-district", f"{out}.zip", *size, environment=dict(os.environ))
        with zipfile.ZipFile(f"{out}.zip") as archive:
            archive.extractall(out)
        os.unlink(f"{out}.zip")
        return out
