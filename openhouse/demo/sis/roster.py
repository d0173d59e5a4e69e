"""What a lookup asks of OneRoster over REST: a student by number, and single users, birth dates and orgs by their ids."""

from __future__ import annotations

import re
from typing import Any

from openhouse.demo.households import Household
from openhouse.demo.sis import records
from openhouse.demo.sis.records import Record
from openhouse.demo.sis.register import Register

_FILTER = re.compile(r"identifier='((?:[^']|'')*)'")


def answer(register: Register, path: str, clause: str) -> dict[str, Any] | None:
    """The JSON for a path under the service's address, with the filter that was asked for; None where nothing is there."""
    kind, _slash, key = path.partition("/")
    if kind == "students" and not key:
        return {"users": _students(register, clause)}
    household = register.of_person(key) if kind in ("users", "demographics") else None
    match kind, household:
        case "orgs", _:
            found, name = records.org(register.schools, key), "org"
        case "users", Household():
            found, name = records.users(household).get(key), "user"
        case "demographics", Household():
            found, name = records.birth_date(household, key), "demographics"
        case _:
            return None
    return {name: found} if found else None


def _students(register: Register, clause: str) -> list[Record]:
    asked = _FILTER.fullmatch(clause)
    number = asked.group(1).replace("''", "'") if asked else ""
    household = register.of_student(number)
    found = records.users(household).values() if household else ()
    return [each for each in found if each.get("identifier") == number]
