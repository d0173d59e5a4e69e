"""A zip that depends on nothing but what is put in: no clock, no owner, no order but ours."""

import os
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CHUNK = 1 << 16


def pack(out: Path, files: Iterable[Path], *, by_way_of: Path) -> None:
    """Put the files into the root of a zip that appears at `out` whole or not at all.

    `by_way_of` is a path on the same disk, where the zip grows.
    """
    with zipfile.ZipFile(by_way_of, "w") as archive:
        for path in files:
            entry = zipfile.ZipInfo(path.name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as target:
                shutil.copyfileobj(source, target, _CHUNK)
    os.replace(by_way_of, out)
