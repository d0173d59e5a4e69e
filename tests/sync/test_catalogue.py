"""Which SIS this portal reads: the environment names it, content tells the rest."""

from __future__ import annotations

import os
import sys
import types
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from openhouse import environment
from openhouse.environment import SIS_FILES, SIS_SERVERS, SisAddress, sis_address
from openhouse.sync import catalogue, drop, telling
from openhouse.sync.refusals import SourceRefused
from tests.sync.export import WRITTEN, Export
from tests.test_settings import portal

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
REST = "oneroster-rest:https://sis.example.org/ims/oneroster/rostering/v1p2"
ANSWER = "from django.conf import settings as s; print(s.SIS, s.SIS_LOOKUP, s.SIS_CLIENT_ID, s.SIS_CLIENT_SECRET)"


@pytest.fixture
def drop_folder(tmp_path: Path, settings: Any) -> Path:
    """A drop folder that this portal reads."""
    folder = tmp_path / "drop"
    folder.mkdir()
    settings.SIS = SisAddress("oneroster-csv", str(folder))
    return folder


def age(path: Path, **ago: float) -> Path:
    """Make a file or folder so old."""
    moment = (NOW - timedelta(**ago)).timestamp()
    for each in [path, *(path.iterdir() if path.is_dir() else [])]:
        os.utime(each, (moment, moment))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "oneroster-csv:/srv/openhouse/drop", REST, "ed-fi:https://api.example.org", "ed-fi-xml:/srv/drop", "sds:/srv/drop",
        "oneroster-rest:http://127.0.0.1:8001/v1p2",
    ],
)  # fmt: skip
def test_an_address_says_of_which_kind_a_sis_is_and_where(text: str) -> None:
    kind, place, options = sis_address(text)
    assert options == {}
    assert f"{kind}:{place}" == text
    assert kind in SIS_FILES + SIS_SERVERS


