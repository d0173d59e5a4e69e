"""A drop folder: where the SIS puts one package after another, of which the newest counts."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from openhouse.sync.refusals import SourceRefused

QUIET_SECONDS = 60
"""A folder's files that were written to within this time may not be all there. A zip tells by itself: its directory comes last."""
PACKAGE_FILES = (".csv", ".xml")


def newest(path: Path, *, at: datetime) -> Path:
    """The package that an address names: itself, or the newest in it where it is a drop folder. Raises SourceRefused."""
    try:
        package = path if not path.is_dir() or is_package(path) else _newest_in(path)
        if package.is_dir() and 0 <= at.timestamp() - written(package) < QUIET_SECONDS:
            raise SourceRefused(
                "The newest export was written to within the last minute: it may not be whole yet. Try again in a minute."
            )
    except OSError as error:
        raise SourceRefused(
            f"The folder that the SIS exports to cannot be read ({type(error).__name__}). Look at its path in OPENHOUSE_SIS, "
            "and whether the portal's user may read it."
        ) from error
    return package


def is_package(folder: Path) -> bool:
    """Whether the files of an export lie in it. Otherwise it is a drop folder."""
    return any(entry.suffix.lower() in PACKAGE_FILES and entry.is_file() for entry in folder.iterdir())


def written(package: Path) -> float:
    """When a package was written (seconds since 1970): a zip, or the newest file in a folder."""
    if not package.is_dir():
        return package.lstat().st_mtime
    with os.scandir(package) as entries:
        return max((entry.stat(follow_symlinks=False).st_mtime for entry in entries if _counts(entry)), default=0.0)


def all_of(drop: Path) -> list[Path]:
    """The packages of a drop folder, the oldest first; none where the path is a package itself."""
    if not drop.is_dir() or is_package(drop):
        return []
    found = [each for each in drop.iterdir() if not each.name.startswith(".") and not each.is_symlink()]
    packages = [each for each in found if (is_package(each) if each.is_dir() else each.suffix.lower() == ".zip")]
    return sorted(packages, key=lambda each: (written(each), each.name))


def _newest_in(drop: Path) -> Path:
    packages = all_of(drop)
    if not packages:
        raise SourceRefused(
            "The drop folder holds no export: neither a zip nor a folder with files. Look whether the SIS has written one."
        )
    return packages[-1]


def _counts(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and entry.name.lower().endswith(PACKAGE_FILES)
