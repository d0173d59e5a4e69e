"""Guardianships in lists: which of them are legal, their PIN's state, and when the guardian registered.

The queryset twins of `restrictions.is_legal` with `in_effect`, and of `pins.state`; tests hold each pair equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from openhouse.access.models import Association, Pin, PinEnd, Tie
from openhouse.access.pins import WRONG_TRIES, State
from openhouse.district.models import Guardianship
from openhouse.district.restrictions import is_legal_relation
from openhouse.policy.values import Policy


def legal(on: date, relations: Iterable[str]) -> Q:
    """Those that are legal on that day: flagged so, or left blank with one of these relations."""
    flagged = Q(legal=True) | Q(legal=None, relation__in=relations)
    begun = Q(begin_date=None) | Q(begin_date__lte=on)
    return flagged & begun & (Q(end_date=None) | Q(end_date__gt=on))


def legal_relations(rows: QuerySet[Guardianship], policy: Policy) -> list[str]:
    """The relations among the rows that policy calls legal where the flag is blank. By default there are none to ask for."""
    if policy.blank_legal_flag != "legal_for_relations":
        return []
    stated = rows.filter(legal=None).order_by().values_list("relation", flat=True).distinct()
    return [relation for relation in stated if is_legal_relation(relation, policy)]


def with_pin(rows: QuerySet[Guardianship], *, at: datetime) -> QuerySet[Guardianship]:
    """Annotated with `pin_state`, a `pins.State`, and `pin_used_at`, both of the newest PIN."""
    newest = Pin.objects.filter(guardianship=OuterRef("pk")).order_by("-pk")
    state = Case(
        When(end=PinEnd.USED, then=Value(State.USED)),
        When(Q(end=PinEnd.LOCKED) | Q(wrong_tries__gte=WRONG_TRIES), then=Value(State.LOCKED)),
        When(~Q(end="") | Q(expires_at__lte=at), then=Value(State.EXPIRED)),
        default=Value(State.LIVE),
        output_field=CharField(),
    )
    used_at = Case(When(end=PinEnd.USED, then=F("ended_at")))
    return rows.annotate(
        pin_state=Coalesce(Subquery(newest.annotate(state=state).values("state")[:1]), Value(State.NOT_GIVEN)),
        pin_used_at=Subquery(newest.annotate(used_at=used_at).values("used_at")[:1]),
    )


def registrations() -> QuerySet[Any, Any]:
    """For a Subquery over guardianships: `first`, when the account tied to the guardian first had the student.

    There is a row only where that account's association with the student is current; its standing does not matter here.
    """
    tied = Tie.objects.filter(guardian=OuterRef(OuterRef("guardian")), valid_until=None).values("account")
    held = Association.objects.filter(student=OuterRef("student"), account__in=tied)
    current = Count("pk", filter=Q(valid_until=None))
    return held.values("student").annotate(first=Min("valid_from"), current=current).filter(current__gt=0)
