"""Roles as a page shows them: each grant or request with the words for its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from openhouse.pages.staff.tabs import Words
from openhouse.roles import deciding
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.roles import MAY, WHAT_FOR, Permission, Role


@dataclass(frozen=True)
class Placed[Row: (Grant, RoleRequest)]:
    """A grant or a request, and where: a school's name, a region, or the whole district."""

    row: Row
    place: str


@dataclass(frozen=True)
class Described:
    """A role in words: what it is for, and each thing that it may do."""

    name: Words
    what_for: Words
    may: list[Words]


def placed[Row: (Grant, RoleRequest)](rows: Iterable[Row]) -> list[Placed[Row]]:
    """The rows with their places. The schools' names are asked for once."""
    listed = list(rows)
    codes = {each.school_code for each in listed} - {""}
    names = deciding.school_names(codes) if codes else {}
    return [Placed(each, _place(each, names)) for each in listed]


def _place(row: Grant | RoleRequest, names: dict[str, str]) -> str:
    if row.school_code:
        return names.get(row.school_code, _("School code %(code)s") % {"code": row.school_code})
    return _("Region %(name)s") % {"name": row.region} if row.region else _("The whole district")


def described() -> list[Described]:
    """Every role in words."""
    return [Described(role.label, WHAT_FOR[role], [p.label for p in Permission if p in MAY[role]]) for role in Role]
