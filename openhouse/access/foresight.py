"""What the differences of a rehearsed or waiting run mean for access: who would gain it, who would lose it.

`sync` keeps differences of facts (`sync.rehearsal`); here they become pairs of student and guardian, and associations whose
standing would change, by the one table of standings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openhouse.access.standing import Standing
from openhouse.sync.models import SyncRun


@dataclass(frozen=True)
class Pair:
    """A guardian who would become, or cease to be, a legal guardian with access to a student.

    `student` and `guardian` are sourcedIds; the keys and names are None and "" where the mirror does not know them yet.
    `restricted`: somebody is restricted on the student's record. `account`: the key of the parent account tied to the guardian.
    """

    student: str
    guardian: str
    student_key: UUID | None
    guardian_key: UUID | None
    student_name: str
    guardian_name: str
    before: Standing | None
    after: Standing | None
    restricted: bool
    account: UUID | None

    @property
    def gains(self) -> bool:
        """Whether the guardian would gain access; else they would lose it."""
        return self.after is not None and self.after.lets_in


@dataclass(frozen=True)
class Shift:
    """An association whose standing would change."""

    association: UUID
    account: UUID
    student_key: UUID
    student_name: str
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Foresight:
    """Gains and losses of access. `pairs` and `shifts` are those of restricted students first, then gains, then losses, at
    most as many as was asked for; the numbers count all. Not `complete` where the run kept only a part of its differences:
    then the numbers are at least these.
    """

    pairs: list[Pair]
    shifts: list[Shift]
    gains: int
    losses: int
    could_get_pin: int
    associations_gain: int
    associations_lose: int
    restricted_students: int
    complete: bool


def of(*, run: SyncRun, at: datetime, most: int = 500) -> Foresight:
    """What a run's differences would mean at that moment."""
    raise NotImplementedError
