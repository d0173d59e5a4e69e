"""A delta row replaces what was stated of its key; one in doubt replaces nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from openhouse.sync.batches import BirthDate, Held, Link, Org, Pair, Person, Replaced, Role, Row, SetAside
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv import open_package
from openhouse.sync.sources.oneroster_csv.delta import TWICE
from tests.sync.export import STAMPS, Export, pair, person, read, to_1_1

type Found = dict[str, list[Row]]
ALL = ("orgs.csv", "users.csv", "roles.csv", "demographics.csv", "guardianships.csv")


@pytest.fixture
def export() -> Export:
    """Tonight's delta: every file, each with a few rows."""
    return Export().delta(*ALL)


def rows(export: Export, path: Path, kind: type | None = None) -> list[Row]:
    """The rows of one type."""
    found = [row for row in read(export.zip(path / "export.zip"))[0] if kind is None or isinstance(row, kind)]
    (path / "export.zip").unlink()
    return found


def about(export: Export, path: Path, key: str) -> list[Row]:
    """What is yielded of this key, in order: what is replaced, people and facts, what is held."""
    return [row for row in rows(export, path) if key in row]


def test_what_is_replaced_comes_before_what_is_said(export: Export, tmp_path: Path) -> None:
    found = rows(export, tmp_path)
    kinds = [type(row) for row in found]
    for replaced, kind in (("org", Org), ("person", Person), ("role", Role), ("birth", BirthDate), ("pair", Pair)):
        first = next(n for n, row in enumerate(found) if isinstance(row, Replaced) and row.kind == replaced)
        assert first < kinds.index(kind)
    assert Replaced("pair", "maya", "leo") in found and Replaced("role", "role-maya") in found
    assert [row.agent for row in found if isinstance(row, Link) and row.owner == "maya"] == ["ana", "leo"]


@pytest.mark.parametrize("status", ["tobedeleted", "inactive"])
@pytest.mark.parametrize(
    ("file", "key", "replaced"),
    [
        ("orgs.csv", "oak", Replaced("org", "oak")),
        ("users.csv", "maya", Replaced("person", "maya")),
        ("roles.csv", "role-maya", Replaced("role", "role-maya")),
        ("demographics.csv", "maya", Replaced("birth", "maya")),
        ("guardianships.csv", "maya leo", Replaced("pair", "maya", "leo")),
    ],
)
def test_a_row_to_be_deleted_says_nothing_more(
    export: Export, tmp_path: Path, file: str, key: str, replaced: Replaced, status: str
) -> None:
    before = rows(export, tmp_path)
    found = rows(export.set(file, key, status=status), tmp_path)
    assert replaced in found and not [row for row in found if isinstance(row, SetAside | Held)]
    gone = [row for row in before if row not in found]
    assert gone and {type(row) for row in gone} <= {Org, Person, Link, Role, BirthDate, Pair}


def test_a_person_of_1_1_is_replaced_with_all_their_roles(tmp_path: Path) -> None:
    found = rows(to_1_1(Export()).delta("users.csv"), tmp_path, Replaced)
    assert Replaced("person", "maya") in found and Replaced("roles", "maya") in found


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"status": ""}, "status", "is blank"),
        ({"status": "deleted"}, "status", "is neither active nor tobedeleted"),
        ({"dateLastModified": ""}, "dateLastModified", "is blank"),
        ({"dateLastModified": "yesterday"}, "dateLastModified", "is not an instant, as YYYY-MM-DDThh:mm:ss.sssZ"),
        ({"familyName": ""}, "familyName", "is blank"),
    ],
)
def test_a_row_in_doubt_replaces_nothing(
    export: Export, tmp_path: Path, cells: dict[str, str], column: str, reason: str
) -> None:
    found = about(export.set("users.csv", "ana", **cells), tmp_path, "ana")
    assert Held("person", "ana") in found
    assert Replaced("person", "ana") not in found and not [row for row in found if isinstance(row, Person)]
    aside = rows(export, tmp_path, SetAside)
    assert [(row.file, row.line, row.column_name, row.reason) for row in aside] == [
        ("users.csv", export.line("users.csv", "ana"), column, reason)
    ]


