"""`openhouse sync PATH --dry-run`: what would change and who would gain or lose access, in numbers and without a name."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openhouse import cli
from openhouse.access import rehearsing
from openhouse.district.models import Guardian
from openhouse.environment import SisAddress
from openhouse.sync.models import SyncRun
from tests.sync.export import Export, mirror
from tests.sync.trouble import restricted, stepfather

type Command = Callable[..., int]


@pytest.fixture
def command(db: None, tmp_path: Path) -> Command:
    """`command(export, "--dry-run")` runs the program's command."""

    def command(export: Export, *arguments: str) -> int:
        parser = argparse.ArgumentParser()
        rehearsing.add_arguments(parser)
        return rehearsing.run(parser.parse_args([str(export.zip(tmp_path / "night.zip")), *arguments]))

    return command


def test_the_program_calls_it() -> None:
    assert cli.COMMANDS["sync"][0] == rehearsing.__name__


def test_a_dry_run_says_what_would_be_and_changes_nothing(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    command(restricted())
    before, _said = mirror(), capsys.readouterr()
    assert command(stepfather(restricted()), "--dry-run") == 0
    said = capsys.readouterr()
    assert "A dry run: nothing was changed. It would wait for a person:" in said.out
    assert "  students with a restriction on record would gain a guardian: 1 of 1 (100.0 %)" in said.out
    assert "Would gain access: 1 guardianships of enrolled students; 1 of them have no account" in said.out
    assert "Students touched who have a restriction on record: 1." in said.out
    assert (said.err, mirror()) == ("", before)


@pytest.mark.parametrize("arguments", [(), ("--dry-run",), ("--dry-run", "--json")], ids=str)
def test_no_name_and_no_id_is_printed(
    command: Command, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    command(restricted())
    command(stepfather(restricted()), *arguments)
    said = "".join(capsys.readouterr()).lower()
    assert not [word for word in ("otto", "maya", "lopez", "s-1", "stepfather", "no contact") if word in said]


def test_a_run_that_waits_says_so_and_is_no_success(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    command(restricted())
    assert command(stepfather(restricted())) == 1
    said = capsys.readouterr()
    run = SyncRun.objects.get(state=SyncRun.State.WAITING)
    assert "The run waits until somebody accepts it or throws it away:" in said.out
    assert said.err == f"openhouse sync: nothing was changed. Run {run.pk} waits for a person.\n"
    assert not Guardian.objects.filter(sourced_id="otto").exists()


def test_json_has_the_numbers(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    command(restricted())
    capsys.readouterr()
    command(stepfather(restricted()), "--dry-run", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["brakes"][0]["code"], found["restricted"]) == ("rehearsed", "restricted", 1)
    assert found["access"] == {
        "gains": 1, "could_get_pin": 1, "losses": 0, "associations_gain": 0, "associations_lose": 0,
        "restricted_students": 1, "complete": True,
    }  # fmt: skip


def test_a_night_that_waits_is_weighed_before_anybody_looks(command: Command, tmp_path: Path, settings: Any) -> None:
    command(restricted())
    settings.SIS = SisAddress("oneroster-csv", str(stepfather(restricted()).zip(tmp_path / "sis.zip")), {})
    assert cli.main(["sync", "--due"]) == 1
    run = SyncRun.objects.exclude(due_at=None).get()
    assert run.state == SyncRun.State.WAITING
    assert (run.report["access"]["gains"], run.report["access"]["restricted_students"]) == (1, 1)
