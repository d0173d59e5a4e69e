"""Guardianships with the newest PIN of each, in one question."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from openhouse.access.models import Pin
from openhouse.district.models import Guardianship

COLUMNS = ("id", "made_at", "expires_at", "ended_at", "end", "wrong_tries", "given")
"""All but the code."""


def with_pin(rows: QuerySet[Guardianship]) -> QuerySet[Guardianship]:
    """The same rows, each with what `pin_of` reads."""
    newest = Pin.objects.filter(guardianship=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    joined = rows.filter(Q(pins__isnull=True) | Q(pins__pk=Subquery(newest)))
    return joined.annotate(**{f"pin_{column}": F(f"pins__{column}") for column in COLUMNS})


def pin_of(guardianship: Guardianship) -> Pin | None:
    """The newest PIN of a guardianship out of `with_pin`, of whatever state, without its code."""
    told = {column: getattr(guardianship, f"pin_{column}") for column in COLUMNS}
    return Pin(guardianship=guardianship, **told) if told["id"] else None
