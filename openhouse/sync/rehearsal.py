"""What a run would change, kept for a person to look at, and the digest that proves what lands is what was seen."""

from __future__ import annotations

from openhouse.sync.models import SyncRun
from openhouse.sync.staging import Stage

MOST = 20_000
"""How many differences of each entity are kept."""


def keep(stage: Stage, run: SyncRun, *, most: int = MOST) -> dict[str, int]:
    """Keep the differences as rows of `Difference`, at most `most` of each entity, those of restricted students first.

    Returns how many are kept of each entity; how many there are stands in the run's report.
    """
    raise NotImplementedError


def digest(stage: Stage) -> str:
    """SHA-256 (hex) of all differences with the facts before and after, the same in whatever order they were found."""
    raise NotImplementedError
