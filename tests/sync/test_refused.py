"""What cannot be read as a whole is refused before anything changes, with what, where, and what to do."""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from openhouse.audit.models import Entry
from openhouse.sync import runs
from openhouse.sync.memory import Memory
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SourceRefused, SyncOutOfOrder
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import open_package, package
from tests.sync.export import BY, USERS_1_1, Export, Sync, land, mirror, night


def manifest(**properties: str) -> Callable[[Export], object]:
    return lambda export: export.manifest.update({name.replace("__", "."): value for name, value in properties.items()})


def header(name: str, old: str, new: str) -> Callable[[Export], object]:
    def bend(export: Export) -> None:
        export.extra[name] = export.content(name).replace(old.encode(), new.encode(), 1)

    return bend


def extra(name: str, content: bytes) -> Callable[[Export], object]:
    return lambda export: export.extra.update({name: content})


def without(name: str) -> Callable[[Export], object]:
    return lambda export: export.rows.pop(name)


BENT: dict[str, tuple[Callable[[Export], object], str]] = {
    "another version": (manifest(oneroster__version="1.0"), "oneroster.version: must be 1.1 or 1.2"),
    "another manifest version": (manifest(manifest__version="2.0"), "manifest.version: must be 1.0"),
    "an unknown property": (manifest(whatever="1"), "holds 1 unknown properties"),
    "a property twice": (extra("manifest.csv", b"propertyName,value\na,1\na,2\n"), "line 3: a property stands there twice"),
    "a manifest with another header": (extra("manifest.csv", b"name,value\n"), "must begin with the header"),
    "a manifest that is no text": (extra("manifest.csv", b"\xff\xfe\0"), "is not a CSV file in UTF-8"),
    "a mode nobody knows": (manifest(file__users="some"), "file.users: must be absent, bulk or delta"),
    "pairs that the manifest denies": (manifest(file__guardianships="absent"), "guardianships.csv is there, but manifest"),
    "a file the manifest denies": (manifest(file__orgs="absent"), "orgs.csv is there, but manifest.csv says absent"),
    "a file the manifest promises": (manifest(file__classes="bulk"), "classes.csv is missing, but manifest.csv says bulk"),
    "no roles": (without("roles.csv"), "roles.csv is absent, and a roster needs it"),
    "a missing column": (header("users.csv", "familyName", "surname"), "users.csv: the header has no column familyName"),
    "a column twice": (header("users.csv", "sms", "email"), "users.csv: a column stands twice"),
    "a header that is no text": (
        lambda e: e.extra.update({"users.csv": e.content("users.csv").replace(b"pronouns", b"pron\xff", 1)}),
        "users.csv: a column's name in the header is no text",
    ),
    "no header": (extra("demographics.csv", b""), "demographics.csv has no header"),
    "no rows": (
        lambda e: e.extra.update({"users.csv": e.content("users.csv").split(b"\n")[0] + b"\n"}),
        "users.csv has a header and no rows",
    ),
    "an endless line": (
        lambda e: e.extra.update({"users.csv": e.content("users.csv") + b"x" * 70_000}),
        "users.csv, line 9 is longer than a row can be",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BENT)
def test_a_bent_export_is_refused_and_changes_nothing(case: str, export: Export, sync: Sync, tmp_path: Path) -> None:
    sync(export)
    before = mirror()
    bend, words = BENT[case]
    bend(export)
    with pytest.raises(SourceRefused) as refused:
        sync(export)
    assert words in str(refused.value)
    assert mirror() == before
    for secret in ("maya", "Maya", "Lopez", "surname"):
        assert secret not in str(refused.value)


def zipped(path: Path, *names: str, content: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../users.csv", "/users.csv", "folder/users.csv", "..\\users.csv", "C:users.csv", ".."]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="at the root"):
        open_package(zipped(tmp_path / "a.zip", "manifest.csv", name))


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"sourcedId,status\n" * 100)
    with pytest.raises(SourceRefused, match="not a zip archive"):
        open_package(tmp_path / "a.zip")


def test_a_path_to_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="no such file or folder"):
        open_package(tmp_path / "none.zip")


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="200 times its size"):
        open_package(zipped(tmp_path / "a.zip", "manifest.csv", content=b"\0" * 20 * 1024**2))


def test_a_directory_that_lies_about_its_size_unpacks_no_further(export: Export, tmp_path: Path) -> None:
    path = export.zip(tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    place = data.find(b"users.csv", data.find(b"PK\1\2")) - 46
    struct.pack_into("<L", data, place + 24, 100)
    path.write_bytes(data)
    with pytest.raises(SourceRefused, match=r"users\.csv cannot be unpacked"):
        list(open_package(path).batches(runs.values.Policy(), Notices(), Memory()))


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="more than 200 files"):
        open_package(zipped(tmp_path / "a.zip", *map(str, range(201))))


