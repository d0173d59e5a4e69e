"""Made-up runs of a sync, as the pages find them."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from openhouse.access.foresight import Foresight, Pair
from openhouse.access.standing import Standing
from openhouse.district import mirror
from openhouse.sync.models import Difference, SetAsideRow, SyncRun
from tests.cast import NOW, Cast

State = SyncRun.State
BRAKE = {"code": "guardianships", "what": "guardianships would end", "count": 40, "of": 400, "share": 10.0}
COUNTS = {"new": 0, "changed": 0, "ended": 0, "unchanged": 9, "kept": 0}


def run(state: str = State.LANDED, at: datetime = NOW, **facts: Any) -> SyncRun:
    """A run that began at a moment and took two minutes, but for one that still runs."""
    ended = None if state == State.RUNNING else at + timedelta(minutes=2)
    report = {
        "read": 1200, "new": 1, "changed": 2, "ended": 3, "set_aside": 0, "gains": 1, "losses": 3, "restricted": 1,
        "warnings": [{"text": "a tolerance", "count": 4}],
        "notes": [{"what": "students have no birth date", "count": 5, "setting": "missing_birth_date"}],
        "entities": {"student": COUNTS | {"new": 1}, "guardianship": COUNTS | {"changed": 2, "ended": 3}},
    }  # fmt: skip
    given = {"source": "OneRoster 1.2 CSV", "snapshot": at.date(), "actor": "sync", "files": {"users.csv": "bulk"}}
    given |= {"report": {} if state in (State.RUNNING, State.FAILED) else report} | facts
    return SyncRun.objects.create(state=state, started_at=at, ended_at=ended, **given)


def waiting(cast: Cast, at: datetime = NOW) -> SyncRun:
    """A run that would end Ana of Alma, restrict nobody, bring in a student, and link Boris's kin to Bella."""
    made = run(State.WAITING, at, brakes=[BRAKE])
    guardianship = dict.fromkeys(mirror.GUARDIANSHIP.facts) | {"relation": "mother", "legal": True, "restriction": ""}
    newton = {"given_name": "Newton", "family_name": "Reyes", "birth_date": "2019-01-01"}
    rows = (
        ("student", "new", "student-new", "", None, dict.fromkeys(mirror.STUDENT.facts, "") | newton),
        ("guardianship", "ended", cast.alma.sourced_id, cast.ana.sourced_id, guardianship, None),
        ("guardianship", "changed", cast.bella.sourced_id, cast.berta.sourced_id, guardianship,
         guardianship | {"relation": "aunt", "legal": False}),
        ("guardianship", "new", "student-new", cast.arturo.sourced_id, None, guardianship),
    )  # fmt: skip
    for entity, change, key, other, before, after in rows:
        Difference.objects.create(
            run=made, entity=entity, change=change, key=key, other=other, before=before, after=after
        )
    return made


def aside(run: SyncRun, line: int, reason: str = "refers to nobody", digest: int = 0, **facts: Any) -> SetAsideRow:
    """A row set aside."""
    given = {"file": "users.csv", "column": "agentSourcedIds", "value": f"value-{line}"} | facts
    return SetAsideRow.objects.create(run=run, line=line, reason=reason, digest=digest, **given)


def foreseen(cast: Cast) -> Foresight:
    """Ana would lose Alma, Berta gain Bella."""
    lost = Pair(
        student=cast.alma.sourced_id, guardian=cast.ana.sourced_id, student_key=cast.alma.key, guardian_key=cast.ana.key,
        student_name=cast.alma.name, guardian_name=cast.ana.name, before=Standing.ACTIVE, after=Standing.ENDED,
        restricted=False, account=uuid.uuid4(),
    )  # fmt: skip
    gained = Pair(
        student=cast.bella.sourced_id, guardian="guardian-new", student_key=cast.bella.key, guardian_key=None,
        student_name=cast.bella.name, guardian_name="Bruna Novak", before=None, after=Standing.ACTIVE, restricted=True,
        account=None,
    )  # fmt: skip
    return Foresight(
        pairs=[gained, lost], shifts=[], gains=1, losses=1, could_get_pin=1, associations_gain=0, associations_lose=1,
        restricted_students=1, complete=True,
    )  # fmt: skip
