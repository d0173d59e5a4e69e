"""A made-up district is whole: the same every time, in the standard's form, every reference resolved."""

import re
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from openhouse.demo import district
from openhouse.demo.district import DistrictPlan, Made, PlanRefused

type Sheets = dict[str, list[dict[str, str]]]

USERS_1_2_1 = (
    "sourcedId,status,dateLastModified,enabledUser,username,userIds,givenName,familyName,middleName,identifier,email,"
    "sms,phone,agentSourcedIds,grades,password,userMasterIdentifier,preferredGivenName,preferredMiddleName,"
    "preferredFamilyName,primaryOrgSourcedId,pronouns,metadata.addressStreet,metadata.addressCity,"
    "metadata.addressState,metadata.addressPostalCode,metadata.homeLanguage,metadata.eligibleGround"
)

STAFF = ("principal", "siteAdministrator", "aide", "teacher", "districtAdministrator", "systemAdministrator")


def header_of(made: Made, name: str) -> str:
    with zipfile.ZipFile(made.path) as archive:
        return archive.read(name).decode().splitlines()[0]


def ids(rows: list[dict[str, str]], column: str = "sourcedId") -> list[str]:
    return [row[column] for row in rows]


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, made: Made, plan: DistrictPlan) -> None:
    again = district.write(tmp_path / "again.zip", plan=plan)
    assert again.path.read_bytes() == made.path.read_bytes()


@pytest.mark.parametrize("other", [{"seed": 8}, {"on": date(2026, 11, 21)}, {"night": 2}, {"students": 2001}])
def test_another_plan_gives_another_district(
    tmp_path: Path, made: Made, plan: DistrictPlan, other: dict[str, Any]
) -> None:
    another = district.write(tmp_path / "other.zip", plan=replace(plan, **other))
    assert another.path.read_bytes() != made.path.read_bytes()


def test_nothing_but_the_zip_is_left_behind(tmp_path: Path) -> None:
    district.write(tmp_path / "small.zip", plan=DistrictPlan(students=40, seed=1, on=date(2026, 2, 28)))
    assert [path.name for path in tmp_path.iterdir()] == ["small.zip"]


def test_the_zip_bears_no_time_of_its_making(made: Made) -> None:
    with zipfile.ZipFile(made.path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_users_follow_the_header_of_binding_1_2_1(made: Made) -> None:
    assert header_of(made, "users.csv") == USERS_1_2_1


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("manifest.csv", "propertyName,value"),
        (
            "orgs.csv",
            "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId,metadata.principal,"
            "metadata.telephone,metadata.fax,metadata.website,metadata.boardMember,metadata.localDistrict",
        ),
        (
            "academicSessions.csv",
            "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
        ),
        (
            "roles.csv",
            "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId,"
            "userProfileSourcedId",
        ),
        (
            "demographics.csv",
            "sourcedId,status,dateLastModified,birthDate,sex,americanIndianOrAlaskaNative,asian,"
            "blackOrAfricanAmerican,nativeHawaiianOrOtherPacificIslander,white,demographicRaceTwoOrMoreRaces,"
            "hispanicOrLatinoEthnicity,countryOfBirthCode,stateOfBirthAbbreviation,cityOfBirth,"
            "publicSchoolResidenceStatus",
        ),
        (
            "guardianships.csv",
            "studentSourcedId,guardianSourcedId,relation,legal,livesWith,emergencyContact,priority,restriction,"
            "beginDate,endDate",
        ),
    ],
)
def test_each_header_is_exact(made: Made, name: str, header: str) -> None:
    assert header_of(made, name) == header


def test_the_manifest_names_all_standard_files(sheets: Sheets) -> None:
    values = {row["propertyName"]: row["value"] for row in sheets["manifest.csv"]}
    files = {name: mode for name, mode in values.items() if name.startswith("file.")}
    bulk = {f"{name.removeprefix('file.')}.csv" for name, mode in files.items() if mode == "bulk"}
    assert (values["manifest.version"], values["oneroster.version"], len(files)) == ("1.0", "1.2", 21)
    assert bulk == set(sheets) - {"manifest.csv", "guardianships.csv"}


def test_every_row_has_as_many_fields_as_its_header(sheets: Sheets, next_sheets: Sheets) -> None:
    for rows in (*sheets.values(), *next_sheets.values()):
        assert rows
        assert all(None not in row and None not in row.values() for row in rows)


def test_bulk_rows_carry_neither_status_nor_date(sheets: Sheets) -> None:
    standard = [rows for name, rows in sheets.items() if name not in ("manifest.csv", "guardianships.csv")]
    assert {row["status"] + row["dateLastModified"] for rows in standard for row in rows} == {""}


def test_counts_are_those_of_the_files(made: Made, sheets: Sheets, plan: DistrictPlan) -> None:
    roles = [row["role"] for row in sheets["roles.csv"]]
    assert made.rows == {name: len(rows) for name, rows in sheets.items()}
    assert made.students == plan.students == len(sheets["demographics.csv"])
    assert made.guardians == sum(role in ("parent", "guardian", "relative") for role in roles)
    assert made.employees == len({row["userSourcedId"] for row in sheets["roles.csv"] if row["role"] in STAFF})


