"""One student, asked for between two nights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from openhouse.audit.trail import Actor
from openhouse.district.models import Guardian, Guardianship, Student
from openhouse.sync import lookups
from openhouse.sync.batches import BirthDate, Link, Pair, Person, Role, Row
from openhouse.sync.models import LookedUp
from openhouse.sync.refusals import SourceRefused
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

    def __init__(self, *rows: Row, complete: bool = True) -> None:
        self.rows, self.complete = rows, complete

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
