"""A whole export goes in, as facts."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from openhouse.audit.models import Entry
from openhouse.district.models import Employee, Enrolment, Guardian, Guardianship, PastGuardian, School, Student
from openhouse.sync.models import SyncRun
from tests.sync.export import Export, Sync, land, mirror, night, pair, person, role

TOTALS = {"school": 2, "student": 3, "guardian": 3, "employee": 1, "guardianship": 4, "enrolment": 3}


def test_everything_in_the_files_is_counted_as_new(export: Export, sync: Sync) -> None:
    report = sync(export)
    assert {name: counts.new for name, counts in report.entities.items()} == TOTALS
    assert (report.set_aside, report.warnings) == (0, [])
    assert report.read == {name: len(rows) for name, rows in export.rows.items()}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks what PostgreSQL's planner knows")
def test_the_planner_knows_of_the_schools_from_the_first_night_on(export: Export, sync: Sync) -> None:
    """Else a search by name in the whole district begins with each school's students: seconds where they are 600,000."""
    sync(export)
    with connection.cursor() as cursor:
        cursor.execute("SELECT null_frac FROM pg_stats WHERE tablename = 'district_school' AND attname = 'valid_until'")
        assert cursor.fetchone() == (1.0,)


def test_a_student_has_the_facts_of_three_files(export: Export, sync: Sync) -> None:
    sync(export)
    maya = Student.objects.get(sourced_id="maya")
    assert (maya.name, maya.number, maya.birth_date, maya.home_language) == (
        "Maya Lopez",
        "S-1",
        date(2014, 5, 1),
        "es",
    )
    enrolment = maya.enrolments.get()
    assert (enrolment.school.code, enrolment.grade, enrolment.begin_date) == ("1001", "05", None)
    assert (maya.valid_from, maya.valid_until, maya.key.version) == (night(1), None, 4)