@pytest.mark.parametrize(
    "text",
    [
        "oneroster",
        "csv:/srv/drop",
        "sds:drop",
        "ed-fi:http://api.example.org",
        "ed-fi:/srv",
        "ed-fi:https://",
        "sds:",
        "sds:/srv?strict",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        sis_address(text)


def test_every_kind_can_be_opened() -> None:
    assert (set(catalogue.FILES), set(catalogue.SERVERS)) == (set(SIS_FILES), set(SIS_SERVERS))
    assert set(catalogue.LOOKUPS) == set(SIS_SERVERS)


@pytest.mark.parametrize(
    ("missing", "given"),
    [
        ("OPENHOUSE_SIS", {"OPENHOUSE_SIS": "powerschool"}),
        ("OPENHOUSE_SIS_LOOKUP", {"OPENHOUSE_SIS_LOOKUP": "ed-fi"}),
        ("OPENHOUSE_SIS_CLIENT_ID", {"OPENHOUSE_SIS": REST}),
        ("OPENHOUSE_SIS_CLIENT_SECRET_FILE", {"OPENHOUSE_SIS": REST, "OPENHOUSE_SIS_CLIENT_ID": "openhouse"}),
        (
            "OPENHOUSE_SIS_TOKEN_URL",
            {"OPENHOUSE_SIS": REST, "OPENHOUSE_SIS_CLIENT_ID": "openhouse", "OPENHOUSE_SIS_CLIENT_SECRET": "moss"},
        ),
    ],
)
def test_what_is_missing_is_named_with_an_example(missing: str, given: dict[str, str], tmp_path: Path) -> None:
    done = portal(tmp_path, "-m", "openhouse", "policy", "list", **given)
    assert done.returncode == 1
    assert f"openhouse: {missing} {environment.MEANINGS[missing]}" in done.stderr
    assert "moss" not in done.stderr


def test_a_secret_may_come_from_a_file_and_a_lookup_from_another_sis(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("moss\n")
    given = {
        "OPENHOUSE_SIS": "sds:/srv/drop", "OPENHOUSE_SIS_LOOKUP": REST, "OPENHOUSE_SIS_CLIENT_ID": "openhouse",
        "OPENHOUSE_SIS_CLIENT_SECRET_FILE": str(tmp_path / "secret"), "OPENHOUSE_SIS_TOKEN_URL": "https://sis.example.org/token",
    }  # fmt: skip
    done = portal(tmp_path, "-c", ANSWER, **given)
    kind, _colon, place = REST.partition(":")
    assert done.stdout.strip() == f"{SisAddress('sds', '/srv/drop', {})} {SisAddress(kind, place, {})} openhouse moss"


def test_without_a_word_the_lookup_asks_the_same_sis(tmp_path: Path) -> None:
    done = portal(tmp_path, "-c", ANSWER, OPENHOUSE_SIS="sds:/srv/drop")
    assert done.stdout.count("SisAddress(kind='sds', place='/srv/drop', options={})") == 2


def test_a_portal_without_a_sis_says_what_to_set(settings: Any) -> None:
    settings.SIS = settings.SIS_LOOKUP = sis_address("")
    with pytest.raises(SourceRefused, match="Set OPENHOUSE_SIS, for example to oneroster-csv:"):
        catalogue.open_configured()
    assert catalogue.open_lookup() is None


def test_of_a_drop_folder_the_newest_package_is_taken(drop_folder: Path, export: Export) -> None:
    age(export.zip(drop_folder / "z-old.zip"), days=2)
    newest = age(export.folder(drop_folder / "a-new"), hours=1)
    age(drop_folder / "a-new", hours=1)
    (drop_folder / ".upload.zip").write_bytes(b"half")
    (drop_folder / "notes.txt").write_text("not a package")
    assert drop.newest(drop_folder, at=NOW) == newest
    assert catalogue.open_configured().name == "OneRoster 1.2 CSV"


def test_a_package_may_be_named_itself(export: Export, tmp_path: Path) -> None:
    zipped, folder = export.zip(tmp_path / "night.zip"), export.folder(tmp_path / "night")
    assert drop.newest(zipped, at=NOW) == zipped
    assert drop.newest(folder, at=NOW) == folder


def test_an_empty_drop_folder_is_refused(drop_folder: Path) -> None:
    with pytest.raises(SourceRefused, match="holds no export"):
        catalogue.open_configured()


def test_a_drop_folder_that_is_not_there_is_refused(drop_folder: Path) -> None:
    drop_folder.rmdir()
    with pytest.raises(SourceRefused, match="no such file or folder"):
        catalogue.open_configured()


def test_files_that_are_still_being_written_are_left_alone(export: Export, tmp_path: Path) -> None:
    folder = export.folder(tmp_path / "night")
    with pytest.raises(SourceRefused, match="may not be whole yet"):
        drop.newest(folder, at=WRITTEN + timedelta(seconds=30))
    assert drop.newest(folder, at=WRITTEN + timedelta(minutes=2)) == folder


def write(folder: Path, **files: str) -> Path:
    """A folder of files; `__` stands for the dot."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("oneroster-csv", {"manifest__csv": "propertyName,value\n", "relationships__csv": "a,b\n"}),
        ("oneroster-csv", {"users__csv": "sourcedId\n", "roles__csv": '"sourcedId","userSourcedId"\n'}),
        ("oneroster-csv", {"users__csv": "sourcedId\n", "orgs__csv": "sourcedId\n"}),
        ("sds", {"Users__csv": "sourcedId,username\n", "Roles__csv": "\ufeffuserSourcedId,orgSourcedId,role\n"}),
        ("sds", {"users__csv": "sourcedId,username\n", "relationships__csv": "userSourcedId\n"}),
        ("sds", {"School__csv": "SIS ID,Name\n", "Student__csv": "SIS ID,School SIS ID\n"}),
        (
            "ed-fi-xml",
            {"StudentParent__xml": '<?xml version="1.0"?><InterchangeStudentParent xmlns="http://ed-fi.org/5"/>'},
        ),
    ],
)
def test_the_content_tells_of_which_kind_files_are(kind: str, files: dict[str, str], tmp_path: Path) -> None:
    assert telling.kind_of(write(tmp_path / "export", **files)) == kind


def test_a_package_of_the_standards_own_kind_is_opened_by_its_path(export: Export, tmp_path: Path) -> None:
    assert catalogue.open_path(export.zip(tmp_path / "night.zip")).name == "OneRoster 1.2 CSV"


@dataclass(frozen=True)
class Asked:
    """The options of a kind of SIS."""

    demographics: bool = True
    page_size: int = 500
    number: str = ""
    bounds: tuple[int, ...] = ()


@pytest.fixture
def server(settings: Any, monkeypatch: Any) -> None:
    """A source over the network that gives back what it was opened with."""

    class Server(types.ModuleType):
        Credentials = staticmethod(lambda *shown: shown)
        open_rest = staticmethod(lambda root, credentials, **keywords: (root, credentials, keywords))
        open_lookup = open_rest

    Server.Asked = Asked  # type: ignore[attr-defined]
    for name in ("wire", "sources.oneroster_rest", "sources.oneroster_rest.lookup"):
        monkeypatch.setitem(sys.modules, f"openhouse.sync.{name}", Server(name))
    settings.SIS = settings.SIS_LOOKUP = sis_address(REST)
    settings.SIS_CLIENT_ID, settings.SIS_CLIENT_SECRET, settings.SIS_TOKEN_URL = (
        "openhouse",
        "moss",
        "https://t.example",
    )


def test_a_server_is_opened_with_its_address_and_the_portals_secret(server: None) -> None:
    root, shown = "https://sis.example.org/ims/oneroster/rostering/v1p2", ("https://t.example", "openhouse", "moss", "")
    assert catalogue.open_configured(since=NOW) == (root, shown, {"since": NOW})
    assert catalogue.open_lookup() == (root, shown, {})


def test_an_addresss_options_are_those_of_its_kind(server: None, settings: Any) -> None:
    settings.SIS_LOOKUP = sis_address(f"{REST}?demographics=false&page_size=20&number=District%20ID")
    assert catalogue.open_lookup()[2] == {"asked": Asked(demographics=False, page_size=20, number="District ID")}


@pytest.mark.parametrize("option", ["pages=1", "page_size=few", "demographics=1", "bounds=1"])
def test_an_option_that_there_is_not_is_refused_with_those_that_there_are(
    option: str, server: None, settings: Any
) -> None:
    settings.SIS = sis_address(f"{REST}?{option}")
    with pytest.raises(SourceRefused, match=r"^OPENHOUSE_SIS: .* are: demographics=true, page_size=500, number=\.$"):
        catalogue.open_configured()


def test_files_have_options_too(export: Export, tmp_path: Path, settings: Any) -> None:
    settings.SIS = sis_address(f"oneroster-csv:{tmp_path}?strict=maybe")
    with pytest.raises(SourceRefused, match="There are: strict=false"):
        catalogue.open_path(export.zip(tmp_path / "night.zip"))
    settings.SIS = sis_address("sds:/srv/drop?strict=true")
    with pytest.raises(SourceRefused, match="There are: none"):
        catalogue.options(settings.SIS, "OPENHOUSE_SIS")


def test_a_variable_that_cannot_be_read_is_named(monkeypatch: Any) -> None:
    monkeypatch.setenv("OPENHOUSE_SIS", "sds:drop")
    with (
        pytest.raises(ImproperlyConfigured, match="OPENHOUSE_SIS is the SIS"),
        environment.reading("OPENHOUSE_SIS") as text,
    ):
        sis_address(text)
