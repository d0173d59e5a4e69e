"""What a person decides about a run that the brake holds: once, and by whoever is first.

A decision changes nothing in the mirror. It is about differences, known by their digest (`sync.rehearsal`): the next landing
that finds the same ones does as was decided, and one that finds others waits anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.district.restrictions import Reading, reading
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync.brake import Brake
from openhouse.sync.models import SyncRun

State = SyncRun.State
DECISION_HOLDS = timedelta(hours=24)
"""How long a decision holds: whoever looked yesterday has not seen today's calls to the school."""


class NotWaiting(Exception):
    """The run waits no more: somebody decided before, or a later run took its place. The text says which."""


def begin(*, run: SyncRun, by: Actor, at: datetime) -> None:
    """A run waits for a person from now on, in the place of all that waited before. Nothing of it is in the mirror."""
    with transaction.atomic():
        supersede(before=run, at=at)
        detail = {"run": run.pk, "brakes": [each["code"] for each in run.brakes]}
        record(event=Event.SYNC_WAITS, by=by, at=at, detail=detail)


def supersede(*, before: SyncRun, at: datetime) -> None:
    """Nobody can decide any more about runs that began before this one: what they would change is not what it was."""
    reason = f"Run {before.pk} took its place before anybody decided."
    earlier = SyncRun.objects.filter(state=State.WAITING, started_at__lt=before.started_at)
    earlier.update(state=State.SUPERSEDED, decided_at=at, reason=reason)


def accept(*, run: SyncRun, by: Actor, at: datetime) -> SyncRun:
    """Accept what a waiting run would change. The next landing with the same differences goes past the brake.

    Raises NotWaiting.
    """
    return _decide(run, State.ACCEPTED, Event.SYNC_ACCEPTED, by=by, at=at)


def throw_away(*, run: SyncRun, by: Actor, at: datetime, reason: str) -> SyncRun:
    """Throw away a waiting run. `reason` is for the console and stays out of the trail; the same differences wait anew.

    Raises NotWaiting.
    """
    return _decide(run, State.THROWN_AWAY, Event.SYNC_THROWN_AWAY, by=by, at=at, reason=reason)


def let_in(*, run: SyncRun, by: Actor, at: datetime) -> SyncRun:
    """Let in endings and new restrictions of a waiting run alone: the next landing with the same differences brings in no more.

    What is left waits as a run of its own, if the brake still holds it. Raises NotWaiting.
    """
    return _decide(run, State.LET_IN, Event.SYNC_LET_IN, by=by, at=at)


def _decide(run: SyncRun, state: SyncRun.State, event: Event, *, by: Actor, at: datetime, reason: str = "") -> SyncRun:
    with transaction.atomic():
        waiting = SyncRun.objects.filter(pk=run.pk, state=State.WAITING)
        first = waiting.update(state=state, decided_by=by.key, decided_at=at, reason=reason)
        run.refresh_from_db()
        if not first:
            raise NotWaiting(_why(run))
        detail = {"run": run.pk, "brakes": [each["code"] for each in run.brakes]}
        record(event=event, by=by, at=at, detail=detail)
    return run


def _why(run: SyncRun) -> str:
    if run.state == State.SUPERSEDED:
        return run.reason
    if run.decided_at is None:
        return f"This run does not wait: it is {run.get_state_display().lower()}."
    return f"Somebody decided before, at {run.decided_at:%Y-%m-%d %H:%M} UTC: {run.get_state_display().lower()}."


def decision(*, found: Sequence[Brake], differences: str, at: datetime) -> SyncRun | None:
    """The decision that holds for these differences: an accepted run, one of which endings are let in, or None (wait).

    Only the newest decision counts, for one landing, within DECISION_HOLDS, and only if the person saw every brake that holds now.
    """
    newest = _let_in(SyncRun.objects.filter(differences=differences), at)
    seen = {each["code"] for each in newest.brakes} if newest else set()
    return newest if {each.code for each in found} <= seen else None


def unfollowed(*, at: datetime) -> SyncRun | None:
    """The run of which somebody decided last that something comes in, while that holds and nothing landed since."""
    return _let_in(SyncRun.objects.all(), at)


def _let_in(runs: QuerySet[SyncRun], at: datetime) -> SyncRun | None:
    """Of these runs the one that was decided last, if it is to come in, that still holds, and no landing has used it."""
    decided = runs.filter(decided_at__gt=at - DECISION_HOLDS, decided_at__lte=at)
    newest = decided.exclude(state=State.SUPERSEDED).order_by("-decided_at", "-pk").first()
    if newest is None or newest.state not in (State.ACCEPTED, State.LET_IN):
        return None
    landed = SyncRun.objects.filter(state=State.LANDED, started_at__gte=newest.decided_at)
    return None if landed.exists() else newest


@dataclass(frozen=True)
class Pending:
    """What a waiting run keeps back that takes access away: for the alarm, and for whoever may let it in alone."""

    students: int
    guardianships: int
    enrolments: int
    restrictions: int


def pending(*, run: SyncRun, at: datetime) -> Pending:
    """How many endings and new restrictions wait with a run. Restrictions are counted among the differences kept, where those of
    restricted students come first.
    """
    policy, counts = values.at(at), run.report.get("entities", {})
    stated = run.would_change.filter(entity="guardianship").exclude(change="ended")
    restrictions = sum(
        _restricts(after, policy) and not (change == "changed" and _restricts(before, policy))
        for change, before, after in stated.values_list("change", "before", "after")
    )
    ended = {name: counts.get(name, {}).get("ended", 0) for name in ("student", "guardianship", "enrolment")}
    return Pending(ended["student"], ended["guardianship"], ended["enrolment"], restrictions)


def _restricts(facts: Mapping[str, str] | None, policy: Policy) -> bool:
    return facts is not None and reading(facts["restriction"], policy) is not Reading.NONE