def test_a_guardianship_has_the_facts_of_the_pair(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact", priority="2", beginDate="2020-01-01"))
    leo = Guardianship.objects.get(student__sourced_id="maya", guardian__sourced_id="leo")
    assert (leo.relation, leo.legal, leo.lives_with, leo.emergency_contact) == ("father", False, True, None)
    assert (leo.restriction, leo.priority, leo.begin_date) == ("no contact", 2, date(2020, 1, 1))


def test_a_blank_relation_takes_the_role_word(export: Export, sync: Sync) -> None:
    report = sync(export)
    assert Guardianship.objects.get(student__sourced_id="iris").relation == "parent"
    assert [note.count for note in report.notes if "role word" in note.what] == [1]


def test_a_role_word_that_is_not_the_only_one_says_nothing_of_a_relation(export: Export, sync: Sync) -> None:
    sync(export.add("roles.csv", role("kim", "relative", "oak", sourcedId="second")))
    assert Guardianship.objects.get(student__sourced_id="iris").relation == ""


def test_the_same_files_again_touch_no_row(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    report = sync(export)
    assert report.nothing_changed
    assert report.total("unchanged") == sum(TOTALS.values())
    assert mirror() == before


def test_a_changed_fact_leaves_its_past_behind(export: Export, sync: Sync) -> None:
    sync(export)
    report = sync(export.set("users.csv", "ana", email="new@mail.example"))
    ana = Guardian.objects.get(sourced_id="ana")
    past = ana.past.get()
    assert (ana.email, ana.valid_from) == ("new@mail.example", night(2))
    assert (past.email, past.valid_from, past.valid_until) == ("ana@mail.example", night(1), night(2))
    assert (report.total("changed"), report.total("new"), report.total("ended")) == (1, 0, 0)


def test_what_is_gone_is_ended_and_not_removed(export: Export, sync: Sync) -> None:
    sync(export)
    for name, key in (("users.csv", "leo"), ("roles.csv", "role-leo"), ("guardianships.csv", "maya leo")):
        export.drop(name, key)
    sync(export.set("users.csv", "maya", agentSourcedIds="ana"))
    assert Guardian.objects.get(sourced_id="leo").valid_until == night(2)
    assert Guardianship.objects.get(guardian__sourced_id="leo").valid_until == night(2)
    assert Guardianship.objects.filter(valid_until=None).count() == 3
    assert not PastGuardian.objects.exists()


def test_what_returns_is_the_same_thing_with_a_gap(export: Export, sync: Sync) -> None:
    sync(export)
    pk = Enrolment.objects.get(student__sourced_id="iris").pk
    gone = export.drop("roles.csv", "role-iris")
    sync(gone)
    report = sync(Export())
    iris = Enrolment.objects.get(student__sourced_id="iris")
    past = iris.past.get()
    assert (iris.pk, iris.valid_from, iris.valid_until) == (pk, night(3), None)
    assert (past.valid_from, past.valid_until) == (night(1), night(2))
    assert report.entities["enrolment"].new == 1


def test_a_move_ends_one_enrolment_and_begins_another(export: Export, sync: Sync) -> None:
    sync(export)
    sync(export.set("roles.csv", "role-maya", orgSourcedId="elm"))
    found = {row.school.code: row.valid_until for row in Enrolment.objects.filter(student__sourced_id="maya")}
    assert found == {"1001": night(2), "1002": None}


def test_of_two_stays_at_one_school_the_longer_lasting_one_speaks(export: Export, sync: Sync) -> None:
    export.set("roles.csv", "role-maya", beginDate="2026-08-13")
    sync(
        export.add(
            "roles.csv", role("maya", "student", "oak", sourcedId="r", beginDate="2025-08-13", endDate="2026-06-11")
        )
    )
    maya = Enrolment.objects.get(student__sourced_id="maya")
    assert (maya.begin_date, maya.end_date) == (date(2026, 8, 13), None)


def test_a_person_can_be_employee_and_guardian(export: Export, sync: Sync) -> None:
    export.add("roles.csv", role("vera", "guardian", "district", sourcedId="vera-at-home"))
    export.set("users.csv", "vera", agentSourcedIds="theo")
    sync(export)
    assert Employee.objects.get(sourced_id="vera").number == "E-1"
    assert Guardianship.objects.filter(guardian__sourced_id="vera", student__sourced_id="theo").exists()


def test_an_employee_whose_roles_are_over_is_none_any_more(export: Export, sync: Sync) -> None:
    sync(export)
    sync(export.set("roles.csv", "role-vera", endDate="2026-11-19"))
    assert Employee.objects.get().valid_until == night(2)


@pytest.mark.parametrize("side", ["maya", "ana"])
def test_a_link_from_one_side_is_enough(export: Export, sync: Sync, side: str) -> None:
    export.set("users.csv", side, agentSourcedIds="")
    export.rows["guardianships.csv"] = [pair("iris", "kim")]
    report = sync(export)
    assert Guardianship.objects.filter(student__sourced_id="maya", guardian__sourced_id="ana").exists()
    assert any("one side" in note.what for note in report.notes)


def test_a_guardian_without_a_student_is_mirrored_too(export: Export, sync: Sync) -> None:
    sync(export.add("users.csv", person("uma", "Uma")).add("roles.csv", role("uma", "guardian", "district")))
    assert Guardian.objects.filter(sourced_id="uma", guardianships=None).exists()


@pytest.mark.parametrize(("given", "family"), [("Kim", "-"), ("-", "Kim"), ("", "Kim"), ("Kim", ".")])
def test_a_single_name_is_kept_as_the_only_name(export: Export, sync: Sync, given: str, family: str) -> None:
    report = sync(export.set("users.csv", "kim", givenName=given, familyName=family))
    assert report.warnings == [("person with one name only", 1)]
    kim = Guardian.objects.get(sourced_id="kim")
    assert (kim.given_name, kim.family_name, kim.name) == ("", "Kim", "Kim")


def test_a_school_without_a_code_goes_by_its_sourced_id(export: Export, sync: Sync) -> None:
    report = sync(export.set("orgs.csv", "oak", identifier=""))
    assert School.objects.get(sourced_id="oak").code == "oak"
    assert any("school_code_column" in text for text, _count in report.warnings)


def test_a_run_is_written_down_and_audited_with_counts_alone(export: Export, sync: Sync) -> None:
    report = sync(export)
    run = SyncRun.objects.get()
    assert (run.state, run.snapshot, run.pk) == ("landed", date(2026, 11, 19), report.run)
    entry = Entry.objects.get(event="sync landed")
    assert entry.detail == {
        "run": run.pk, "source": "OneRoster 1.2 CSV", "snapshot": "2026-11-19", "read": 24, "new": 16, "changed": 0,
        "ended": 0, "set_aside": 0,
    }  # fmt: skip


def test_a_folder_lands_like_the_zip(export: Export, sync: Sync, tmp_path: Path) -> None:
    sync(export)
    assert land(export.folder(tmp_path / "folder"), 2).nothing_changed


def test_a_student_id_loses_the_blanks_in_it(export: Export, sync: Sync) -> None:
    """As it does wherever one is typed."""
    sync(export.set("users.csv", "maya", identifier="04\xa012 X"))
    assert Student.objects.get(sourced_id="maya").number == "0412X"
    assert sync(export).nothing_changed
    sync(export.set("users.csv", "theo", identifier="04 13 X"))
    assert Student.objects.get(sourced_id="theo").number == "0413X"
