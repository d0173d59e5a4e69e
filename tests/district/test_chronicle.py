"""The chronicle: every version of what the SIS said of a student, and what held on any day."""

import json
from datetime import date

import pytest

from openhouse import cli
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district import chronicle
from openhouse.district.models import Student
from tests import cast as make
from tests.cast import DAY, NOW, SINCE, Cast


def held(student: Student, moment, what):
    return chronicle.on(chronicle.of(student), moment, what)


def test_a_restriction_holds_from_the_night_that_brought_it(cast: Cast):
    make.change(cast.arturo_of_alma, at=NOW - DAY, restriction="no contact")
    texts = [
        each.facts["restriction"]
        for moment in (NOW - 2 * DAY, NOW)
        for each in held(cast.alma, moment, "guardianship")
        if each.other == cast.arturo
    ]
    assert texts == ["", "no contact"]


def test_before_the_first_night_nothing_is_known(cast: Cast):
    assert chronicle.on(chronicle.of(cast.alma), SINCE - DAY) == []


def test_an_ended_guardianship_holds_no_more_and_is_still_told(cast: Cast):
    make.end(cast.arturo_of_alma, at=NOW - DAY)
    assert cast.arturo not in {each.other for each in held(cast.alma, NOW, "guardianship")}
    assert cast.arturo in {each.other for each in held(cast.alma, NOW - 2 * DAY, "guardianship")}


def test_changes_are_told_newest_first_with_what_was_and_what_is(cast: Cast):
    make.change(cast.arturo_of_alma, at=NOW - 3 * DAY, restriction="no contact")
    make.end(cast.arturo_of_alma, at=NOW - 2 * DAY)
    make.change(cast.arturo_of_alma, at=NOW - DAY, restriction="")
    told = [each for each in chronicle.changes(chronicle.of(cast.alma)) if each.version.other == cast.arturo]
    assert [each.kind for each in told] == ["returned", "ended", "changed", "new"]
    assert told[2].facts == {"restriction": ("", "no contact")}


def test_a_guardian_s_new_name_is_told_and_a_new_phone_is_not(cast: Cast):
    make.change(cast.ana, at=NOW - 2 * DAY, phone="(213) 555-0177")
    make.change(cast.ana, at=NOW - DAY, family_name="Soto")
    told = [each for each in chronicle.changes(chronicle.of(cast.alma)) if each.version.what == "guardian"]
    assert [each.facts for each in told] == [{"name": ("Ana Reyes", "Ana Soto")}]


def test_a_guardian_is_called_what_they_were_called_then(cast: Cast):
    make.change(cast.ana, at=NOW - DAY, family_name="Soto")
    versions = chronicle.of(cast.alma)
    named = [chronicle.name_of(versions, cast.ana, moment) for moment in (SINCE - DAY, NOW - 2 * DAY, NOW)]
    assert named == ["Ana Reyes", "Ana Reyes", "Ana Soto"]


def test_how_to_reach_somebody_is_not_told(cast: Cast):
    make.change(cast.ana, at=NOW - DAY, street="9 Hidden Lane")
    assert "Hidden" not in str(chronicle.of(cast.alma)) and "@" not in str([v.facts for v in chronicle.of(cast.alma)])


def test_it_asks_as_much_for_many_versions_as_for_one(cast: Cast, django_assert_num_queries):
    for days in range(5, 0, -1):
        make.change(cast.arturo_of_alma, at=NOW - days * DAY, restriction=f"text {days}")
        make.link(cast.alma, make.guardian(f"Aunt{days}", "Reyes"))
    with django_assert_num_queries(7):
        chronicle.of(cast.alma)


def test_an_earlier_student_id_still_finds_and_the_current_holder_comes_first(cast: Cast):
    old = cast.alma.number
    make.change(cast.alma, at=NOW - DAY, number="S99999")
    assert list(chronicle.find(f" {old.lower()} ")) == [cast.alma]
    make.end(cast.alma, at=NOW - DAY)
    heir = make.student("Heir", "Of Number", cast.maple, number=old, sourced_id="heir")
    assert list(chronicle.find(old)) == [heir, cast.alma]


def test_a_day_ends_in_the_district_s_time_zone(settings):
    assert chronicle.end_of(date(2026, 11, 1)).isoformat() == "2026-11-01T23:59:59.999999-08:00"  # the clocks went back


def history(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["history", *arguments]) == 0
    return capsys.readouterr().out


def test_the_command_tells_what_was_said_on_a_day(cast: Cast, clock, capsys):
    make.change(cast.arturo_of_alma, at=NOW - DAY, restriction="no contact")
    assert "no contact" in history(capsys, cast.alma.number)
    before = history(capsys, cast.alma.number, "--on", "2026-11-18")
    assert "Arturo Reyes" in before and "no contact" not in before


def test_the_command_speaks_json(cast: Cast, clock, capsys):
    told = json.loads(history(capsys, cast.alma.number, "--json", "--on", "2026-11-20"))
    assert {each["what"] for each in told["versions"]} >= {"student", "enrolment", "guardianship"}
    assert told["versions"][0]["birth_date"] == "2016-03-28"


def test_each_look_is_on_record_without_what_was_seen(cast: Cast, clock, capsys):
    history(capsys, cast.alma.number)
    entry = Entry.objects.latest("position")
    assert (entry.event, entry.student, entry.detail) == (Event.HISTORY_SEEN, str(cast.alma.key), {"on": ""})


def test_an_unknown_student_id_is_refused_and_not_repeated(cast: Cast, clock, capsys):
    assert cli.main(["history", "S-NOBODY"]) == 1
    assert "S-NOBODY" not in capsys.readouterr().err
