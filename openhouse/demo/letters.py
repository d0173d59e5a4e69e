"""The demo's letters: live PINs to try, on every run, with siblings and a family of six children among them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Prefetch, QuerySet
from django.utils import timezone

from openhouse.access import pins, refusals
from openhouse.access.models import Given, Pin
from openhouse.demo.cast import Case
from openhouse.demo.opening import DEMO
from openhouse.district.models import Guardian, Guardianship

WANTED = 24
FIRST = (
    "ordinary",
    "two_homes",
    "grandparent",
    "foster",
    "no_email",
    "shared_email",
    "the_ended",
    "the_newly_restricted",
)
"""Cases that get letters first, after the siblings at three schools and the six children."""
FAMILIES = ("three_schools", "six_children")


def live(cast: dict[str, Case]) -> list[dict[str, Any]]:
    """At least 20 letters with live PINs: those given before that still live, and new ones where they were used or ran out."""
    letters: list[dict[str, Any]] = []
    for name in FAMILIES:
        letters += _family(cast, name)
    for guardianship in _others(cast):
        if len(letters) >= WANTED:
            break
        letters += _letter(guardianship)
    return letters


def _rows() -> QuerySet[Guardianship]:
    newest = Prefetch("pins", Pin.objects.order_by("-pk"), to_attr="newest_first")
    current = Guardianship.objects.filter(valid_until=None, legal=True, restriction="").prefetch_related(newest)
    return current.select_related("student", "guardian").order_by("student__pk", "pk")


def _candidates(cast: dict[str, Case], name: str) -> Iterator[str]:
    """Guardians of a family of the cast; for siblings at several schools also the population's."""
    yield from (guardian.sourced_id for guardian in cast[name].guardians)
    if name == "three_schools":
        many = Count("guardianships__student__enrolments__school", distinct=True)
        like = Guardian.objects.filter(valid_until=None).annotate(schools=many).filter(schools__gt=1)
        yield from like.order_by("pk").values_list("sourced_id", flat=True)[:200]


def _family(cast: dict[str, Case], name: str) -> list[dict[str, Any]]:
    """All students of the first guardian who used none of their PINs; where every one did, the cast's, made new."""
    families = (list(_rows().filter(guardian__sourced_id=guardian)) for guardian in _candidates(cast, name))
    untouched = (family for family in families if family and not any(map(_spent, family)))
    chosen = next(untouched, None) or list(_rows().filter(guardian__sourced_id=cast[name].guardian.sourced_id))
    return [letter for guardianship in chosen for letter in _letter(guardianship, renewing=True)]


def _others(cast: dict[str, Case]) -> Iterator[Guardianship]:
    """The cast's, then anybody's, whose PIN was not used: making a new one would ask whoever used it to enter it again."""
    named = [guardian.sourced_id for name in FIRST for guardian in cast[name].guardians]
    families = [guardian.sourced_id for name in FAMILIES for guardian in cast[name].guardians]
    yield from (row for row in _rows().filter(guardian__sourced_id__in=named) if not _spent(row))
    rest = _rows().exclude(guardian__sourced_id__in=[*named, *families])
    for start in range(0, 2000, 50):
        yield from (row for row in rest[start : start + 50] if not _spent(row))


def _spent(guardianship: Guardianship) -> bool:
    pin = next(iter(guardianship.newest_first), None)  # type: ignore[attr-defined]
    return pins.state(pin, timezone.now()) in (pins.State.USED, pins.State.LOCKED)


def _letter(guardianship: Guardianship, *, renewing: bool = False) -> list[dict[str, Any]]:
    """One letter, or none where the rules give no PIN. Expired PINs are made new, used ones only when asked to."""
    now = timezone.now()
    state = pins.state(pins.newest(guardianship), now)
    try:
        if state is pins.State.EXPIRED or (
            renewing and state is not pins.State.LIVE and state is not pins.State.NOT_GIVEN
        ):
            pins.renew(guardianship=guardianship, by=DEMO, at=now)
        _pin, code = pins.give(guardianship=guardianship, given=Given.LETTER, by=DEMO, at=now)
    except refusals.Refused:
        return []
    student, guardian = guardianship.student, guardianship.guardian
    enrolment = student.enrolments.filter(valid_until=None).select_related("school").first()
    return [
        {
            "guardian": guardian.name,
            "email": guardian.email or None,
            "student_number": student.number,
            "birth_date": student.birth_date.isoformat() if student.birth_date else None,
            "pin": code,
            "school_code": enrolment.school.code if enrolment else None,
        }
    ]
