"""When a run must wait for a person: over the policy's shares, or where a student with a restriction would gain a guardian.

Asked after `compare` and before anything changes. What was decided about a run that waits stands in `sync.waiting`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from openhouse.district import mirror
from openhouse.policy.values import Policy
from openhouse.sync import openings
from openhouse.sync.staging import Stage


@dataclass(frozen=True)
class Brake:
    """One reason to wait. `what` is in words without a value out of the feed; `count` of `of` is `share` percent."""

    code: str
    what: str
    count: int
    of: int
    share: float

    @classmethod
    def found(cls, code: str, what: str, count: int, of: int) -> Brake:
        """A reason with its share."""
        return cls(code, what, count, of, round(100 * count / of, 1) if of else 100.0)


def reasons(stage: Stage, counts: Mapping[str, mirror.Counts], *, policy: Policy, read: int, on: date) -> list[Brake]:
    """Why the run that is staged must wait, or nothing. `read` is how many rows were read, `on` the day it would land.

    Leaves the tables of `sync.openings`. Of an empty mirror nothing vanishes, so a first sync waits for rows set aside alone.
    """
    openings.find(stage, policy=policy, on=on)
    shares = (
        each for each, allowed in _shares(stage, counts, policy, read) if _over(each, allowed, policy.brake_floor)
    )
    return [*shares, *(each for each in _restricted(stage) if each.count > policy.brake_restricted)]


def _over(found: Brake, allowed: int, floor: int) -> bool:
    """Over the share, and over the floor of a small district; but more than half of it never vanishes unseen."""
    vanishing = found.code not in ("gains", "set aside") and 2 * found.count > found.of
    return 100 * found.count > allowed * found.of and (found.count > floor or vanishing)


def _shares(
    stage: Stage, counts: Mapping[str, mirror.Counts], policy: Policy, read: int
) -> Iterator[tuple[Brake, int]]:
    """What is weighed, each with the share that policy allows in percent."""
    students, pairs = (counts[entity.name] for entity in (mirror.STUDENT, mirror.GUARDIANSHIP))
    aside = stage.count("SELECT count(*) FROM staged_aside")
    yield Brake.found("set aside", "rows were set aside", aside, read), policy.brake_set_aside
    yield Brake.found("students", "students would end", students.ended, _had(students)), policy.brake_students
    yield Brake.found("guardianships", "guardianships would end", pairs.ended, _had(pairs)), policy.brake_guardianships
    alone = stage.count(openings.UNENROLLED)
    what = "students would stay and be enrolled nowhere"
    yield Brake.found("enrolments", what, alone, _had(students)), policy.brake_enrolments
    gains = stage.count(openings.GAINS)
    what = "guardians of students known before would become legal guardians"
    yield Brake.found("gains", what, gains, _had(pairs)), policy.brake_gains


def _restricted(stage: Stage) -> Iterator[Brake]:
    """What may let somebody in whom a restriction concerns, counted one by one."""
    students = stage.count("SELECT count(*) FROM restricted_student")
    gained, lifted = stage.count(openings.RESTRICTED_GAINS), stage.count(openings.LIFTED)
    yield Brake.found("restricted", "students with a restriction on record would gain a guardian", gained, students)
    yield Brake.found("lifted", "students would lose a restriction on record", lifted, students)


def _had(counts: mirror.Counts) -> int:
    """How many rows the mirror has now."""
    return counts.changed + counts.ended + counts.unchanged
