"""The families of a made-up district look like those of a large Californian one."""

from collections import Counter
from datetime import date

import pytest

from openhouse.demo import families, names
from openhouse.demo.district import DistrictPlan
from openhouse.demo.schools import GRADES, Schools, survey

type Sheets = dict[str, list[dict[str, str]]]


@pytest.fixture(scope="module")
def schools(plan: DistrictPlan) -> Schools:
    return survey(plan)


def students_of(sheets: Sheets) -> list[dict[str, str]]:
    born = {row["sourcedId"]: row["birthDate"] for row in sheets["demographics.csv"]}
    return [row | {"born": born[row["sourcedId"]]} for row in sheets["users.csv"] if row["sourcedId"] in born]


def test_a_family_can_be_made_again_from_its_number(plan: DistrictPlan, schools: Schools) -> None:
    first = families.household(plan, schools, 4321)
    families.household(plan, schools, 4322)
    assert families.household(plan, schools, 4321) == first


def test_the_shares_of_all_heritages_come_to_a_thousand() -> None:
    assert len(names.BY_SHARE) == 1000
    assert all(len(heritage.languages_by_share) == 100 for heritage in names.HERITAGES)


@pytest.mark.parametrize(("tag", "low", "high"), [("es", 0.41, 0.49), ("en", 0.38, 0.47), ("hy", 0.01, 0.035)])
def test_home_languages_are_those_of_the_district(sheets: Sheets, tag: str, low: float, high: float) -> None:
    languages = Counter(row["metadata.homeLanguage"] for row in students_of(sheets))
    assert low < languages[tag] / languages.total() < high


def test_rarer_home_languages_are_spoken_too(sheets: Sheets) -> None:
    languages = {row["metadata.homeLanguage"] for row in students_of(sheets)}
    assert languages >= {"ko", "zh-Hans", "zh-Hant", "tl", "vi", "fa", "ar", "ru"}


def test_birth_dates_fit_grades(sheets: Sheets) -> None:
    for row in students_of(sheets):
        if row["born"] and not row["sourcedId"].startswith(("student-16-", "student-17-")):
            september = date(2026 - 4 - GRADES.index(row["grades"]), 9, 1)
            assert 0 <= (september - date.fromisoformat(row["born"])).days < 366


def test_grades_are_taught_at_the_students_school(plan: DistrictPlan, schools: Schools) -> None:
    for number in range(1000, 1200):
        for student in families.household(plan, schools, number).students:
            first, last = {"elementary": (0, 6), "middle": (7, 9), "high": (10, 13)}[student.school.level]
            assert first <= student.grade <= last


def test_guardians_and_guardianships_come_in_realistic_numbers(sheets: Sheets) -> None:
    guardians = [row for row in sheets["users.csv"] if row["sourcedId"].startswith("guardian-")]
    assert 1.4 < len(guardians) / 2000 < 1.7
    assert 1.75 < len(sheets["guardianships.csv"]) / 2000 < 1.95
    assert 0.65 < sum(bool(row["email"]) for row in guardians) / len(guardians) < 0.75


def test_oddities_are_rare_but_there(sheets: Sheets) -> None:
    rows = sheets["guardianships.csv"]
    restricted, blank = sum(bool(r["restriction"]) for r in rows), sum(not r["legal"] for r in rows)
    assert 0.001 < restricted / len(rows) < 0.01
    assert 0.005 < blank / len(rows) < 0.03


def test_every_school_has_its_staff_and_facts(sheets: Sheets) -> None:
    roles = Counter((row["orgSourcedId"], row["role"]) for row in sheets["roles.csv"])
    for org in sheets["orgs.csv"][1:]:
        school = org["sourcedId"]
        assert (roles[school, "principal"], roles[school, "siteAdministrator"], roles[school, "aide"]) == (1, 1, 2)
        assert roles[school, "teacher"] >= 3
        assert all(org[column] for column in org if column.startswith("metadata."))
    assert (roles["district-1", "districtAdministrator"], roles["district-1", "systemAdministrator"]) == (1, 2)


@pytest.mark.parametrize("on", [date(2026, 7, 1), date(2028, 2, 29), date(2026, 8, 13), date(2027, 6, 30)])
def test_most_students_are_enrolled_on_any_day_of_the_year(on: date) -> None:
    plan = DistrictPlan(students=400, seed=3, on=on)
    schools, day = survey(plan), on.isoformat()
    made = [families.household(plan, schools, number) for number in range(1000, 1300)]
    last = [student.enrolments[-1] for household in made for student in household.students]
    assert sum(e.begin <= day and (not e.end or e.end > day) for e in last) / len(last) > 0.97
    assert all(not e.end or e.begin < e.end for e in last)
