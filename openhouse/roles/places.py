"""Where a role is held: at one school, in a region (what the SIS calls the schools' local district), or in the whole district."""

from __future__ import annotations

from dataclasses import dataclass

from openhouse.district.models import School
from openhouse.roles import refusals
from openhouse.roles.roles import HELD, Reach, Role


@dataclass(frozen=True)
class Place:
    """A school code, a region, or (both blank) the whole district; never two of them."""

    school_code: str = ""
    region: str = ""

    def __post_init__(self) -> None:
        if self.school_code and self.region:
            raise ValueError("a place is a school or a region, not both")

    @property
    def reach(self) -> Reach:
        """How far it goes."""
        if self.school_code:
            return Reach.SCHOOL
        return Reach.REGION if self.region else Reach.DISTRICT


def refuse_unfit(role: Role, place: Place) -> None:
    """Raises Misplaced where the role is not held so far, NoSuchPlace where the SIS names no such school or region."""
    if place.reach not in HELD[role]:
        raise refusals.Misplaced(role)
    known = School.objects.filter(valid_until=None)
    if place.school_code and not known.filter(code=place.school_code).exists():
        raise refusals.NoSuchPlace(place.school_code)
    if place.region and not known.filter(local_district=place.region).exists():
        raise refusals.NoSuchPlace(place.region)


def regions() -> list[str]:
    """All regions that the SIS names."""
    named = School.objects.filter(valid_until=None).exclude(local_district="")
    return list(named.order_by("local_district").values_list("local_district", flat=True).distinct())
