"""One student, asked for between two nights."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from openhouse import cli
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor
from openhouse.district.models import Guardian, Guardianship, Student
from openhouse.sync import catalogue, databases, lookups
from openhouse.sync.batches import BirthDate, Link, Pair, Person, Role, Row
from openhouse.sync.models import LookedUp, SyncRun
from openhouse.sync.refusals import LookupHeld, SourceRefused, SyncOutOfOrder
from tests.sync.export import NIGHT, WRITTEN, Export, Sync, person, role

ASKED = NIGHT + timedelta(hours=14)
CLERK = Actor("employee", "a clerk")


def said(sourced_id: str, given: str, number: str = "", phone: str = "") -> Person:
    """A person as the SIS has them now."""
    return Person(0, 0, sourced_id, given, "", "Lopez", number, "", "", phone, "", "", "", "", "", "", "", "05")


def is_a(sourced_id: str, kind: str, org: str) -> Role:
    """What a person is, where."""
    return Role("users", 0, 0, f"role-{sourced_id}-{org}", sourced_id, kind, kind, org, "", None, None)


class Sis:
    """A SIS that answers with what it was given."""

    name = "a SIS"

    def __init__(self, *rows: Row, complete: bool = True, asked_at: datetime | None = None) -> None:
        self.rows, self.complete, self.asked_at = rows, complete, asked_at

    def find(self, number: str, policy: Any, notices: Any, *, deadline: float) -> Iterator[Sequence[Row]]:
        """Everything, one by one."""
        yield from ([row] for row in self.rows)


def newcomer(**options: Any) -> Sis:
    """A student who enrolled an hour ago, with a legal guardian."""
    return Sis(
        said("nora", "Nora", "S-9"),
        said("omar", "Omar", phone="213-555-0101"),
        is_a("nora", "student", "oak"),
        is_a("omar", "guardian", "district"),
        BirthDate(0, 0, "nora", "2015-04-01"),
        Link(0, 0, "nora", "omar"),
        Pair(0, 0, "nora", "omar", "father", True, True, None, 1, "", None, None),
        **options,
    )


def ask(sis: Any, number: str = "S-9", codes: list[str] | None = None) -> Any:
    """A clerk asks."""
    return lookups.look_up(number=number, lookup=sis, school_codes=codes, by=CLERK, at=ASKED)


def test_a_student_who_enrolled_today_comes_in_with_the_guardians(export: Export, sync: Sync) -> None:
    sync(export)
    found = ask(newcomer(), codes=["1001"])
    assert (found.student.name, found.student.enrolments.get().school.code) == ("Nora Lopez", "1001")
    guardianship = Guardianship.objects.get(student=found.student)
    assert (guardianship.legal, guardianship.guardian.phone, guardianship.valid_from) == (True, "213-555-0101", ASKED)
    assert Student.objects.filter(valid_until=None).count() == 4


def test_a_student_of_another_school_is_not_brought_in(export: Export, sync: Sync) -> None:
    sync(export)
    assert ask(newcomer(), codes=["1002"]) is None
    assert not Student.objects.filter(sourced_id="nora").exists()


def test_nobody_is_none(export: Export, sync: Sync) -> None:
    sync(export)
    assert ask(Sis()) is None


def test_a_file_written_before_the_asking_ends_nothing_of_it(export: Export, sync: Sync) -> None:
    sync(export)
    ask(newcomer())
    sync(export.add("users.csv", person("ivy", "Ivy")).add("roles.csv", role("ivy", "parent", "district")))
    assert Student.objects.get(sourced_id="nora").valid_until is None
    assert Guardianship.objects.get(guardian__sourced_id="omar").valid_until is None
    assert Guardian.objects.get(sourced_id="ivy").valid_until is None
    assert LookedUp.objects.count() == 2


def test_a_file_written_before_the_asking_overwrites_nothing_of_it(export: Export, sync: Sync) -> None:
    sync(export)
    ask(Sis(said("maya", "Maya-Rose", "S-1"), is_a("maya", "student", "elm"), complete=False), "S-1")
    sync(export.set("users.csv", "maya", middleName="Old"))
    maya = Student.objects.get(sourced_id="maya")
    assert (maya.given_name, maya.middle_name) == ("Maya-Rose", "")


@pytest.mark.parametrize("whole", [False, True])
def test_a_file_written_after_the_asking_says_what_is_true(export: Export, sync: Sync, whole: bool) -> None:
    sync(export)
    ask(newcomer())
    LookedUp.objects.update(at=WRITTEN - timedelta(hours=1))
    sync(export, whole=whole)
    assert Student.objects.get(sourced_id="nora").valid_until is not None
    assert LookedUp.objects.count() == 0


def test_only_a_complete_answer_ends_a_guardianship(export: Export, sync: Sync) -> None:
    sync(export)
    rows = (
        said("maya", "Maya", "S-1"),
        said("ana", "Ana"),
        is_a("maya", "student", "oak"),
        is_a("ana", "guardian", "district"),
    )
    facts = Pair(0, 0, "maya", "ana", "mother", True, True, None, 1, "", None, None)
    for complete in (False, True):
        ask(Sis(*rows, Link(0, 0, "maya", "ana"), facts, complete=complete), "S-1")
        assert (Guardianship.objects.get(guardian__sourced_id="leo").valid_until is not None) is complete
    assert Guardianship.objects.get(student__sourced_id="theo", guardian__sourced_id="ana").valid_until is None


def test_a_restriction_that_was_set_today_counts_today(export: Export, sync: Sync) -> None:
    sync(export)
    rows = (
        said("maya", "Maya", "S-1"),
        said("ana", "Ana"),
        is_a("maya", "student", "oak"),
        is_a("ana", "guardian", "district"),
    )
    ask(
        Sis(*rows, Pair(0, 0, "maya", "ana", "mother", True, True, None, 1, "no contact", None, None), complete=False),
        "S-1",
    )
    sync(export)  # the file was written before
    assert Guardianship.objects.get(student__sourced_id="maya", guardian__sourced_id="ana").restriction == "no contact"


def test_a_student_id_that_two_students_have_is_refused(export: Export, sync: Sync) -> None:
    sync(export)
    with pytest.raises(SourceRefused, match="Another student has this Student ID"):
        ask(Sis(said("nora", "Nora", "S-1"), is_a("nora", "student", "oak")), "S-1")
    assert not Student.objects.filter(sourced_id="nora").exists()


def maya_says(*pairs: Pair, complete: bool = True, asked_at: datetime | None = None) -> Sis:
    """Maya as she is, with these guardianships."""
    guardians = sorted({each.guardian for each in pairs})
    return Sis(
        said("maya", "Maya", "S-1"),
        is_a("maya", "student", "oak"),
        *(said(each, each.title()) for each in guardians),
        *(is_a(each, "guardian", "district") for each in guardians),
        *pairs,
        complete=complete,
        asked_at=asked_at,
    )


def guards(guardian: str, legal: bool = True, restriction: str = "") -> Pair:
    return Pair(0, 0, "maya", guardian, "guardian", legal, True, None, 1, restriction, None, None)


def test_a_lookup_does_not_let_anybody_in_past_a_restriction(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    sis = maya_says(guards("ana"), guards("otto"), guards("leo", restriction="no contact"))
    with pytest.raises(LookupHeld, match="a restriction on record"):
        ask(sis, "S-1")
    assert not Guardian.objects.filter(sourced_id="otto").exists() and LookedUp.objects.count() == 0
    refused = Entry.objects.get(event=Event.STUDENT_LOOKED_UP)
    assert refused.detail == {"found": 0, "source": "a SIS", "refused": "LookupHeld"}


@pytest.mark.parametrize("pairs", [[guards("ana"), guards("leo", False)], [guards("ana")]], ids=["lifted", "ended"])
def test_a_lookup_lifts_no_restriction(export: Export, sync: Sync, pairs: list[Pair], trusting: None) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    with pytest.raises(LookupHeld, match="lift a restriction"):
        ask(maya_says(*pairs), "S-1")
    leo = Guardianship.objects.get(guardian__sourced_id="leo")
    assert (leo.restriction, leo.valid_until) == ("no contact", None)


def test_a_student_without_a_restriction_gains_a_guardian(export: Export, sync: Sync) -> None:
    sync(export)
    ask(maya_says(guards("ana"), guards("leo", False), guards("otto")), "S-1")
    assert Guardianship.objects.get(guardian__sourced_id="otto").legal


def test_what_a_file_said_holds_from_now_on_and_counts_as_of_its_writing(export: Export, sync: Sync) -> None:
    sync(export)
    dropped = ASKED - timedelta(hours=1)
    ask(newcomer(asked_at=dropped))
    assert Student.objects.get(sourced_id="nora").valid_from == ASKED
    assert set(LookedUp.objects.values_list("at", flat=True)) == {dropped}


def test_a_file_overrules_nobody_who_was_looked_up_after_it_was_written(export: Export, sync: Sync) -> None:
    sync(export)
    ask(maya_says(guards("ana", restriction="no contact"), guards("leo", False)), "S-1")
    ask(maya_says(guards("ana"), guards("leo"), asked_at=ASKED - timedelta(hours=1)), "S-1")
    ana, leo = (
        Guardianship.objects.get(student__sourced_id="maya", guardian__sourced_id=each) for each in ("ana", "leo")
    )
    assert (ana.restriction, leo.legal) == ("no contact", False)
    assert set(LookedUp.objects.values_list("at", flat=True)) == {ASKED}


@pytest.mark.parametrize("hours", [0, 1])
def test_a_file_that_the_portal_has_read_already_tells_nothing(export: Export, sync: Sync, hours: int) -> None:
    sync(export)
    with pytest.raises(SyncOutOfOrder, match="already"):
        ask(newcomer(asked_at=WRITTEN - timedelta(hours=hours)))


def test_no_lookup_takes_anything_out_of_a_file_that_the_brake_held(export: Export, sync: Sync) -> None:
    sync(export)
    run = SyncRun.objects.get()
    run.pk, run.key, run.state, run.written_at = None, uuid.uuid4(), "waiting", ASKED
    run.source = "a SIS"
    run.save()
    with pytest.raises(LookupHeld, match="A person decides"):
        ask(newcomer(asked_at=ASKED))
    assert not Student.objects.filter(sourced_id="nora").exists()


def test_the_command_says_counts_and_no_name(
    export: Export, sync: Sync, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(export)
    monkeypatch.setattr(catalogue, "open_lookup", newcomer)
    assert cli.main(["lookup", "s-9"]) == 0
    out = capsys.readouterr().out
    assert "Guardians: 1. Enrolments: 1." in out and "Nora" not in out and "Omar" not in out
    assert Entry.objects.get(event=Event.STUDENT_LOOKED_UP).actor.startswith("command line")


@pytest.mark.parametrize(
    ("opened", "words"),
    [
        (lambda: None, "No SIS can be asked"),
        (lambda: Sis(), "knows no student"),
        (lambda: maya_says(), "knows no student"),
    ],
    ids=["no lookup", "nobody", "somebody else"],
)
def test_the_command_says_plainly_why_there_is_nobody(
    db: None, opened: Any, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "open_lookup", opened)
    assert cli.main(["lookup", "S-9"]) == 1
    assert words in capsys.readouterr().err


def test_the_command_says_when_a_sync_is_landing(
    export: Export, sync: Sync, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sync(export)

    @contextmanager
    def taken(connection: object) -> Iterator[bool]:
        yield False

    monkeypatch.setattr(catalogue, "open_lookup", newcomer)
    monkeypatch.setattr(lookups, "PATIENCE", 0)
    monkeypatch.setattr(databases.of(connection), "alone", taken)
    assert cli.main(["lookup", "S-9"]) == 1
    assert "Try again in a minute" in capsys.readouterr().err


def test_the_command_tells_of_an_error_that_nobody_foresaw_by_its_kind_alone(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Sis):
        def find(self, *_: Any, deadline: float) -> Iterator[Sequence[Row]]:
            yield []
            raise ValueError("Nora Lopez")

    monkeypatch.setattr(catalogue, "open_lookup", Broken)
    assert cli.main(["lookup", "S-9"]) == 1
    said = capsys.readouterr().err
    assert "ValueError in test_lookups.py" in said and "Nora" not in said


def test_the_command_says_that_the_sis_took_too_long(
    db: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Sis):
        def find(self, *_: Any, deadline: float) -> Iterator[Sequence[Row]]:
            yield []
            raise SourceRefused("It did not come in time.")

    monkeypatch.setattr(catalogue, "open_lookup", Slow)
    monkeypatch.setattr(lookups, "SECONDS", 0.0)
    assert cli.main(["lookup", "S-9"]) == 1
    assert "did not answer within 0 seconds" in capsys.readouterr().err
