"""A CSV file as it grows."""

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from openhouse.demo.oneroster import Row


class Sheet:
    """A CSV file (UTF-8, RFC 4180) with a header, to which rows are added; `rows` counts them."""

    def __init__(self, path: Path, header: str) -> None:
        self.rows = 0
        self._file = path.open("w", encoding="utf-8", newline="", buffering=1 << 17)
        self._file.write(f"{header}\r\n")
        self._add = csv.writer(self._file).writerows

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        known = list(rows)
        self._add(known)
        self.rows += len(known)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()
