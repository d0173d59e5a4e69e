"""Policy: bounded, with history, on record."""

from datetime import date, timedelta

import pytest

from openhouse import cli
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import readings, values
from openhouse.policy.models import Choice
from openhouse.policy.values import Policy, PolicyRefused
from tests.cast import DAY, NOW, SYSTEM

SECOND = timedelta(seconds=1)


def choose(name, text, at=NOW):
    return values.choose(name=name, text=text, by=SYSTEM, at=at)


def test_defaults_hold_where_nothing_was_chosen(db):
    assert values.at(NOW) == Policy()


def test_every_default_keeps_its_own_bounds_and_says_what_it_means():
    for name, each in values.FIELDS.items():
        assert each.metadata["read"](readings.plain(each.default)) == each.default, name
        assert each.metadata["meaning"].endswith(".")


def test_a_chosen_value_holds_from_its_moment_on(db):
    assert choose("student_limit", "6") == 6
    assert values.at(NOW).student_limit == 6
    assert values.at(NOW - SECOND).student_limit == 4


def test_the_history_answers_for_every_moment(db):
    for days, text in ((0, "5"), (10, "6"), (20, "7")):
        choose("student_limit", text, NOW + days * DAY)
    found = [values.at(NOW + days * DAY).student_limit for days in (0, 9, 10, 19, 20, 99)]
    assert found == [5, 5, 6, 6, 7, 7]
    assert Choice.objects.count() == 3


def test_the_same_value_again_changes_nothing(db):
    choose("student_limit", "6")
    choose("student_limit", " 6 ", NOW + DAY)
    assert Choice.objects.get().valid_until is None
    assert Entry.objects.filter(event=Event.POLICY_SET).count() == 1


def test_a_choice_is_on_record_with_who_and_what(db):
    choose("grace_from", "2026-09-01")
    entry = Entry.objects.get()
    assert (entry.event, entry.actor) == (Event.POLICY_SET, "tests")
    assert entry.detail == {"name": "grace_from", "value": "2026-09-01"}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pin_length", "4", 4),
        ("pin_length", "12", 12),
        ("rights_pass_at_18", "False", False),
        ("district_email_domains", " A.example, b.EXAMPLE ,", ("a.example", "b.example")),
        ("restriction_words", "", ()),
        ("grace_from", "", None),
        ("summer_until", " 2026-08-20 ", date(2026, 8, 20)),
        ("school_year_start", "08-15", "08-15"),
        ("blank_legal_flag", "legal_for_relations", "legal_for_relations"),
        ("district_name", "  Escuelas del Valle ", "Escuelas del Valle"),
    ],
)
def test_a_value_is_read_from_text_and_back_from_the_table(db, name, text, expected):
    assert choose(name, text) == expected
    assert getattr(values.at(NOW), name) == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pin_length", "3"),
        ("pin_length", "13"),
        ("pin_length", "six"),
        ("pin_length", "-6"),
        ("pin_length", "6.5"),
        ("pin_length", ""),
        ("pin_days", "0"),
        ("student_limit", "0"),
        ("student_limit", "1" * 5000),
        ("rights_pass_at_18", "maybe"),
        ("blank_legal_flag", "legal"),
        ("grace_from", "1.9.2026"),
        ("school_year_start", "02-30"),
        ("school_year_start", "02-29"),
        ("school_year_start", "W01-1"),
        ("link_tiles", "not json"),
        ("link_tiles", "{}"),
        ("link_tiles", '[{"name": {"en": "X"}, "address": "javascript:alert(1)"}]'),
        ("link_tiles", '[{"name": {"en": "X"}, "address": "http://plain.example"}]'),
        ("link_tiles", '[{"name": "X", "address": "https://library.example"}]'),
    ],
)
def test_a_value_out_of_bounds_is_refused_and_says_what_is_allowed(db, name, text):
    with pytest.raises(PolicyRefused, match=rf"^{name}: .*(allowed|needs)"):
        choose(name, text)
    assert not Choice.objects.exists() and not Entry.objects.exists()


def test_an_unknown_name_is_refused_and_says_where_to_look(db):
    with pytest.raises(PolicyRefused, match="policy list"):
        choose("pin_lenght", "6")


def test_a_tile_keeps_its_names_address_and_places(db):
    tile = '[{"name": {"en": "Library", "es": "Biblioteca"}, "address": "https://library.example", "grades": ["04"]}]'
    found = choose("link_tiles", tile)
    assert values.at(NOW).link_tiles == found
    assert found[0]["name"]["es"] == "Biblioteca" and found[0]["school_codes"] == []


def test_a_choice_of_a_name_that_a_later_version_dropped_is_passed_over(db):
    Choice.objects.create(name="of_old", value=1, valid_from=NOW)
    assert values.at(NOW) == Policy()


def test_a_choice_that_is_out_of_todays_bounds_is_named_and_no_default_takes_its_place(db):
    Choice.objects.create(name="pin_length", value=3, valid_from=NOW)
    with pytest.raises(PolicyRefused, match="pin_length"):
        values.at(NOW)
    assert [words.partition(":")[0] for words in values.outgrown(NOW)] == ["pin_length"]
    choose("pin_length", "8", at=NOW + timedelta(days=1))
    assert values.outgrown(NOW + timedelta(days=1)) == []


def test_the_command_sets_lists_and_refuses(db, capsys):
    assert cli.main(["policy", "set", "student_limit", "6"]) == 0
    assert cli.main(["policy", "list"]) == 0
    assert "student_limit = 6   (default: 4)" in capsys.readouterr().out
    assert cli.main(["policy", "set", "student_limit", "99"]) == 1
    assert "a whole number from 1 to 20 is allowed" in capsys.readouterr().err
