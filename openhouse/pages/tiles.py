"""Icon tiles on a student's home page: the portal's own resource areas that have data, and the district's links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from openhouse.district.models import Enrolment
from openhouse.policy.values import Policy

ICONS = frozenset(
    {
        "book",
        "bus",
        "calendar",
        "cap",
        "card",
        "chart",
        "clipboard",
        "clock",
        "computer",
        "globe",
        "health",
        "help",
        "link",
        "mail",
        "meal",
        "money",
        "music",
        "pencil",
        "people",
        "person",
        "phone",
        "school",
        "sport",
        "star",
        "tree",
    }
)
"""The icons of static/img/icons.svg that a district may name for a tile. Any other name shows as a link."""


@dataclass(frozen=True)
class Tile:
    """One of the district's own tiles: its name in the reader's language, an icon's name, an https address."""

    name: str
    icon: str
    address: str


def of(enrolments: Iterable[Enrolment], policy: Policy, language: str) -> list[Tile]:
    """The district's tiles that are meant for one of these enrolments' schools and grades (none named: for all)."""
    places = [(each.school.code, each.grade) for each in enrolments]
    return [
        drawn(tile, language)
        for tile in policy.link_tiles
        if any(_fits(tile["school_codes"], code) and _fits(tile["grades"], grade) for code, grade in places)
    ]


def drawn(tile: Mapping[str, Any], language: str) -> Tile:
    """One of policy's tiles as a reader of that language sees it."""
    name = tile["name"].get(language, tile["name"]["en"])
    return Tile(name, tile["icon"] if tile["icon"] in ICONS else "link", tile["address"])


def _fits(meant: list[str], found: str) -> bool:
    return not meant or found in meant
