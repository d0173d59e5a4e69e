"""A file that nobody on this project made goes in as it lies there, and says what it leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhouse.district.models import Guardianship, School, Student
from openhouse.policy import values
from tests.sync.export import BY, land, mirror, night

FAMILIES = Path(__file__).parents[3] / "shared" / "data" / "oneroster-1.1-families"
pytestmark = pytest.mark.skipif(not FAMILIES.exists(), reason="the families' files do not lie beside this checkout")


def test_everybody_but_the_two_with_one_identifier_goes_in(db: None) -> None:
    report = land(FAMILIES)
    new = {name: counts.new for name, counts in report.entities.items()}
    assert new == {
        "school": 1, "student": 1185, "guardian": 812, "employee": 0, "guardianship": 2385, "enrolment": 1185,
    }  # fmt: skip
    group = report.groups[0]
    assert (group.file, group.column, group.count, len(report.groups)) == ("users.csv", "identifier", 2, 1)
    assert "student_number_column" in group.reason


def test_another_column_brings_everybody_in(db: None) -> None:
    values.choose(name="student_number_column", text="userIds", by=BY, at=night(0))
    report = land(FAMILIES)
    assert (report.entities["student"].new, report.entities["guardianship"].new, report.set_aside) == (1187, 2390, 0)
    assert Student.objects.filter(number="42176573").exists()


def test_what_the_file_leaves_open_is_counted_with_its_setting(db: None) -> None:
    report = land(FAMILIES)
    assert {(note.count, note.setting) for note in report.notes} == {
        (1185, "missing_birth_date"), (2385, "blank_legal_flag"), (2385, ""), (2, "student_number_column"),
    }  # fmt: skip
    assert any("school_code_column" in text for text, _count in report.warnings)
    assert set(Guardianship.objects.values_list("relation", "legal")) == {("parent", None)}
    assert School.objects.get().code == School.objects.get().sourced_id


def test_a_second_run_changes_nothing(db: None) -> None:
    land(FAMILIES)
    before = mirror()
    assert land(FAMILIES, 2).nothing_changed
    assert mirror() == before