def test_a_huge_directory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "LARGEST_DIRECTORY", 1000)
    with pytest.raises(SourceRefused, match="more than 200 files"):
        open_package(zipped(tmp_path / "a.zip", *map(str, range(100))))


def test_too_much_in_all_is_refused(export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "MOST_BYTES", 1000)
    with pytest.raises(SourceRefused, match="unpack to more than"):
        open_package(export.folder(tmp_path / "folder"))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="two files of one name"):
        open_package(zipped(tmp_path / "a.zip", "users.csv", "users.csv"))


def test_an_encrypted_zip_is_refused(export: Export, tmp_path: Path) -> None:
    path = export.zip(tmp_path / "a.zip")
    data = path.read_bytes().replace(b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0")
    path.write_bytes(data)
    with pytest.raises(SourceRefused, match="encrypted"):
        open_package(path)


def test_a_symbolic_link_is_refused(export: Export, tmp_path: Path) -> None:
    folder = export.folder(tmp_path / "folder")
    os.replace(folder / "users.csv", tmp_path / "elsewhere.csv")
    (folder / "users.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(SourceRefused, match="symbolic link"):
        open_package(folder)


def test_a_damaged_zip_changes_nothing(export: Export, sync: Sync, tmp_path: Path) -> None:
    sync(export)
    before = mirror()
    path = export.zip(tmp_path / "a.zip")
    data = bytearray(path.read_bytes())
    place = data.find(b"guardianships.csv") + len("guardianships.csv") + 20
    data[place : place + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(SourceRefused, match=r"guardianships.csv cannot be unpacked"):
        land(path, 9)
    assert mirror() == before


def test_a_folder_without_a_manifest_names_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text(USERS_1_1)
    with pytest.raises(SourceRefused, match=r"manifest\.csv is missing"):
        open_package(tmp_path)


def test_a_refused_run_is_written_down_and_audited(export: Export, sync: Sync) -> None:
    export.extra["users.csv"] = export.content("users.csv").split(b"\n")[0] + b"\n"
    with pytest.raises(SourceRefused) as refused:
        sync(export)
    run = SyncRun.objects.get()
    assert (run.state, run.reason) == ("failed", str(refused.value))
    assert Entry.objects.get(event="sync failed").detail == {"run": run.pk, "reason": run.reason}


def test_a_file_that_was_there_last_night_is_missed(export: Export, sync: Sync) -> None:
    sync(export)
    del export.rows["guardianships.csv"]
    with pytest.raises(SourceRefused, match=r"--without guardianships\.csv"):
        sync(export)


def test_birth_dates_stay_while_their_file_is_missing(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    del export.rows["demographics.csv"]
    sync(export, without=["demographics.csv"])
    assert mirror() == before


def test_time_does_not_run_backwards(export: Export, sync: Sync, tmp_path: Path) -> None:
    sync(export)
    with pytest.raises(SyncOutOfOrder):
        runs.land(open_package(export.zip(tmp_path / "again.zip")), at=night(0), by=BY)


def test_an_older_export_is_refused_with_both_days(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction="no contact"))
    before = mirror()
    with pytest.raises(SyncOutOfOrder, match="of 2026-11-18, the last one was of 2026-11-19") as refused:
        sync(Export(), on=date(2026, 11, 18))
    assert "--older" in str(refused.value) and SyncRun.objects.latest("pk").reason == str(refused.value)
    assert mirror() == before


def test_an_export_of_the_same_day_is_not_older(export: Export, sync: Sync) -> None:
    sync(export)
    assert sync(export, on=date(2026, 11, 19)).nothing_changed


def test_an_older_export_goes_in_on_a_persons_word(export: Export, sync: Sync) -> None:
    sync(export.set("users.csv", "ana", email="new@mail.example"))
    assert sync(Export(), on=date(2026, 11, 18), older=True).total("changed") == 1
    assert sync(export, on=date(2026, 11, 18)).total("changed") == 1


def test_a_setting_that_names_no_column_is_refused(export: Export, sync: Sync) -> None:
    runs.values.choose(name="student_number_column", text="metadata.number", by=BY, at=night(0))
    with pytest.raises(SourceRefused, match="student_number_column names is not there"):
        sync(export)


def test_a_setting_cannot_ask_for_passwords(export: Export, sync: Sync) -> None:
    runs.values.choose(name="student_number_column", text="password", by=BY, at=night(0))
    with pytest.raises(SourceRefused, match="student_number_column names is never read"):
        sync(export)


def test_a_directory_that_points_astray_is_refused(export: Export, tmp_path: Path) -> None:
    path = export.zip(tmp_path / "a.zip")
    data = path.read_bytes()
    path.write_bytes(data[1000:])
    with pytest.raises(SourceRefused, match=r"cannot be unpacked|damaged"):
        open_package(path)
