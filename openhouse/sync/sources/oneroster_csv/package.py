"""The container of an export: a zip or a folder with the files at its root, opened without trusting it."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone
from xxhash import xxh3_128

from openhouse.sync.refusals import SourceRefused

MOST_FILES = 200
MOST_BYTES = 8 * 1024**3
"""Unpacked, all files together: ten times what a district of 600,000 students exports."""
HIGHEST_RATIO = 200
"""Unpacked to packed. Rosters reach 10 to 40; DEFLATE's own limit, which bombs use, is 1032."""
LARGEST_DIRECTORY = 1024**2
"""Bytes of a zip's directory: far more than MOST_FILES entries need."""
RATIO_FREE_BYTES = 10 * 1024**2
"""A file this small harms nobody, however well it packs."""


class Package:
    """Names and sizes of the files at the root, and when they were written. `open` gives the bytes of one."""

    def __init__(self, path: Path, sizes: Mapping[str, int], written_at: datetime) -> None:
        self.path = path
        self.sizes = sizes
        self.written_at = written_at

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        """The bytes of one file of the package, as a stream."""
        raise NotImplementedError

    def mark(self, names: Iterable[str]) -> str:
        """XXH3 (128 bits, hex) of the names and bytes of some files."""
        found = xxh3_128()
        for name in sorted(names):
            with self.open(name) as file:
                found.update(f"{name} {self.sizes[name]}\n".encode())
                while chunk := file.read(1 << 20):
                    found.update(chunk)
        return found.hexdigest()


class Folder(Package):
    """Files lying in a folder. Links are refused: a link could point at any file of this machine."""

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        descriptor = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise SourceRefused(f"{name} is not an ordinary file. Export it again.")
            yield file


class Zip(Package):
    """Files in a zip archive. Its directory's sizes bind: no more than what it says is ever unpacked."""

    def mark(self, names: Iterable[str]) -> str:
        """XXH3 of the archive itself, which costs less than unpacking it."""
        found = xxh3_128()
        with self.path.open("rb") as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
        return found.hexdigest()

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        with ExitStack() as stack:
            try:
                archive = stack.enter_context(zipfile.ZipFile(self.path))
                file = stack.enter_context(archive.open(name))
            except _DAMAGED as error:
                raise _damaged(name) from error
            try:
                yield file  # type: ignore[misc]
            except (zipfile.BadZipFile, zlib.error, EOFError) as error:
                raise _damaged(name) from error


_DAMAGED = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, KeyError, struct.error)
"""What opening a zip may raise whose directory points astray."""


def _damaged(name: str) -> SourceRefused:
    return SourceRefused(f"{name} cannot be unpacked: the zip is damaged. Copy or export it again.")


def unpack(path: Path) -> Package:
    """Look into a zip or folder without reading its files. Raises SourceRefused for what cannot be an export."""
    try:
        if path.is_dir():
            return _folder(path)
        if not path.is_file():
            raise SourceRefused("There is no such file or folder. Give the path of a OneRoster zip, or of a folder.")
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            return _zip(path, archive.infolist())
    except PermissionError as error:
        raise SourceRefused("The file or folder may not be read. Give the portal's user the right to.") from error
    except (zipfile.BadZipFile, OSError, UnicodeDecodeError, ValueError, struct.error) as error:
        raise SourceRefused("The file is not a zip archive, or is damaged. Copy or export it again.") from error


def _check_directory(path: Path) -> None:
    """The directory at a zip's end is read whole, so its size is looked at first (APPNOTE 6.3.10 §4.3.14 to §4.3.16)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_536 - 100))
        tail = file.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0:
        raise zipfile.BadZipFile
    sizes = list(struct.unpack_from("<L", tail, place + 12))
    if (place_64 := tail.rfind(b"PK\6\6", 0, place)) >= 0:
        sizes += struct.unpack_from("<Q", tail, place_64 + 40)
    if sizes[-1] > LARGEST_DIRECTORY:
        raise SourceRefused(
            f"There are more than {MOST_FILES} files. Give a zip or folder that holds one export alone."
        )


def _folder(path: Path) -> Package:
    sizes, written = {}, 0.0
    with os.scandir(path) as entries:
        for entry in entries:
            if entry.is_symlink():
                raise SourceRefused("The folder holds a symbolic link. Put the files themselves there.")
            if entry.is_file(follow_symlinks=False):
                facts = entry.stat(follow_symlinks=False)
                sizes[entry.name] = facts.st_size
                written = max(written, facts.st_mtime if entry.name.endswith((".csv", ".xml")) else 0)
    _bound(len(sizes), sum(sizes.values()))
    return Folder(path, sizes, datetime.fromtimestamp(written, UTC))


def _zip(path: Path, entries: list[zipfile.ZipInfo]) -> Package:
    _bound(len(entries), sum(entry.file_size for entry in entries))
    sizes: dict[str, int] = {}
    for entry in entries:
        _check_entry(entry)
        if entry.filename in sizes:
            raise SourceRefused("The zip holds two files of one name. Export it again.")
        sizes[entry.filename] = entry.file_size
    return Zip(path, sizes, _newest(entries) or datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _newest(entries: list[zipfile.ZipInfo]) -> datetime | None:
    """The newest time in the zip's directory, which is the district's; 1980 is what a zip writes that knows none."""
    times = [entry.date_time for entry in entries if entry.date_time[0] > 1980]
    try:
        written_at = timezone.make_aware(datetime(*max(times))) if times else None  # noqa: DTZ001 (made aware at once)
        return (
            min(written_at, timezone.now()) if written_at else None
        )  # a zip made in another time zone is not of the future
    except ValueError:
        return None


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    if "/" in name or "\\" in name or "\0" in name or name in ("", ".", "..") or ":" in name:
        raise SourceRefused(
            "The zip holds a folder, or a name that leads out of it. OneRoster files lie at the root of the zip: "
            "zip the files, not the folder."
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise SourceRefused("The zip holds a symbolic link. Zip the files themselves.")
    if entry.flag_bits & 0x1:
        raise SourceRefused("The zip is encrypted. Export it without a password, over a protected connection.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SourceRefused("The zip is packed in an unusual way. OneRoster asks for DEFLATE.")
    if entry.file_size > max(RATIO_FREE_BYTES, HIGHEST_RATIO * entry.compress_size):
        raise SourceRefused(
            f"A file of the zip unpacks to more than {HIGHEST_RATIO} times its size, as no roster does. "
            "If it is real, unpack it and give the folder."
        )


def _bound(files: int, size: int) -> None:
    if files > MOST_FILES:
        raise SourceRefused(
            f"There are more than {MOST_FILES} files. Give a zip or folder that holds one export alone."
        )
    if size > MOST_BYTES:
        raise SourceRefused(f"The files unpack to more than {MOST_BYTES // 1024**3} GiB. Give one export alone.")
