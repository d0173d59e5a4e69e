"""Where facts come from: one self-contained file or folder per kind of SIS.

A source is opened before a run begins, and refuses (`SourceRefused`) what it cannot read as a whole. It yields batches of
the types in `sync.batches`, in any order, in bounded memory; rows that it cannot read it yields as `SetAside`, with a
`Held` for every key that it could still read, so that yesterday's facts stay. It never reads passwords or social security
numbers. It knows no database, and nothing of the mirror.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from openhouse.sync.batches import Row
from openhouse.sync.memory import Memory

if TYPE_CHECKING:
    from openhouse.policy.values import Policy


class Notices:
    """What a source tells about itself while it is read: tolerances that it used, and how many rows it read of each file."""

    def __init__(self) -> None:
        self.warnings: Counter[str] = Counter()
        self.read: Counter[str] = Counter()

    def add(self, other: Notices) -> None:
        """Take in what was told elsewhere."""
        self.warnings += other.warnings
        self.read += other.read


class Source(Protocol):
    """One statement of the SIS: everything there is (bulk), or what changed since the one before (delta), file by file."""

    name: str
    """What it is, in words for a report, such as `OneRoster 1.2 CSV`. What one name stated, another does not continue."""
    written_at: datetime
    """When the SIS wrote it; of what is asked for over the network, when the asking began."""
    size: int
    """How much there is to read, in bytes or records; `batches` counts up to it."""
    files: Mapping[str, str]
    """The files (or resources) that it states, and how: `bulk` means everything there is, `delta` what changed."""

    def mark(self) -> str:
        """A digest of all its bytes, or "" where it does not have them at hand."""
        ...

    def batches(self, policy: Policy, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (how much is read so far, a batch) until all is read. Closes what it opened, also when it is left early.

        Each file is read within `memory.reading(file)`; rows that the memory knows need not be yielded. A delta's row is
        yielded as `Replaced`, then as what it says. Raises SourceRefused.
        """
        ...


@runtime_checkable
class Parted(Protocol):
    """A source in parts that can be read at the same time, each by a process of its own: it and they can be pickled."""

    def parts(self, share: float) -> tuple[Source, Source]:
        """Two sources that state together what this one does, the second one with about that share of it to read."""
        ...


class Lookup(Protocol):
    """A SIS that can be asked about one student now."""

    name: str
    complete: bool
    """Whether it names all guardians of a student, also those that the student's own record does not: only then can a lookup
    end what it does not name."""
    asked_at: datetime | None
    """As of when it answers: None for now, of a file the moment at which it was written. What is newer is not overruled."""

    def find(self, number: str, policy: Policy, notices: Notices, *, deadline: float) -> Iterator[Sequence[Row]]:
        """All that the SIS says of the student with this Student ID, as batches: the person, enrolments (roles), birth date,
        guardians with their roles, links and pairs; nothing where it knows nobody. Done by `deadline` (time.monotonic),
        in a bounded number of calls, or raises SourceRefused. Digests are 0.
        """
        ...
