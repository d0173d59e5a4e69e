"""The newest export that the SIS dropped is indexed when it lands, and asked about one student until it is brought in."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from openhouse import cli
from openhouse.district.models import Guardianship, Student
from openhouse.environment import SisAddress
from openhouse.policy import values
from openhouse.sync import catalogue, indexes, runs
from openhouse.sync.models import LookedUp, SyncRun
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import BY, Export, pair, person, role, student

YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
type Drop = Callable[..., Path]


@pytest.fixture
def dropped(tmp_path: Path, settings: Any, db: None) -> Drop:
    """`dropped(export, hours)` lets the SIS write an export so many hours before now."""
    settings.HOME, folder = tmp_path / "home", tmp_path / "drop"
    settings.HOME.mkdir()
    folder.mkdir()
    settings.SIS = settings.SIS_LOOKUP = SisAddress("oneroster-csv", str(folder), {})

    def dropped(export: Export, hours: float) -> Path:
        path = export.folder(folder / f"export-{hours}")
        for each in (*path.iterdir(), path):
            os.utime(each, (time.time() - 3600 * hours,) * 2)
        return path

    return dropped


def newcomer(export: Export) -> Export:
    """Nora enrolled today; Omar is her father."""
    export.add("users.csv", student("nora", "Nora", "S-9", "omar")).add("roles.csv", role("nora", "student", "oak"))
    export.add("users.csv", person("omar", "Omar", agentSourcedIds="nora")).add(
        "roles.csv", role("omar", "parent", "oak")
    )
    return export.add("guardianships.csv", pair("nora", "omar", relation="father"))


def bring_in(path: Path) -> None:
    runs.land(open_package(path), at=timezone.now(), by=BY)


def kept(settings: Any) -> list[Path]:
    return list((settings.HOME / "indexes").iterdir())


def test_a_student_of_a_file_that_landed_today_is_looked_up(dropped: Drop, export: Export) -> None:
    bring_in(dropped(export, 12))
    dropped(newcomer(export), 1)
    assert cli.main(["index"]) == 0
    assert cli.main(["lookup", "S-9"]) == 0
    nora = Student.objects.get(sourced_id="nora")
    assert timezone.now() - nora.valid_from < timedelta(minutes=1)
    assert timezone.now() - LookedUp.objects.get(sourced_id="nora").at > timedelta(minutes=59)
    assert Guardianship.objects.get(student=nora).guardian.sourced_id == "omar"


def test_a_lookup_does_not_overrule_a_file_written_after_its_own(dropped: Drop, export: Export) -> None:
    bring_in(dropped(export, 12))
    dropped(newcomer(export), 2)
    cli.main(["index"])
    cli.main(["lookup", "S-9"])
    bring_in(dropped(export.drop("users.csv", "nora").drop("roles.csv", "role-nora"), 1))
    assert Student.objects.get(sourced_id="nora").valid_until and not LookedUp.objects.exists()


def test_an_index_is_the_portals_alone_and_the_only_one(dropped: Drop, export: Export, settings: Any) -> None:
    dropped(export, 3)
    indexes.make(at=timezone.now())
    dropped(newcomer(export), 2)
    assert catalogue.open_lookup() is None  # what there is, is of another export
    index = indexes.make(at=timezone.now())
    assert index and kept(settings) == [index.path]
    assert stat.S_IMODE(index.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(index.path.stat().st_mode) == 0o600
    assert catalogue.open_lookup().asked_at == index.written_at  # type: ignore[union-attr]


def test_what_a_killed_build_left_goes_and_one_that_goes_on_stays(dropped: Drop, export: Export, settings: Any) -> None:
    dropped(export, 3)
    indexes.make(at=timezone.now())
    old, new = (settings.HOME / "indexes" / name for name in (".a.index.old", ".a.index.new"))
    old.touch()
    os.utime(old, (1, 1))
    new.touch()
    indexes.make(at=timezone.now())
    assert (old.exists(), new.exists()) == (False, True)


def test_an_export_that_was_brought_in_needs_no_index(
    dropped: Drop, export: Export, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = dropped(export, 3)
    indexes.make(at=timezone.now())
    seen = indexes.news(at=timezone.now())
    bring_in(path)
    assert indexes.news(at=timezone.now()) != seen
    assert cli.main(["index"]) == 0
    assert "nothing to look up" in capsys.readouterr().out and kept(settings) == []
    assert cli.main(["lookup", "S-1"]) == 1
    assert "The portal has read the newest export" in capsys.readouterr().err


def test_a_delta_is_not_indexed(dropped: Drop, export: Export) -> None:
    dropped(export.delta("users.csv"), 3)
    with pytest.raises(SourceRefused, match="changes alone"):
        indexes.make(at=timezone.now())
    assert catalogue.open_lookup() is None and "is a delta" in indexes.missing(at=timezone.now())


def test_other_columns_of_the_policy_make_it_anew(dropped: Drop, export: Export) -> None:
    dropped(export, 3)
    indexes.make(at=timezone.now())
    seen = indexes.news(at=timezone.now())
    values.choose(name="student_number_column", text="sourcedId", by=BY, at=timezone.now())
    assert indexes.news(at=timezone.now()) != seen
    index = indexes.make(at=timezone.now())
    assert index and index.settings["student_number_column"] == "sourcedId"


def test_a_package_that_may_not_be_whole_is_no_news(dropped: Drop, export: Export) -> None:
    dropped(export, 0)
    assert indexes.news(at=timezone.now()) == ""


def test_without_files_there_is_nothing_to_index(settings: Any, db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert indexes.news(at=timezone.now()) == ""
    assert cli.main(["index"]) == 1
    assert "Only OneRoster files" in capsys.readouterr().err


def test_no_student_is_taken_out_of_a_file_that_waits_for_a_person(dropped: Drop, export: Export) -> None:
    values.choose(name="brake_floor", text="0", by=BY, at=YESTERDAY)
    bring_in(dropped(export, 12))
    values.choose(name="brake_gains", text="0", by=BY, at=YESTERDAY)
    export.set("guardianships.csv", "maya leo", legal="true")
    bring_in(dropped(newcomer(export), 1))
    assert SyncRun.objects.filter(state="waiting").exists()
    indexes.make(at=timezone.now())
    assert cli.main(["lookup", "S-9"]) == 1
    assert not Student.objects.filter(sourced_id="nora").exists()


@pytest.mark.parametrize(
    "cells",
    [{"studentSourcedId": ""}, {"guardianSourcedId": ""}, {"studentSourcedId": "", "guardianSourcedId": ""}],
    ids=str,
)
def test_a_row_that_does_not_say_whose_it_is_lifts_no_restriction(
    dropped: Drop, export: Export, cells: dict[str, str]
) -> None:
    export.set("guardianships.csv", "maya leo", restriction="no contact")
    bring_in(dropped(export, 12))
    dropped(export.set("guardianships.csv", "maya leo", **cells), 1)
    cli.main(["index"])
    cli.main(["lookup", "S-1"])
    leo = Guardianship.objects.get(guardian__sourced_id="leo")
    assert (leo.restriction, leo.legal, leo.valid_until) == ("no contact", False, None)


def test_a_lookup_in_a_file_and_the_night_that_brings_it_in_say_the_same(dropped: Drop, export: Export) -> None:
    bring_in(dropped(export, 12))
    path = dropped(
        newcomer(export).set("users.csv", "maya", middleName="Rose").drop("guardianships.csv", "maya ana"), 1
    )
    cli.main(["index"])
    assert (cli.main(["lookup", "S-9"]), cli.main(["lookup", "S-1"])) == (0, 0)
    looked_up = facts()
    bring_in(path)
    assert facts() == looked_up and not LookedUp.objects.exists()


def facts() -> list[tuple[Any, ...]]:
    """Everything that stands in the mirror about students and their guardians, and since when."""
    pairs = Guardianship.objects.filter(valid_until=None).order_by("student__sourced_id", "guardian__sourced_id")
    people = Student.objects.filter(valid_until=None).order_by("sourced_id")
    return [
        *pairs.values_list("student__sourced_id", "guardian__sourced_id", "legal", "relation", "valid_from"),
        *people.values_list("sourced_id", "number", "middle_name", "birth_date", "valid_from"),
    ]