@pytest.mark.parametrize("cells", [{"email": "new@mail.example"}, {"status": "tobedeleted"}])
@pytest.mark.parametrize("later", ["2026-11-19T20:00:00.000Z", "2026-11-19T21:00:00.000Z"])
def test_of_two_rows_that_differ_neither_counts(
    export: Export, tmp_path: Path, cells: dict[str, str], later: str
) -> None:
    export.add("users.csv", export.row("users.csv", "ana") | cells | {"dateLastModified": later})
    found = rows(export, tmp_path)
    aside = [row for row in found if isinstance(row, SetAside)]
    assert [(row.line, row.column_name, row.reason, row.value) for row in aside] == [
        (5, "sourcedId", TWICE, "ana"), (9, "sourcedId", TWICE, "ana"),
    ]  # fmt: skip
    assert found.count(Held("person", "ana")) == 2 and Replaced("person", "ana") not in found


def test_a_broken_row_contradicts_a_good_one_of_its_key(export: Export, tmp_path: Path) -> None:
    export.add("users.csv", person("ana", "Ana") | STAMPS).spoil("users.csv", "ana", b"Ana", b"An\xffa")
    aside = rows(export, tmp_path, SetAside)
    assert [(row.line, row.reason) for row in aside] == [(5, "is not UTF-8"), (9, TWICE)]


def test_a_contested_restriction_restricts(export: Export, tmp_path: Path) -> None:
    export.add("guardianships.csv", pair("maya", "leo", restriction="no contact") | STAMPS)
    assert Held("pair", "maya", "leo", "no contact") in rows(export, tmp_path)


def test_the_same_row_at_two_times_is_one(export: Export, tmp_path: Path) -> None:
    export.add("users.csv", export.row("users.csv", "ana") | {"dateLastModified": "2026-11-19T21:00:00.000Z"})
    found, notices = read(export.zip(tmp_path / "export.zip"))
    assert found.count(Replaced("person", "ana")) == 1 and not [row for row in found if isinstance(row, SetAside)]
    assert dict(notices.warnings) == {"the same row twice; taken once": 1}


def test_another_spelling_of_an_instant_is_a_warning(export: Export, tmp_path: Path) -> None:
    export.set("users.csv", "ana", dateLastModified="2026-11-19").set("orgs.csv", "oak", status="inactive")
    found, notices = read(export.zip(tmp_path / "export.zip"))
    assert len(notices.warnings) == 2 and not [row for row in found if isinstance(row, SetAside)]


def test_one_package_may_mix(tmp_path: Path) -> None:
    export = Export().delta("users.csv")
    source = open_package(export.zip(tmp_path / "export.zip"))
    assert source.files == {name: "delta" if name == "users.csv" else "bulk" for name in source.files}
    assert {row.kind for row in rows(export, tmp_path, Replaced)} == {"person"}


@pytest.mark.parametrize("absent", [["orgs.csv"], ["users.csv"], ["orgs.csv", "roles.csv", "demographics.csv"]])
def test_a_delta_need_not_name_what_did_not_change(export: Export, tmp_path: Path, absent: list[str]) -> None:
    for name in absent:
        del export.rows[name], export.manifest[f"file.{name.removesuffix('.csv')}"]
    assert set(open_package(export.zip(tmp_path / "export.zip")).files) == set(ALL) - set(absent)


def test_a_manifest_alone_says_that_nothing_changed(export: Export, tmp_path: Path) -> None:
    export.rows.clear()
    export.manifest.clear()
    found, notices = read(export.zip(tmp_path / "export.zip"))
    assert (found, list(notices.warnings)) == (
        [], ["manifest.csv names no file that the portal reads: nothing changed"],
    )  # fmt: skip


def test_a_manifest_that_is_cut_off_does_not(export: Export, tmp_path: Path) -> None:
    export.rows.clear()
    export.extra["manifest.csv"] = b"propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\n"
    with pytest.raises(SourceRefused, match="a roster needs it"):
        open_package(export.zip(tmp_path / "export.zip"))


def test_a_delta_without_rows_is_refused(export: Export, tmp_path: Path) -> None:
    export.rows["guardianships.csv"].clear()
    with pytest.raises(SourceRefused, match="for nothing new in a delta, let manifest"):
        rows(export, tmp_path)


@pytest.mark.parametrize("name", ["users.csv", "guardianships.csv"])
def test_a_delta_needs_the_columns_that_make_it_one(export: Export, tmp_path: Path, name: str) -> None:
    export.headers[name].remove("status")
    with pytest.raises(SourceRefused, match=f"{name}: the header has no column status"):
        open_package(export.zip(tmp_path / "export.zip"))


def test_pairs_may_be_a_delta_of_their_own(tmp_path: Path) -> None:
    export = Export().delta("guardianships.csv")
    found = rows(export, tmp_path)
    assert {row.kind for row in found if isinstance(row, Replaced)} == {"pair"}
    assert len([row for row in found if isinstance(row, Person)]) == 7
