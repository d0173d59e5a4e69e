"""One student of a dropped export is looked up without reading it again."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from openhouse.policy.values import Policy
from openhouse.sync.batches import BirthDate, Held, Link, Org, Pair, Person, Role, Row, SetAside
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import index
from openhouse.sync.sources.oneroster_csv.index import Index
from tests.sync.export import Export, pair, person, read, role, to_1_1

type Look = Callable[..., list[Row]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.index"


@pytest.fixture
def look(path: Path, tmp_path: Path) -> Look:
    """`look(export, number)` indexes an export and looks a student up in it."""

    def look(export: Export, number: str = "S-1", notices: Notices | None = None) -> list[Row]:
        index.build(export.zip(tmp_path / "export.zip"), path, Policy())
        return found(path, number, notices or Notices())

    return look


def found(path: Path, number: str, notices: Notices | None = None) -> list[Row]:
    batches = Index(path).find(number, Policy(), notices or Notices(), deadline=time.monotonic() + 5)
    return [row for batch in batches for row in batch]


def keys(rows: list[Row], kind: type, field: str) -> list[str]:
    return sorted(getattr(row, field) for row in rows if isinstance(row, kind))


def test_a_student_is_found_with_the_people_around_them(export: Export, look: Look) -> None:
    rows = look(export)
    assert keys(rows, Person, "sourced_id") == ["ana", "leo", "maya"]
    assert keys(rows, Role, "person") == ["ana", "leo", "maya"]
    assert keys(rows, Org, "sourced_id") == ["district", "oak"]
    assert keys(rows, Pair, "guardian") == ["ana", "leo"]
    assert [row.birth_date for row in rows if isinstance(row, BirthDate)] == ["2014-05-01"]
    assert {(row.owner, row.agent) for row in rows if isinstance(row, Link)} == {
        ("maya", "ana"), ("maya", "leo"), ("ana", "maya"), ("leo", "maya"),
    }  # fmt: skip


def test_each_row_is_as_the_source_yields_it(export: Export, look: Look, tmp_path: Path) -> None:
    rows = look(export)
    said = Counter(row._replace(digest=0) for row in read(tmp_path / "export.zip")[0] if hasattr(row, "digest"))
    assert not Counter(rows) - said and {type(value) for row in rows for value in row} == {str, int, bool, type(None)}


def test_1_1_is_found_alike(export: Export, look: Look) -> None:
    assert keys(look(to_1_1(export)), Person, "sourced_id") == ["ana", "leo", "maya"]


@pytest.mark.parametrize(
    "bend",
    [
        lambda e: e.set("users.csv", "maya", agentSourcedIds="ana").drop("guardianships.csv", "maya leo"),
        lambda e: e.set("users.csv", "leo", agentSourcedIds="").drop("guardianships.csv", "maya leo"),
        lambda e: e.set("users.csv", "leo", agentSourcedIds="").set("users.csv", "maya", agentSourcedIds="ana"),
    ],
    ids=["from the guardian", "from the student", "from the pairs"],
)
def test_a_guardian_is_found_from_every_side(export: Export, look: Look, bend: Callable[[Export], object]) -> None:
    bend(export)
    assert "leo" in keys(look(export), Person, "sourced_id")


@pytest.mark.parametrize("number", ["s-1", " S-1 "])
def test_any_spelling_of_the_number_will_do(export: Export, look: Look, number: str) -> None:
    assert "maya" in keys(look(export, number), Person, "sourced_id")


@pytest.mark.parametrize("number", ["", "S-9", "E-1", "maya", "%", "' OR 1=1 --"])
def test_nobody_is_found_by_anything_else(export: Export, look: Look, number: str) -> None:
    assert look(export, number) == []


def test_all_who_share_a_number_are_found(export: Export, look: Look) -> None:
    assert {"maya", "theo"} <= set(keys(look(export.set("users.csv", "theo", identifier="s-1")), Person, "sourced_id"))


def test_a_row_set_aside_is_told_with_what_it_holds(export: Export, look: Look) -> None:
    export.set("guardianships.csv", "maya leo", priority="first", restriction="no contact")
    notices = Notices()
    rows = look(export.set("users.csv", "ana", familyName=""), notices=notices)
    assert {row for row in rows if isinstance(row, Held)} == {
        Held("person", "ana"), Held("pair", "maya", "leo", "no contact"),
    }  # fmt: skip
    assert {(row.file, row.line, row.column_name) for row in rows if isinstance(row, SetAside)} == {
        ("users.csv", 5, "familyName"), ("guardianships.csv", 3, "priority"),
    }  # fmt: skip
    assert set(notices.warnings) == {
        "users.csv, line 5: set aside (familyName is blank)",
        "guardianships.csv, line 3: set aside (priority is not a whole number)",
    }


def test_a_student_whose_own_row_is_set_aside_is_told_of(export: Export, look: Look) -> None:
    rows = look(export.set("users.csv", "maya", familyName=""))
    assert Held("person", "maya") in rows and keys(rows, Pair, "guardian") == ["ana", "leo"]


@pytest.mark.parametrize(("student", "guardian"), [("", ""), ("", "leo"), ("maya", "")])
def test_a_pair_that_does_not_say_whose_it_is_may_be_theirs(
    export: Export, look: Look, student: str, guardian: str
) -> None:
    export.add("guardianships.csv", pair(student, guardian, restriction="no contact"))
    assert Held("pair", student, guardian, "no contact") in look(export)


def test_other_peoples_rows_set_aside_are_not_told(export: Export, look: Look) -> None:
    notices = Notices()
    look(
        export.set("users.csv", "kim", familyName="").set("guardianships.csv", "iris kim", priority="x"),
        notices=notices,
    )
    assert not notices.warnings


def test_no_password_and_no_faulty_value_is_in_the_file(export: Export, look: Look, path: Path) -> None:
    export.headers["users.csv"].append("metadata.SSN")
    export.set("users.csv", "maya", password="hunter2", **{"metadata.SSN": "078-05-1120"})
    look(export.set("users.csv", "theo", familyName="", givenName="Theodor", enabledUser="perhaps"))
    assert not any(secret in path.read_bytes() for secret in (b"hunter2", b"078-05", b"Theodor", b"perhaps"))


def test_its_owner_alone_may_read_it(export: Export, look: Look, path: Path) -> None:
    look(export)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(os.listdir(path.parent)) == ["export.index", "export.zip"]


def test_a_refused_export_leaves_the_index_that_was_there(export: Export, look: Look, path: Path) -> None:
    look(export)
    before = path.read_bytes()
    export.rows["demographics.csv"].clear()
    with pytest.raises(SourceRefused, match="no rows"):
        look(export)
    assert path.read_bytes() == before and len(os.listdir(path.parent)) == 2


@pytest.mark.parametrize("names", [["users.csv"], []])
def test_changes_alone_are_not_indexed(export: Export, look: Look, names: list[str]) -> None:
    export.delta(*names)
    if not names:
        export.rows.clear()
    with pytest.raises(SourceRefused, match="bulk"):
        look(export)


@pytest.mark.parametrize(
    "damage", ["missing", "empty", "cut", "no database", "another format", "half made", "overwritten"]
)
def test_a_damaged_index_says_so(export: Export, look: Look, path: Path, damage: str) -> None:
    look(export)
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage in ("another format", "half made"):
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 99" if damage == "another format" else "DELETE FROM about")
        database.close()
    else:
        half = len(content) // 2
        spoilt = {"empty": b"", "cut": content[:half], "no database": b"x" * 9000}
        path.write_bytes(spoilt.get(damage, content[:4096] + b"\xff" * half))
    with pytest.raises(SourceRefused, match="Sync again"):
        found(path, "S-1")


@pytest.mark.parametrize(("age", "stays"), [(60, True), (index.LONGEST_BUILD + 60, False)])
def test_what_a_killed_build_left_is_taken_away(export: Export, look: Look, path: Path, age: int, stays: bool) -> None:
    part = path.with_name(f".{path.name}.abc")
    part.touch()
    os.utime(part, (1, time.time() - age))
    look(export)
    assert part.exists() is stays


def test_other_settings_need_another_index(export: Export, look: Look, path: Path) -> None:
    look(export)
    with pytest.raises(SourceRefused, match="other columns"):
        list(
            Index(path).find("S-1", Policy(student_number_column="username"), Notices(), deadline=time.monotonic() + 5)
        )


def test_an_answer_that_comes_too_late_is_none(export: Export, look: Look, path: Path) -> None:
    look(export)
    indexed = Index(path)
    with pytest.raises(SourceRefused, match="in time"):
        list(indexed.find("S-1", Policy(), Notices(), deadline=time.monotonic() - 1))


def test_a_student_with_a_crowd_around_them_is_refused(export: Export, look: Look) -> None:
    for number in range(index.MOST_PEOPLE):
        export.add("users.csv", person(f"crowd{number}", "Kim", agentSourcedIds="maya"))
        export.add("roles.csv", role(f"crowd{number}", "parent", "district"))
    with pytest.raises(SourceRefused, match="belong to this student"):
        look(export)


def test_it_says_whose_word_it_is(export: Export, look: Look, path: Path) -> None:
    look(export)
    indexed = Index(path)
    assert (indexed.name, indexed.written_at.isoformat()) == ("OneRoster 1.2 CSV", "2026-11-19T22:00:00-08:00")
    assert indexed.files["guardianships.csv"] == "bulk"


def test_a_row_that_names_nobody_is_counted(export: Export, look: Look) -> None:
    notices = Notices()
    look(export.spoil("users.csv", "theo", b"theo,", b"\xff,"), notices=notices)
    assert dict(notices.warnings) == {"row set aside that does not say whose it is": 1}
