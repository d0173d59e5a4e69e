"""A strict reading says, row by row and in the same words, what a lenient one forgives with a count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from openhouse.sync.batches import SetAside
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import Export, read, to_1_1

type Bend = Callable[[Export], object]


def move(name: str, column: str, place: int) -> Bend:
    return lambda e: e.headers[name].insert(place, e.headers[name].pop(e.headers[name].index(column)))


def deltas(export: Export) -> Export:
    return export.delta("users.csv", "guardianships.csv")


ROWS: dict[str, tuple[Bend, str]] = {
    "TRUE": (lambda e: e.set("users.csv", "maya", enabledUser="TRUE"), "enabledUser"),
    "a blank flag that is required": (lambda e: e.set("users.csv", "maya", enabledUser=""), "enabledUser"),
    "one name": (lambda e: e.set("users.csv", "maya", givenName=""), "givenName"),
    "a status in a bulk file": (lambda e: e.set("users.csv", "maya", status="active"), "status"),
    "an instant in a bulk file": (
        lambda e: e.set("orgs.csv", "oak", dateLastModified="2026-11-19T20:00:00.000Z"), "dateLastModified",
    ),
    "a status in a bulk file of pairs": (
        lambda e: e.headers["guardianships.csv"].insert(0, "status") or e.set("guardianships.csv", "maya leo", status="active"),
        "status",
    ),
    "an id with a blank in it": (lambda e: e.set("demographics.csv", "maya", sourcedId="ma ya"), "sourcedId"),
    "a blank kind of role": (lambda e: e.set("roles.csv", "role-maya", roleType=""), "roleType"),
    "a word of the SIS's own that is misspelt": (lambda e: e.set("roles.csv", "role-vera", role="ext:a b"), "role"),
    "a word of the SIS's own in 1.1": (lambda e: to_1_1(e).set("users.csv", "vera", role="ext:cook"), "role"),
    "1.0's word in a delta": (
        lambda e: e.delta("users.csv").set("users.csv", "maya", status="inactive"), "status",
    ),
    "an instant without milliseconds": (
        lambda e: e.delta("users.csv").set("users.csv", "maya", dateLastModified="2026-11-19T20:00:00Z"), "dateLastModified",
    ),
}  # fmt: skip

WHOLE: dict[str, Bend] = {
    "another order": lambda e: e.headers["users.csv"].sort(),
    "our columns among the standard's": move("users.csv", "metadata.addressStreet", 3),
    "an unknown column": lambda e: e.headers["users.csv"].append("shoeSize"),
    "a missing column": lambda e: e.headers["users.csv"].remove("pronouns"),
    "a property left out": lambda e: e.extra.update(
        {"manifest.csv": e.files()["manifest.csv"].replace(b"file.userProfiles,absent\r\n", b"")}
    ),
    "a file of nobody's": lambda e: e.extra.update({"readme.txt": b"x"}),
}


@pytest.mark.parametrize("case", ROWS)
def test_a_row_that_bends_the_standard_is_set_aside(case: str, export: Export, tmp_path: Path) -> None:
    bend, column = ROWS[case]
    bend(export)
    path = export.zip(tmp_path / "export.zip")
    found, notices = read(path)
    assert not [row for row in found if isinstance(row, SetAside)]
    strictly, _ = read(path, strict=True)
    (aside,) = [row for row in strictly if isinstance(row, SetAside)]
    assert aside.column_name == column and notices.warnings[aside.reason] == 1


@pytest.mark.parametrize("case", WHOLE)
def test_a_package_that_bends_the_standard_is_refused(case: str, export: Export, tmp_path: Path) -> None:
    WHOLE[case](export)
    path = export.zip(tmp_path / "export.zip")
    (warning,) = read(path)[1].warnings
    with pytest.raises(SourceRefused) as refused:
        open_package(path, strict=True)
    assert str(refused.value).startswith(warning)


@pytest.mark.parametrize("bend", [str, to_1_1, deltas], ids=["bulk", "1.1", "deltas"])
def test_a_good_export_is_read_strictly_as_it_is_leniently(bend: Bend, export: Export, tmp_path: Path) -> None:
    bend(export)
    path = export.zip(tmp_path / "export.zip")
    assert read(path, strict=True)[0] == read(path)[0]


def test_columns_of_the_districts_own_may_be_there(export: Export, tmp_path: Path) -> None:
    export.headers["users.csv"].append("metadata.shoeSize")
    assert read(export.zip(tmp_path / "export.zip"), strict=True)[0]


def test_the_same_row_twice_in_a_delta_is_not_believed(export: Export, tmp_path: Path) -> None:
    export.delta("users.csv").add("users.csv", dict(export.row("users.csv", "ana")))
    found, _ = read(export.zip(tmp_path / "export.zip"), strict=True)
    assert [row.line for row in found if isinstance(row, SetAside)] == [5, 9]


@pytest.mark.parametrize("strict", [False, True])
def test_the_console_is_told_what_stands_there_but_never_a_secret(export: Export, tmp_path: Path, strict: bool) -> None:
    export.set("users.csv", "maya", enabledUser="perhaps", password="hunter2").spoil(
        "users.csv", "theo", b"Theo", b"T\0h"
    )
    export.spoil("users.csv", "iris", b",Iris", b",hunter2,hunter2,hunter2,Iris")
    found, _ = read(export.zip(tmp_path / "export.zip"), strict=strict)
    aside = {row.line: (row.column_name, row.value) for row in found if isinstance(row, SetAside)}
    assert aside == {2: ("enabledUser", "perhaps"), 3: ("givenName", "T\x01h"), 4: ("", "")}
