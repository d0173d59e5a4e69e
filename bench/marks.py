"""Nights bent for one purpose: facts of several tables that change together, where anybody can see a page that mixes them.

Of some families, student and guardians alike get a family name that nobody has in another night. A page of theirs shows it
in all places or in none.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

MARK = "Nightfall"
"""The family name: nothing that a page says of its own."""

type Row = dict[str, str]


def part(folder: Path, into: Path, students: int) -> Path:
    """The first so many students of an export, with their guardians, and everybody's schools and employees."""
    chosen = {row["sourcedId"] for row, _ in zip(_rows(folder / "demographics.csv"), range(students), strict=False)}
    pairs = [row for row in _rows(folder / "guardianships.csv") if row["studentSourcedId"] in chosen]
    family = chosen | {row["guardianSourcedId"] for row in pairs}

    def is_in(sourced_id: str) -> bool:
        return sourced_id in family or sourced_id.startswith("employee-")

    into.mkdir()
    for path in folder.glob("*.csv"):
        keep: dict[str, Callable[[Row], bool]] = {
            "demographics.csv": lambda row: row["sourcedId"] in chosen,
            "guardianships.csv": lambda row: row["studentSourcedId"] in chosen,
            "users.csv": lambda row: is_in(row["sourcedId"]),
            "roles.csv": lambda row: is_in(row["userSourcedId"]),
        }
        _copy(path, into / path.name, filter(keep[path.name], _rows(path)) if path.name in keep else None)
    return into


def marked(folder: Path, into: Path, students: Collection[str]) -> tuple[Path, set[str]]:
    """The export with the mark on these students and their guardians; and the sourcedIds of all of them."""
    pairs = (row for row in _rows(folder / "guardianships.csv") if row["studentSourcedId"] in students)
    people = {*students, *(row["guardianSourcedId"] for row in pairs)}

    def bent() -> Iterable[Row]:
        for row in _rows(folder / "users.csv"):
            if row["sourcedId"] in people:
                row["familyName"] = MARK
            yield row

    into.mkdir()
    for path in folder.glob("*.csv"):
        _copy(path, into / path.name, bent() if path.name == "users.csv" else None)
    return into, people


def others(before: Path, after: Path, students: Collection[str]) -> set[str]:
    """Those of the students of whom, or of whose guardians, two exports say different things."""
    then, now = (_families(folder, students) for folder in (before, after))
    return {student for student in students if then[student] != now[student]}


def _families(folder: Path, students: Collection[str]) -> dict[str, list[list[str]]]:
    """All that an export says of each student and of the student's guardians."""
    said: dict[str, list[list[str]]] = {student: [] for student in students}
    whose: dict[str, set[str]] = {student: {student} for student in students}
    for row in _rows(folder / "guardianships.csv"):
        if row["studentSourcedId"] in said:
            whose.setdefault(row["guardianSourcedId"], set()).add(row["studentSourcedId"])
            said[row["studentSourcedId"]].append(list(row.values()))
    for name, column in (("users", "sourcedId"), ("roles", "userSourcedId"), ("demographics", "sourcedId")):
        for row in _rows(folder / f"{name}.csv"):
            for student in whose.get(row[column], ()):
                said[student].append(list(row.values()))
    return said


def _rows(path: Path) -> Iterable[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _copy(path: Path, into: Path, rows: Iterable[Row] | None) -> None:
    """A file with other rows, or (None) the very same; as old as the first one."""
    if rows is None:
        os.link(path, into)
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    with into.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header)
        writer.writeheader()
        writer.writerows(rows)
    os.utime(into, (path.stat().st_atime, path.stat().st_mtime))
