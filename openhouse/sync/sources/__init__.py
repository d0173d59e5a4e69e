"""Where facts come from: one self-contained file or folder per kind of SIS.

A source is opened before a run begins, and refuses (`SourceRefused`) what it cannot read as a whole. It yields batches of
the types in `sync.batches`, in any order, in bounded memory; rows that it cannot read it yields as `SetAside`, with a
`Held` for every key that it could still read, so that yesterday's facts stay. It never reads passwords or social security
numbers. It knows no database, and nothing of the mirror.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Protocol

from openhouse.policy.values import Policy
from openhouse.sync.batches import Row


class Notices:
    """What a source tells about itself while it is read: tolerances that it used, and how many rows it read of each file."""

    def __init__(self) -> None:
        self.warnings: Counter[str] = Counter()
        self.read: Counter[str] = Counter()


class Source(Protocol):
    """One whole statement of the SIS."""

    name: str
    """What it is, in words for a report, such as `OneRoster 1.2 CSV`."""
    snapshot: date
    """The day on which the SIS wrote it."""
    size: int
    """How much there is to read, in bytes or records; `batches` counts up to it."""
    files: Mapping[str, str]
    """The files (or resources) that it states, and how: `bulk` means everything there is."""

    def batches(self, policy: Policy, notices: Notices) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (how much is read so far, a batch) until all is read. Closes what it opened, also when it is left early."""
        ...
