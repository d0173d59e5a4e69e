"""The one answer to the one question: may this account see this student at this moment?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from openhouse.access.models import Association, Way
from openhouse.access.standing import Facts, Standing, grace_end, standing
from openhouse.accounts import activity
from openhouse.accounts.models import Account
from openhouse.district import moments
from openhouse.district.models import Guardianship, Student
from openhouse.policy import values


@dataclass(frozen=True)
class Decision:
    """Yes or no, the standing that decided (None: no association at all), and the facts it rests on."""

    allowed: bool
    standing: Standing | None
    association: Association | None
    facts: Facts | None

    @property
    def days_left(self) -> int | None:
        """How many days of grace are left, within grace."""
        if self.standing is not Standing.GRACE or self.facts is None or self.facts.imported_on is None:
            return None
        return (grace_end(self.facts.policy, self.facts.imported_on) - self.facts.on).days


def held_at[Row: Model](rows: QuerySet[Row], at: datetime) -> QuerySet[Row]:
    """Those rows that were valid at that moment."""
    return rows.filter(valid_from__lte=at).filter(Q(valid_until=None) | Q(valid_until__gt=at))


def decide(*, account: Account, student: Student, at: datetime) -> Decision:
    """Decide from facts alone; nothing is stored, so nothing can be stale. See `access.decide`."""
    association = held_at(Association.objects.filter(account=account, student=student), at).first()
    if association is None:
        return Decision(allowed=False, standing=None, association=None, facts=None)
    facts = gather(association=association, account=account, student=student, at=at)
    found = standing(facts)
    return Decision(allowed=found.lets_in, standing=found, association=association, facts=facts)


def gather(*, association: Association, account: Account, student: Student, at: datetime) -> Facts:
    """The facts of one association as they were known at that moment."""
    tied = held_at(account.ties.all(), at).values("guardian")
    guardianships = Guardianship.objects.filter(student=student, guardian__in=tied)
    known = moments.version(student, at)
    return Facts(
        on=timezone.localdate(at),
        policy=values.at(at),
        account_active=activity.was_active(account, at),
        guardianships=moments.versions(guardianships, at),
        enrolments=moments.versions(student.enrolments.all(), at) if known else (),
        birth_date=known.birth_date if known else None,
        eligible_ground=known.eligible_ground if known else "",
        **own_facts(association, at),
    )


class OwnFacts(TypedDict):
    """The facts that are the association's own, and not the SIS's."""

    imported_on: date | None
    revalidate: bool


def own_facts(association: Association, at: datetime) -> OwnFacts:
    """Whether and when it was imported, and whether a new PIN is asked for."""
    return {
        "imported_on": timezone.localdate(association.valid_from) if association.way == Way.IMPORTED else None,
        "revalidate": association.revalidate_since is not None and association.revalidate_since <= at,
    }
