"""`openhouse sync` says what came of it, in words and in JSON, and never a value out of a file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from openhouse.audit import trail
from openhouse.sync import command
from openhouse.sync.sources import oneroster_csv
from tests.sync.export import Export


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture
def path(export: Export, tmp_path: Path) -> Path:
    """A small export with one bad row."""
    return export.set("demographics.csv", "maya", birthDate="2015-02-29").zip(tmp_path / "night.zip")


def test_a_summary_has_counts_and_what_was_set_aside(db: None, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(path)) == 0
    said = capsys.readouterr()
    assert "students                3          0          0          0" in said.out
    assert "demographics.csv, birthDate: is not a day that exists, as YYYY-MM-DD (1: line 2)" in said.out
    assert "missing_birth_date" in said.out
    assert said.err == ""


def test_a_second_run_says_that_nothing_changed(db: None, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(path))
    assert run(str(path)) == 0
    assert "Nothing changed." in capsys.readouterr().out


def test_json_is_one_object(db: None, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(path), "--json", "--on", "2026-11-18") == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: found[name] for name in ("state", "snapshot", "read", "new", "changed", "ended", "unchanged")} == {
        "state": "landed", "snapshot": "2026-11-18", "read": 24, "new": 16, "changed": 0, "ended": 0, "unchanged": 0,
    }  # fmt: skip
    assert found["set_aside"] == 1
    assert found["set_aside_rows"][0]["lines"] == [2]


def test_both_summaries_end_with_the_head_of_the_trail(
    db: None, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(str(path))
    assert capsys.readouterr().out.endswith(f"\nAudit head: {trail.head()}\n")
    run(str(path), "--json")
    assert json.loads(capsys.readouterr().out)["audit_head"] == trail.head()


def test_a_refusal_is_one_sentence_and_exit_code_1(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(str(tmp_path / "none.zip"), "--json") == 1
    said = capsys.readouterr()
    assert "There is no such file or folder." in said.err and "Traceback" not in said.err
    assert json.loads(said.out)["state"] == "failed"


def test_an_older_export_needs_a_word_of_its_own(db: None, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(str(path))
    assert run(str(path), "--on", "2026-11-18") == 1
    assert "--older" in capsys.readouterr().err
    assert run(str(path), "--on", "2026-11-18", "--older") == 0


def test_an_unexpected_error_shows_its_place_and_never_its_text(
    db: None, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("Maya Lopez")

    monkeypatch.setattr(oneroster_csv, "rows_of", fail)
    assert run(str(path)) == 1
    said = capsys.readouterr()
    assert "ValueError in test_command.py" in said.err
    assert "Maya" not in said.err + said.out


def test_a_bar_is_drawn_on_a_terminal_alone(capsys: pytest.CaptureFixture[str]) -> None:
    for shown in (True, False):
        with command.progress_bar(shown=shown) as progress:
            progress("reading", 5, 10)
            progress("reading", 10, 10)
            progress("landing", 1, 1)
        said = capsys.readouterr()
        assert (said.out, "landing" in said.err) == ("", shown)
