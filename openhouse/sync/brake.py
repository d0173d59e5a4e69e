"""When a run must wait for a person: over the policy's shares, or where a student with a restriction would gain a guardian.

Asked after `compare` and before anything changes. What was decided about a run that waits stands in `sync.waiting`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from openhouse.district import mirror
from openhouse.policy.values import Policy
from openhouse.sync.staging import Stage


@dataclass(frozen=True)
class Brake:
    """One reason to wait. `what` is in words without a value out of the feed; `count` of `of` is `share` percent."""

    code: str
    what: str
    count: int
    of: int
    share: float


def reasons(stage: Stage, counts: Mapping[str, mirror.Counts], *, policy: Policy, read: int, on: date) -> list[Brake]:
    """Why the run that is staged must wait, or nothing. `read` is how many rows were read, `on` the day it would land."""
    raise NotImplementedError
