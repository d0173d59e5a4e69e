"""The contract's district as School Data Sync 2.1 CSV."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openhouse.sync.sources import Source
from openhouse.sync.sources.sds_csv import open_sds
from openhouse.sync.sources.sds_csv.layouts import LAYOUTS
from tests.sync.contract import PASSWORD, SOCIAL_SECURITY_NUMBER, WRITTEN, District, Rendering
from tests.sync.sources.sheets import content


def user(one, **cells: str) -> dict[str, str]:
    return {
        "sourcedId": one.key, "username": f"{one.key}@district.example", "givenName": one.given_name,
        "familyName": one.family_name, "password": PASSWORD, "ssn": SOCIAL_SECURITY_NUMBER,
    } | cells  # fmt: skip


def tables(district: District) -> dict[str, list[dict[str, str]]]:
    """All rows, by file. Whoever is no student and no employee stands in relationships.csv alone."""
    staff = [it for it in district.employees if not district.guardian_of(it.key)]
    return {
        "orgs.csv": [
            {"sourcedId": "district", "name": "The district", "type": "district"},
            *({"sourcedId": it.key, "name": it.name, "type": "school"} for it in district.schools),
        ],
        "users.csv": [
            *(user(it) for it in district.students),
            *(user(it, email=it.email, phone=it.phone, sms=it.mobile) for it in district.guardians),
            *(user(it, email=it.email) for it in staff),
        ],
        "roles.csv": [
            *(
                {
                    "userSourcedId": it.student, "orgSourcedId": it.school, "role": "student", "grade": it.grade,
                    "isPrimary": "true", "roleStartDate": it.begin_date,
                }
                for it in district.enrolments
            ),
            *({"userSourcedId": it.key, "orgSourcedId": it.school, "role": "teacher"} for it in district.employees),
        ],
        "demographics.csv": [{"userSourcedId": it.key, "birthDate": it.birth_date} for it in district.students],
        "relationships.csv": [
            {"userSourcedId": it.student, "relationshipUserSourcedId": it.guardian, "relationshipRole": "parent"}
            for it in district.guardianships
        ],
    }  # fmt: skip


def write(district: District, folder: Path) -> Path:
    """Write the export into a folder."""
    for name, rows in tables(district).items():
        (header,) = LAYOUTS[name].variants
        columns = [*header, "ssn"] if name == "users.csv" else header
        (folder / name).write_bytes(content(columns, rows))
        os.utime(folder / name, (WRITTEN.timestamp(), WRITTEN.timestamp()))
    return folder


@contextmanager
def rendered(district: District, folder: Path) -> Iterator[Source]:
    """The district, opened."""
    yield open_sds(write(district, folder))


def ruined(folder: Path) -> object:
    """An export whose users.csv lost its header."""
    users = write(District(), folder) / "users.csv"
    users.write_bytes(users.read_bytes().partition(b"\r\n")[2])
    return open_sds(folder)


LACKS = {
    "school.code": lambda it: it.key,
    "school.telephone": "",
    "student.number": lambda it: it.key,
    "employee.number": lambda it: it.key,
    "student.home_language": "",
    "guardianship.relation": "parent",
    **dict.fromkeys(("guardian.street", "guardian.city", "guardian.state", "guardian.postal_code"), ""),
    "guardian.home_language": "",
    **dict.fromkeys(
        ("guardianship.legal", "guardianship.lives_with", "guardianship.emergency_contact", "guardianship.priority")
    ),
    "guardianship.restriction": "",
}
RENDERINGS = (
    Rendering(
        "School Data Sync 2.1 CSV", "sds_csv", "docs/sources/sds.md", "School Data Sync", rendered, ruined, LACKS
    ),
)
