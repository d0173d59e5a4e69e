"""Rows written as CSV, for the renderings that are CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence


def content(header: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV file's bytes: the header, then each row's cells in its order."""
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