@pytest.mark.parametrize("night", ["sheets", "next_sheets"])
def test_every_reference_resolves(request: pytest.FixtureRequest, night: str) -> None:
    s: Sheets = request.getfixturevalue(night)
    users, orgs = set(ids(s["users.csv"])), set(ids(s["orgs.csv"]))
    agents = {agent for row in s["users.csv"] for agent in row["agentSourcedIds"].split(",") if agent}
    assert agents <= users
    assert {row["parentSourcedId"] for row in s["orgs.csv"]} - {""} <= orgs
    assert {row["userSourcedId"] for row in s["roles.csv"]} == users
    assert {row["orgSourcedId"] for row in s["roles.csv"]} <= orgs
    assert set(ids(s["demographics.csv"])) <= users
    assert set(ids(s["guardianships.csv"], "studentSourcedId")) <= set(ids(s["demographics.csv"]))
    assert set(ids(s["guardianships.csv"], "guardianSourcedId")) <= users


@pytest.mark.parametrize("night", ["sheets", "next_sheets"])
def test_nothing_stands_twice(request: pytest.FixtureRequest, night: str) -> None:
    s: Sheets = request.getfixturevalue(night)
    for name in ("orgs.csv", "academicSessions.csv", "users.csv", "roles.csv", "demographics.csv"):
        assert len(set(ids(s[name]))) == len(s[name])
    pairs = [(row["studentSourcedId"], row["guardianSourcedId"]) for row in s["guardianships.csv"]]
    identifiers = [row["identifier"] for row in s["users.csv"] if row["identifier"]]
    primary = [(r["userSourcedId"], r["orgSourcedId"]) for r in s["roles.csv"] if r["roleType"] == "primary"]
    for things in (pairs, identifiers, primary, ids(s["orgs.csv"], "identifier")):
        assert len(set(things)) == len(things)


def test_a_primary_org_is_one_where_the_person_has_a_role(sheets: Sheets) -> None:
    roles = {(row["userSourcedId"], row["orgSourcedId"]) for row in sheets["roles.csv"]}
    assert {(row["sourcedId"], row["primaryOrgSourcedId"]) for row in sheets["users.csv"]} <= roles


def test_links_stand_on_both_sides(sheets: Sheets) -> None:
    links = {(row["sourcedId"], a) for row in sheets["users.csv"] for a in row["agentSourcedIds"].split(",") if a}
    assert links == {(agent, user) for user, agent in links}
    pairs = {(row["studentSourcedId"], row["guardianSourcedId"]) for row in sheets["guardianships.csv"]}
    assert pairs <= links
    assert len(links) == 2 * len(pairs)


def test_student_ids_and_school_codes_look_like_the_districts(sheets: Sheets) -> None:
    students = set(ids(sheets["demographics.csv"]))
    numbers = [row["identifier"] for row in sheets["users.csv"] if row["sourcedId"] in students]
    codes = [row["identifier"] for row in sheets["orgs.csv"] if row["type"] == "school"]
    assert all(re.fullmatch(r"\d{6}[A-Z]\d{3}", number) for number in numbers)
    assert all(re.fullmatch(r"\d{4}", code) for code in codes)
    assert numbers != sorted(numbers)


def test_nobody_can_be_reached_by_mail_or_telephone(sheets: Sheets) -> None:
    domains = {row["email"].partition("@")[2] for row in sheets["users.csv"] if row["email"]}
    phones = [row["phone"] for row in sheets["users.csv"] if row["phone"]]
    assert domains == {"families.example", "district.example"}
    assert all(re.fullmatch(r"\d{3}-555-01\d\d", phone) for phone in phones)


def test_memory_does_not_grow_with_the_district(tmp_path: Path, made: Made) -> None:
    """Ten times the students, whose rows alone take 6 MB as text: less than 1 MB more."""
    assert peak(tmp_path, 8000) < peak(tmp_path, 800) + 1_000_000


def peak(folder: Path, students: int) -> int:
    """Bytes of Python objects at the highest point while a district of so many students is written."""
    tracemalloc.start()
    district.write(folder / "peak.zip", plan=DistrictPlan(students, 7, date(2026, 11, 20), schools=8))
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest


@pytest.mark.parametrize("wrong", [{"students": 39}, {"students": 9_000_000}, {"night": 0}, {"schools": 2}])
def test_an_impossible_plan_is_refused(plan: DistrictPlan, wrong: dict[str, Any]) -> None:
    with pytest.raises(PlanRefused):
        replace(plan, **wrong)


def test_schools_grow_with_the_district(plan: DistrictPlan) -> None:
    sizes = {students: replace(plan, students=students).school_count for students in (40, 2000, 100_000, 600_000)}
    assert sizes == {40: 8, 2000: 8, 100_000: 130, 600_000: 779}
