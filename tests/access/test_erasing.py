"""`openhouse audit erase`: a person's names go from the trail, found by what stands on standard input, and the chain holds."""

import io

import pytest

from openhouse import cli
from openhouse.accounts import actor
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Name
from openhouse.audit.trail import Subject
from tests.cast import DAY, NOW, change, join, tie


@pytest.fixture
def named(cast):
    """Ana's account, her guardian's record in the SIS, and Alma have names in the trail."""
    join(cast.ana_account, cast.ana, cast.alma)
    student, guardian = str(cast.alma.key), str(cast.ana.key)
    about = Subject(student=student, guardian=guardian, names={student: "Alma Reyes", guardian: "Ana Reyes"})
    trail.record(event=Event.PIN_USED, by=actor.of(cast.ana_account), at=NOW, about=about)
    return cast


def erase(monkeypatch, by, typed):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
    return cli.main(["audit", "erase", "--by", by])


def left():
    return set(Name.objects.exclude(name=trail.ERASED).values_list("name", flat=True))


def test_a_student_s_name_goes_by_student_id(named, monkeypatch):
    assert erase(monkeypatch, "student-id", named.alma.number) == 0
    assert left() == {"Ana", "Ana Reyes"} and trail.verify().broken_at is None


def test_a_guardian_s_names_go_by_email_those_of_the_sis_too(named, monkeypatch):
    assert erase(monkeypatch, "email", "Ana@home.example") == 0
    assert left() == {"Alma Reyes"}


def test_a_name_goes_by_key_and_the_entry_holds_the_key_alone(named, monkeypatch, capsys):
    assert erase(monkeypatch, "key", named.ana.key) == 0
    assert left() == {"Ana", "Alma Reyes"} and "1 names were erased" in capsys.readouterr().out
    assert Entry.objects.get(event=Event.NAMES_ERASED).detail == {"keys": [str(named.ana.key)]}


def test_whoever_an_account_was_tied_to_wrongly_keeps_their_name(named, monkeypatch):
    arturo = str(named.arturo.key)
    tie(named.ana_account, named.arturo)
    named.ana_account.ties.filter(guardian=named.arturo).update(valid_until=NOW)
    about = Subject(guardian=arturo, names={arturo: "Arturo Reyes"})
    trail.record(event=Event.TIE_ENDED, by=actor.of(named.ana_account), at=NOW, about=about)
    assert erase(monkeypatch, "email", "ana@home.example") == 0
    assert left() == {"Alma Reyes", "Arturo Reyes"}


def test_a_student_id_that_two_have_had_erases_nobody(named, monkeypatch, capsys):
    change(named.abel, at=NOW, number=named.alma.number + "0")
    change(named.abel, at=NOW + DAY, number=named.alma.number)
    assert erase(monkeypatch, "student-id", named.alma.number) == 1
    assert "several students" in capsys.readouterr().err and len(left()) == 3


@pytest.mark.parametrize(("by", "typed"), [("key", "x"), ("student-id", ""), ("email", "x@y.example")])
def test_nobody_known_is_said_and_nothing_erased(named, monkeypatch, capsys, by, typed):
    assert erase(monkeypatch, by, typed) == 1
    assert "nobody is known" in capsys.readouterr().err and len(left()) == 3


def test_an_anchor_is_printed_and_proves_the_chain_later(named, capsys):
    assert cli.main(["audit", "anchor"]) == 0
    anchor = capsys.readouterr().out.strip()
    trail.record(event=Event.SIGNED_IN, by=actor.of(named.ana_account), at=NOW)
    assert cli.main(["audit", "verify", "--holds", anchor, "--since", anchor]) == 0
    assert f"All 1 entries since entry {anchor.partition(':')[0]} hold" in capsys.readouterr().out
    assert cli.main(["audit", "verify", "--since", "1:" + "f" * 64]) == 1
    assert "noted earlier is not in the chain" in capsys.readouterr().err
