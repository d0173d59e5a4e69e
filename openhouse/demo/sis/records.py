"""A household's people as OneRoster 1.2 has them in JSON, made of the rows that the export would hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openhouse.demo import oneroster
from openhouse.demo.households import Household
from openhouse.demo.oneroster import HEADERS, Row
from openhouse.demo.schools import Schools

BASE = "/ims/oneroster/rostering/v1p2"
WORDS = {"true": True, "false": False}
FLAGS = ("legal", "livesWith", "emergencyContact")
FACTS = ("givenName", "familyName", "middleName", "identifier", "email", "phone", "enabledUser")
CHANGED = "2026-01-01T00:00:00.000Z"
"""Nobody asks this SIS for what changed."""

type Record = dict[str, Any]


def users(household: Household) -> dict[str, Record]:
    """Everybody of the household by sourcedId, with roles, links and (on a student's record) facts of each pair."""
    roles, pairs = (
        _rows("roles.csv", oneroster.roles(household)),
        _rows("guardianships.csv", oneroster.guardianships(household)),
    )
    rows = _rows("users.csv", oneroster.users(household)) + _employed(household)
    return {row["sourcedId"]: _user(row, roles, pairs) for row in rows}


def birth_date(household: Household, sourced_id: str) -> Record | None:
    """A student's birth date."""
    born = {each.sourced_id: each.birth_date for each in household.students}
    return _record(sourced_id, birthDate=born[sourced_id]) if born.get(sourced_id) else None


def org(schools: Schools, sourced_id: str) -> Record | None:
    """The district or one of its schools."""
    row = next((row for row in _rows("orgs.csv", oneroster.orgs(schools.all)) if row["sourcedId"] == sourced_id), None)
    facts = {name: row[name] for name in ("name", "type", "identifier")} if row else {}
    return _record(sourced_id, **facts, metadata=_metadata(row)) if row else None


def _rows(name: str, rows: Iterable[Row]) -> list[dict[str, str]]:
    header = HEADERS[name].split(",")
    return [dict(zip(header, map(str, row), strict=True)) for row in rows]


def _employed(household: Household) -> list[dict[str, str]]:
    """A guardian who works in the district: the household's rows leave them to the employees'."""
    return [
        {
            "sourcedId": each.sourced_id, "enabledUser": "true", "givenName": each.given, "familyName": each.family,
            "email": each.email,
            "agentSourcedIds": ",".join(bond.student.sourced_id for bond in household.guardianships if bond.guardian is each),
        }
        for each in household.guardians if each.employed
    ]  # fmt: skip


def _user(row: dict[str, str], roles: list[dict[str, str]], pairs: list[dict[str, str]]) -> Record:
    person = row["sourcedId"]
    metadata: Record = _metadata(row)
    if mine := [_pair(each) for each in pairs if each["studentSourcedId"] == person]:
        metadata["guardianships"] = mine
    return _record(
        person,
        **{name: row[name] for name in FACTS if row.get(name)},
        grades=[row["grades"]] if row.get("grades") else [],
        roles=[_role(each) for each in roles if each["userSourcedId"] == person],
        agents=[_reference("user", each) for each in row["agentSourcedIds"].split(",") if each],
        metadata=metadata,
    )


def _role(row: dict[str, str]) -> Record:
    kept = {name: row[name] for name in ("roleType", "role", "beginDate", "endDate") if row[name]}
    return kept | {"org": _reference("org", row["orgSourcedId"])}


def _pair(row: dict[str, str]) -> Record:
    found: Record = {name: text for name, text in row.items() if text and name != "studentSourcedId"}
    return found | {name: WORDS.get(row[name]) for name in FLAGS} | {"priority": int(row["priority"])}


def _metadata(row: dict[str, str]) -> dict[str, str]:
    return {name.removeprefix("metadata."): text for name, text in row.items() if name.startswith("metadata.") and text}


def _reference(kind: str, key: str) -> dict[str, str]:
    return {"href": f"{BASE}/{kind}s/{key}", "sourcedId": key, "type": kind}


def _record(sourced_id: str, **facts: Any) -> Record:
    return {"sourcedId": sourced_id, "status": "active", "dateLastModified": CHANGED} | facts
