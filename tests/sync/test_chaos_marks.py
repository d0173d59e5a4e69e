"""The nights that are bent so that half of one would be seen."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bench import marks
from tests.sync.export import Export


@pytest.fixture
def folder(export: Export, tmp_path: Path) -> Path:
    """Tonight's files: Maya and Theo have Ana, Maya has Leo too, Iris has Kim."""
    return export.folder(tmp_path / "night")


def column(path: Path, name: str) -> list[str]:
    """A column of a file."""
    with path.open(newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def test_the_mark_is_on_students_and_on_all_their_guardians(folder: Path, tmp_path: Path) -> None:
    marked, people = marks.marked(folder, tmp_path / "marked", {"maya"})
    names = dict(
        zip(column(marked / "users.csv", "sourcedId"), column(marked / "users.csv", "familyName"), strict=True)
    )
    assert people == {who for who, name in names.items() if name == marks.MARK} == {"maya", "ana", "leo"}
    assert (marked / "roles.csv").read_bytes() == (folder / "roles.csv").read_bytes()


def test_a_part_has_whole_families(folder: Path, tmp_path: Path) -> None:
    part = marks.part(folder, tmp_path / "part", 1)
    assert column(part / "users.csv", "sourcedId") == ["maya", "ana", "leo"]
    assert column(part / "guardianships.csv", "guardianSourcedId") == ["ana", "leo"]
    assert column(part / "orgs.csv", "sourcedId") == ["district", "oak", "elm"]


def test_what_happens_to_a_guardian_happens_to_all_their_students(folder: Path, export: Export, tmp_path: Path) -> None:
    later = export.set("users.csv", "ana", phone="213-555-0199").folder(tmp_path / "later")
    assert marks.others(folder, later, {"maya", "theo", "iris"}) == {"maya", "theo"}
