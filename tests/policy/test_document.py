"""The policy as a file: every value with its meaning, read back as it was, all or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhouse import cli
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import document, readings, school_years, values
from openhouse.policy.chapters import CHAPTERS, LINES, WORDS
from openhouse.policy.document import DocumentRefused
from openhouse.policy.models import Choice
from openhouse.policy.readings import OneOf, SomeOf
from openhouse.policy.school_years import SchoolYear
from openhouse.policy.values import FIELDS, Policy, PolicyMoved
from tests.cast import NOW, SYSTEM

TILE = {"name": {"en": "Library", "es": 'La "biblioteca"'}, "address": "https://library.example", "icon": "book"}


def test_each_value_stands_in_exactly_one_chapter():
    named = [line.name for chapter in CHAPTERS for line in chapter.lines]
    assert sorted(named) == sorted(FIELDS)


def test_each_word_that_a_value_may_be_has_words_of_its_own():
    for name, each in FIELDS.items():
        read = each.metadata["read"]
        if isinstance(read, OneOf | SomeOf) and name != "letter_languages":
            assert set(read.allowed) <= set(WORDS), name
    assert set(LINES) == set(FIELDS)


def test_an_exported_file_reads_back_as_the_same_policy():
    policy = replace(Policy(), summer_from=date(2027, 6, 10), link_tiles=readings.tiles([TILE]), help_phone='a "b"\\')
    assert Policy(**document.read(document.write(policy))) == policy


@given(st.text())
def test_any_text_survives_the_file(text: str):
    written = f"district_name = {document.toml(text)}"
    assert document.read(written)["district_name"] == text.strip()


def test_a_file_says_what_each_value_means_and_its_default():
    text = document.write(Policy())
    assert "# How many digits a PIN has." in text and "Default: 6.\npin_length = 6\n" in text
    assert text.count("\n# ") > len(FIELDS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("pin_length = 6\npin_lenght = 4", "line 2: There is no policy value 'pin_lenght'"),
        ("pin_length = 3", "line 1: pin_length: a whole number from 4 to 12"),
        ('\n\npin_length = "6"', "line 3: pin_length: a whole number is needed"),
        ("pin_length = true", "line 1: pin_length: a whole number is needed"),
        ("rights_pass_at_18 = 1", "line 1: rights_pass_at_18: true or false is needed"),
        ('restriction_words = "no contact"', "line 1: restriction_words: a list in brackets is needed"),
        ("pin_length = \n", "This is no TOML: .*line 1"),
        ("pin_days = 3\npin_days = 4\n", "This is no TOML: .*line 2"),
        ("[pin_length]\na = 1", "line 1: pin_length"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, problem: str):
    with pytest.raises(DocumentRefused, match=problem):
        document.read(text)


def test_an_import_sets_what_differs_and_records_each(db):
    text = "student_limit = 6\npin_length = 6\nsummer_from = 2027-06-10"
    changed = document.bring_in(text=text, by=SYSTEM, at=NOW)
    assert [each.name for each in changed] == ["student_limit", "summer_from"]
    policy = values.at(NOW)
    assert (policy.student_limit, policy.summer_from) == (6, date(2027, 6, 10))
    assert Entry.objects.filter(event=Event.POLICY_SET).count() == Choice.objects.count() == 2


def test_a_file_with_one_bad_value_changes_nothing(db, tmp_path, capsys):
    file = tmp_path / "policy.toml"
    file.write_text("student_limit = 6\npin_length = 99")
    assert cli.main(["policy", "import", str(file)]) == 1
    assert "line 2: pin_length" in capsys.readouterr().err
    assert not Choice.objects.exists()


def test_the_command_exports_what_it_imports(db, tmp_path, capsys):
    file = tmp_path / "policy.toml"
    assert cli.main(["policy", "export", str(file)]) == 0
    file.write_text(file.read_text().replace("student_limit = 4", "student_limit = 5"))
    assert cli.main(["policy", "import", str(file)]) == 0
    assert "student_limit: 4 -> 5\n1 values changed." in capsys.readouterr().out
    assert cli.main(["policy", "export", "-"]) == 0
    assert capsys.readouterr().out == file.read_text()


def test_a_choice_after_a_preview_that_is_out_of_date_is_refused(db):
    seen = values.seal(values.at(NOW))
    values.choose(name="grace_days", text="90", by=SYSTEM, at=NOW, seen=seen)
    with pytest.raises(PolicyMoved):
        values.choose(name="student_limit", text="6", by=SYSTEM, at=NOW, seen=seen)
    assert values.at(NOW).student_limit == 4


def test_a_choice_names_who_chose_it(db):
    values.choose(name="grace_days", text="90", by=SYSTEM, at=NOW)
    assert Choice.objects.get().chosen_by == SYSTEM.key


@pytest.mark.parametrize(
    ("on", "first", "last"),
    [
        (date(2026, 8, 14), date(2025, 8, 15), date(2026, 8, 14)),
        (date(2026, 8, 15), date(2026, 8, 15), date(2027, 8, 14)),
    ],
)
def test_a_school_year_ends_the_day_before_the_next(on: date, first: date, last: date):
    year = school_years.at(replace(Policy(), school_year_start="08-15"), on)
    assert year == SchoolYear(first, last)
    assert school_years.after(year) == SchoolYear(first.replace(year=first.year + 1), last.replace(year=last.year + 1))
