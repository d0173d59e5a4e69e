"""What the differences of a rehearsed or waiting run mean for access: who would gain it, who would lose it.

`sync` keeps differences of facts (`sync.rehearsal`); here they become pairs of student and guardian, and associations whose
standing would change, by the one table of standings.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from openhouse.access import associations, decision, prospects
from openhouse.access.models import Association, Tie
from openhouse.access.prospects import Prospect
from openhouse.access.standing import Standing, standing
from openhouse.district.models import Guardian
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync.models import Difference, SyncRun


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


CHUNK = 500
"""Students who are looked at together."""
COUNTED = "access"
"""Where the numbers stand in a run's report."""
NUMBERS = (
    "gains", "losses", "could_get_pin", "associations_gain", "associations_lose", "restricted_students", "complete",
)  # fmt: skip
"""The fields of Foresight that count."""


def of(*, run: SyncRun, at: datetime, most: int = 500) -> Foresight:
    """What a run's differences would mean at that moment, for the accounts, ties and associations that there are then.

    Of a run that was counted (`count`) only the most urgent students are looked at, so that a page need not wait; its numbers are
    those of the count.
    """
    counted = run.report.get(COUNTED)
    touching = run.would_change.filter(entity__in=prospects.TOUCHING)
    students = touching.values("key").annotate(first=Min("pk")).order_by("first").values_list("key", flat=True)
    weighing = Weighing(values.at(at), at)
    for chunk in itertools.batched(students[: max(most, CHUNK)] if counted else students, CHUNK):
        weighing.add(touching.filter(key__in=chunk), list(chunk))
    found = weighing.found(most, complete=_complete(run))
    names = _guardians(run, {each.guardian for each in found.pairs})
    pairs = [replace(each, guardian_name=names.get(each.guardian, "")) for each in found.pairs]
    return replace(found, pairs=pairs, **(counted or {}))


def count(*, run: SyncRun, at: datetime) -> Foresight:
    """Weigh all that a run kept, and note the numbers in its report: whoever rehearses a run, or finds it waiting, does so once."""
    found = of(run=run, at=at, most=0)
    run.report[COUNTED] = {name: getattr(found, name) for name in NUMBERS}
    run.save(update_fields=["report"])
    return found


class Weighing:
    """Gains and losses, added up chunk by chunk."""

    def __init__(self, policy: Policy, at: datetime) -> None:
        self.policy, self.at, self.on = policy, at, timezone.localdate(at)
        self.pairs: list[Pair] = []
        self.shifts: list[tuple[bool, Shift]] = []
        self.restricted = 0

    def add(self, differences: Iterable[Difference], students: list[str]) -> None:
        """Weigh the differences of some students."""
        weighed = {each.student: each for each in prospects.of(differences, students)}
        guardians = {guardian for each in weighed.values() for guardian in each.guardians}
        rows = Guardian.objects.filter(sourced_id__in=guardians).values_list("sourced_id", "key")
        keys = dict(rows)
        ties = Tie.objects.filter(guardian__sourced_id__in=guardians, valid_until=None)
        accounts = dict(ties.values_list("guardian__sourced_id", "account__key"))
        for each in weighed.values():
            restricted = self._is_restricted(each)
            self.restricted += restricted
            for guardian in each.guardians:
                self._add_pair(each, guardian, keys.get(guardian), accounts.get(guardian), restricted)
        self._add_associations(weighed)

    def found(self, most: int, *, complete: bool) -> Foresight:
        """All that was added up."""
        pairs = sorted(self.pairs, key=lambda each: (not each.restricted, not each.gains, each.student, each.guardian))
        shifts = sorted(self.shifts, key=lambda each: (not each[0], not each[1].after.lets_in, each[1].student_name))
        gained = [each for each in self.pairs if each.gains]
        let_in = [(each.before.lets_in, each.after.lets_in) for _restricted, each in self.shifts]
        return Foresight(
            pairs=pairs[:most],
            shifts=[each for _restricted, each in shifts[:most]],
            gains=len(gained),
            losses=len(self.pairs) - len(gained),
            could_get_pin=sum(each.account is None for each in gained),
            associations_gain=let_in.count((False, True)),
            associations_lose=let_in.count((True, False)),
            restricted_students=self.restricted,
            complete=complete,
        )

    def _is_restricted(self, prospect: Prospect) -> bool:
        return prospect.before.is_restricted(self.policy) or prospect.after.is_restricted(self.policy)

    def _add_pair(
        self, prospect: Prospect, guardian: str, key: UUID | None, account: UUID | None, restricted: bool
    ) -> None:
        before, after = (
            standing(side.facts([guardian], self.policy, self.on)) if guardian in side.pairs else None
            for side in (prospect.before, prospect.after)
        )
        if _lets_in(before) != _lets_in(after):
            self.pairs.append(
                Pair(
                    prospect.student, guardian, prospect.key, key, prospect.name, "", before, after, restricted, account
                )
            )

    def _add_associations(self, weighed: Mapping[str, Prospect]) -> None:
        current = Association.objects.filter(associations.active(self.at), valid_until=None)
        rows = current.filter(student__sourced_id__in=weighed).select_related("account", "student")
        tied = defaultdict(set)
        ties = Tie.objects.filter(account__in=rows.order_by().values("account"), valid_until=None)
        for account, guardian in ties.values_list("account_id", "guardian__sourced_id"):
            tied[account].add(guardian)
        for row in rows:
            prospect = weighed[row.student.sourced_id]
            before, after = (
                standing(side.facts(tied[row.account_id], self.policy, self.on, **decision.own_facts(row, self.at)))
                for side in (prospect.before, prospect.after)
            )
            if before != after:
                shift = Shift(row.key, row.account.key, row.student.key, prospect.name, before, after)
                self.shifts.append((self._is_restricted(prospect), shift))


def _lets_in(found: Standing | None) -> bool:
    return found is not None and found.lets_in


def _complete(run: SyncRun) -> bool:
    counts, kept = run.report.get("entities", {}), run.report.get("kept", {})
    totals = {name: sum(counts.get(name, {}).get(change, 0) for change in ("new", "changed", "ended")) for name in kept}
    return all(totals[name] <= kept[name] for name in prospects.TOUCHING if name in kept)


def _guardians(run: SyncRun, guardians: set[str]) -> dict[str, str]:
    """Guardians' names by sourcedId; of those who are new, as the run has them."""
    new = run.would_change.filter(entity="guardian", change="new", key__in=guardians)
    names = {each.key: prospects.name_of(each.after) for each in new if each.after}
    return names | {each.sourced_id: each.name for each in Guardian.objects.filter(sourced_id__in=guardians)}
