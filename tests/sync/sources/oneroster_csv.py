"""The contract's district as OneRoster 1.1 and 1.2 CSV, and 1.1 without our guardianships.csv."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from openhouse.demo.oneroster import HEADERS
from openhouse.sync.sources import Source
from openhouse.sync.sources.oneroster_csv import open_package
from openhouse.sync.sources.oneroster_csv.manifest import DATA_FILES
from tests.sync.contract import PASSWORD, SOCIAL_SECURITY_NUMBER, WRITTEN, District, Rendering
from tests.sync.export import USERS_1_1
from tests.sync.sources.sheets import content

READ = ("orgs.csv", "users.csv", "roles.csv", "demographics.csv", "guardianships.csv")
FLAGS = {True: "true", False: "false", None: ""}
PAIRS_LACK = {
    "guardianship.relation": "parent", "guardianship.legal": None, "guardianship.lives_with": None,
    "guardianship.emergency_contact": None, "guardianship.priority": None, "guardianship.restriction": "",
}  # fmt: skip


def people(district: District) -> list[dict[str, str]]:
    """Rows of users.csv; one person stands once, whatever they are."""
    links = district.guardianships
    rows = []
    for student in district.students:
        agents = ",".join(pair.guardian for pair in links if pair.student == student.key)
        grade = next((it.grade for it in district.enrolments if it.student == student.key), "")
        rows.append(person(student, identifier=student.number, agentSourcedIds=agents, grades=grade))
    for guardian in district.guardians:
        own = [it for it in district.employees if it.key == guardian.key]
        address = {
            "email": guardian.email, "phone": guardian.phone, "sms": guardian.mobile,
            "metadata.addressStreet": guardian.street, "metadata.addressCity": guardian.city,
            "metadata.addressState": guardian.state, "metadata.addressPostalCode": guardian.postal_code,
        }  # fmt: skip
        rows.append(person(guardian, identifier=own[0].number if own else "", **address))
    for employee in district.employees:
        if not district.guardian_of(employee.key):
            rows.append(person(employee, identifier=employee.number, email=employee.email))
    return rows


def person(one, **cells: str) -> dict[str, str]:
    return {
        "sourcedId": one.key, "enabledUser": "true", "username": one.key, "givenName": one.given_name,
        "familyName": one.family_name, "password": PASSWORD, "ssn": SOCIAL_SECURITY_NUMBER,
        "metadata.homeLanguage": getattr(one, "home_language", ""),
    } | cells  # fmt: skip


def roles(district: District) -> list[dict[str, str]]:
    """Rows of roles.csv."""
    found = [(it.student, "student", it.school, it.begin_date) for it in district.enrolments]
    found += [(it.key, "parent", "district", "") for it in district.guardians]
    found += [(it.key, "teacher", it.school, "") for it in district.employees]
    return [
        {
            "sourcedId": f"{key} {word}", "userSourcedId": key, "roleType": "primary", "role": word, "beginDate": begin,
            "orgSourcedId": org,
        }
        for key, word, org, begin in found
    ]  # fmt: skip


def tables(district: District) -> dict[str, list[dict[str, str]]]:
    """All rows, by file."""
    return {
        "orgs.csv": [
            {"sourcedId": "district", "name": "The district", "type": "district"},
            *(
                {
                    "sourcedId": it.key, "name": it.name, "type": "school", "identifier": it.code,
                    "metadata.telephone": it.telephone,
                }
                for it in district.schools
            ),
        ],
        "users.csv": people(district),
        "roles.csv": roles(district),
        "demographics.csv": [{"sourcedId": it.key, "birthDate": it.birth_date} for it in district.students],
        "guardianships.csv": [
            {
                "studentSourcedId": it.student, "guardianSourcedId": it.guardian, "relation": it.relation,
                "legal": FLAGS[it.legal], "livesWith": FLAGS[it.lives_with],
                "emergencyContact": FLAGS[it.emergency_contact], "restriction": it.restriction,
                "priority": "" if it.priority is None else str(it.priority),
            }
            for it in district.guardianships
        ],
    }  # fmt: skip


def headers(version: str) -> dict[str, list[str]]:
    """By file; with a column for a social security number, which no export should have."""
    found = {name: header.split(",") for name, header in HEADERS.items() if name in READ}
    if version == "1.1":
        extensions = [column for column in found["users.csv"] if column.startswith("metadata.")]
        found["users.csv"] = [*USERS_1_1.split(","), *extensions]
        del found["roles.csv"]
    if "password" not in found["users.csv"]:
        found["users.csv"].append("password")
    found["users.csv"].append("ssn")
    return found


def into_users(rows: dict[str, list[dict[str, str]]]) -> None:
    """As 1.1 has it: the role stands in users.csv, so a person has one; who is a guardian and an employee stands twice."""
    said = rows.pop("roles.csv")
    for row in list(rows["users.csv"]):
        first, *others = [it for it in said if it["userSourcedId"] == row["sourcedId"]]
        row |= {"role": first["role"], "orgSourcedIds": first["orgSourcedId"]}
        for other in others:
            again = {
                "sourcedId": f"{row['sourcedId']}-staff",
                "role": other["role"],
                "orgSourcedIds": other["orgSourcedId"],
            }
            rows["users.csv"].append(row | again)


def write(district: District, folder: Path, version: str, *, pairs: bool) -> None:
    """Write the export into a folder."""
    rows, columns = tables(district), headers(version)
    if version == "1.1":
        into_users(rows)
    if not pairs:
        del columns["guardianships.csv"]
    modes = {name: "bulk" if f"{name}.csv" in columns else "absent" for name in DATA_FILES[version]}
    manifest = {"manifest.version": "1.0", "oneroster.version": version} | {
        f"file.{n}": mode for n, mode in modes.items()
    }
    lines = [{"propertyName": name, "value": value} for name, value in manifest.items()]
    put(folder, "manifest.csv", content(["propertyName", "value"], lines))
    for name, header in columns.items():
        put(folder, name, content(header, rows[name]))


def put(folder: Path, name: str, text: bytes) -> None:
    (folder / name).write_bytes(text)
    os.utime(folder / name, (WRITTEN.timestamp(), WRITTEN.timestamp()))


def rendering(name: str, version: str, *, pairs: bool, lacks: Mapping[str, object]) -> Rendering:
    """One variant of the form."""

    @contextmanager
    def rendered(district: District, folder: Path) -> Iterator[Source]:
        write(district, folder, version, pairs=pairs)
        yield open_package(folder)

    def ruined(folder: Path) -> object:
        write(District(), folder, version, pairs=pairs)
        text = (folder / "users.csv").read_bytes()
        (folder / "users.csv").write_bytes(text.partition(b"\r\n")[2])
        return open_package(folder)

    def ids(kind: str, key: str) -> str:
        return f"{key}-staff" if (version, kind, key) == ("1.1", "employee", "ana") else key

    return Rendering(
        name,
        "oneroster_csv",
        "docs/sis-sources.md",
        "What Open House reads from your SIS",
        rendered,
        ruined,
        lacks,
        ids,
    )


NO_DATES = {"enrolment.begin_date": None}
RENDERINGS = (
    rendering("OneRoster 1.2 CSV", "1.2", pairs=True, lacks={}),
    rendering("OneRoster 1.1 CSV", "1.1", pairs=True, lacks=NO_DATES),
    rendering("OneRoster 1.1 CSV, plain", "1.1", pairs=False, lacks=NO_DATES | PAIRS_LACK),
)
