"""The doctor says what is wrong around the portal, and never a secret."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from openhouse import cli, doctor, postgresql
from openhouse.environment import SisAddress, mailer
from openhouse.letters import typesetting
from openhouse.policy.models import Choice
from openhouse.sync import catalogue
from openhouse.sync.models import Alarm
from tests.sync.export import Export, land


def visit(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    return cli.main(["doctor"]), capsys.readouterr().out


def test_a_portal_in_order_gets_a_clean_bill(
    db: None, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Export().zip(tmp_path / "night.zip")
    settings.SIS = SisAddress("oneroster-csv", str(path))
    land(path)
    code, said = visit(capsys)
    assert code == 0
    assert "ok    SIS: OneRoster 1.2 CSV, written 2026-11-19" in said
    assert "ok    data: as of 2026-11-19 18:00" in said
    assert "ok    letters: in English, Spanish, Armenian, Chinese (Simplified)" in said
    assert "ok    names: found whatever their case" in said
    assert "note  mail: OPENHOUSE_MAIL_URL names no server" in said
    assert "note  alarms: policy alarm_emails names nobody" in said


def test_a_mail_server_is_named(db: None, settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.MAILERS = {"default": mailer("smtps://portal:moss@mail.example.org", settings.MAIL_DIR)}
    said = visit(capsys)[1]
    assert "ok    mail: sent over mail.example.org:465" in said
    assert "moss" not in said


def test_mails_that_failed_or_wait_for_a_worker_are_counted(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert "ok    tasks: none was given up, and none waits" in visit(capsys)[1]
    ago, tried = timezone.now() - timedelta(hours=2), ["a", "b", "c", "d", "e"]
    for state, workers in (
        (TaskResultStatus.FAILED, tried),
        (TaskResultStatus.FAILED, ["a"]),  # the worker takes it up again
        (TaskResultStatus.READY, []),
        (TaskResultStatus.SUCCESSFUL, ["a"]),
    ):
        row = DBTaskResult.objects.create(args_kwargs={"args": [], "kwargs": {}}, task_path="a.task", status=state)
        started = {"started_at": ago} if workers else {}
        DBTaskResult.objects.filter(pk=row.pk).update(enqueued_at=ago, worker_ids=workers, **started)
    said = visit(capsys)[1]
    assert "WRONG tasks: 1 mails or other tasks were given up" in said
    assert "WRONG tasks: 1 mails or other tasks wait" in said


def test_a_value_that_is_not_allowed_any_more_is_named_and_nothing_is_served(
    db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Choice.objects.create(name="pin_length", value=3, valid_from=timezone.now())
    assert "WRONG policy: pin_length: " in visit(capsys)[1]
    assert cli.main(["serve"]) == cli.main(["worker"]) == 1
    assert "pin_length: " in capsys.readouterr().err
    assert cli.main(["policy", "set", "pin_length", "8"]) == 0
    assert "ok    policy: every value chosen is allowed" in visit(capsys)[1]


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ({"HOST": "db.example.org", "OPTIONS": {}}, (False, "sslmode=verify-full")),
        ({"HOST": "db.example.org", "OPTIONS": {"sslmode": "require"}}, (False, "sslmode=verify-full")),
        ({"HOST": "db.example.org", "OPTIONS": {"sslmode": "verify-full"}}, (True, "certificate checked")),
        ({"HOST": "/run/postgresql", "OPTIONS": {}}, (True, "on this machine")),
        ({"HOST": ""}, (True, "on this machine")),
    ],
)
def test_an_open_line_to_the_database_is_wrong(
    settings: Any, monkeypatch: Any, database: dict[str, Any], said: tuple[bool, str]
) -> None:
    settings.HTTPS = True
    monkeypatch.setitem(settings.DATABASES, "default", database)
    (found,) = doctor.database(timezone.now())
    assert found.fits is said[0]
    assert said[1] in found.words


@pytest.mark.parametrize(("address", "fits"), [("smtp://mail.example.org", False), ("smtp://localhost", True)])
def test_an_open_line_to_the_mail_server_is_wrong(settings: Any, address: str, fits: bool) -> None:
    settings.HTTPS = True
    settings.MAILERS = {"default": mailer(address, settings.MAIL_DIR)}
    (found,) = doctor.mail(timezone.now())
    assert found.fits is fits


def test_a_sis_that_does_not_open_is_wrong(
    db: None, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SIS = SisAddress("oneroster-csv", str(tmp_path))
    code, said = visit(capsys)
    assert code == 1
    assert "WRONG SIS: oneroster-csv does not open. The drop folder holds no export" in said


def test_a_key_that_others_can_read_is_wrong(
    db: None, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.HOME = tmp_path
    (tmp_path / "pin-keys").write_text("moss")
    (tmp_path / "pin-keys").chmod(0o640)
    code, said = visit(capsys)
    assert code == 1
    assert f"WRONG pin-keys: {tmp_path / 'pin-keys'} can be read by others" in said
    assert "moss" not in said


def test_an_alarm_that_stands_is_wrong(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    at = timezone.now() - timedelta(hours=1)
    Alarm.objects.create(cause="data old", occasion="a day", raised_at=at, asked_at=at)
    assert f"WRONG alarm: data old, since {at:%Y-%m-%d %H:%M} UTC" in visit(capsys)[1]


def test_what_breaks_is_told_by_its_kind_alone(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError("moss")

    settings.SIS = SisAddress("oneroster-csv", "/srv/drop")
    monkeypatch.setattr(catalogue, "open_configured", fail)
    code, said = visit(capsys)
    assert code == 1
    assert "WRONG sis: could not be looked at (ValueError)" in said
    assert "moss" not in said


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("", "note  lookup: not possible now. OPENHOUSE_SIS_LOOKUP can name"),
        ("sds", "note  lookup: not possible now. OPENHOUSE_SIS_LOOKUP can name"),
        ("ed-fi", "ok    lookup: ed-fi is asked; openhouse lookup STUDENT_ID tries it"),
    ],
)
def test_whether_a_student_can_be_asked_about_is_said(
    db: None, settings: Any, capsys: pytest.CaptureFixture[str], kind: str, words: str
) -> None:
    settings.SIS_LOOKUP = SisAddress(kind, "//sis.example.org" if kind == "ed-fi" else "/srv/drop", {})
    assert words in visit(capsys)[1]


def test_a_lookup_in_files_needs_an_index(
    db: None, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.SIS_LOOKUP = SisAddress("oneroster-csv", str(tmp_path / "night.zip"), {})
    settings.HOME = tmp_path
    assert "note  lookup: not possible now. There is no such file" in visit(capsys)[1]
    path = Export().zip(tmp_path / "night.zip")
    assert "note  lookup: not possible now. The newest export is not indexed yet" in visit(capsys)[1]
    cli.main(["index"])
    assert "ok    lookup: in the export written 2026-11-19 22:00" in visit(capsys)[1]
    land(path)
    cli.main(["index"])
    assert "note  lookup: not possible now. The portal has read the newest export" in visit(capsys)[1]


def test_a_language_without_its_font_is_named(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = typesetting.families() - {"Vazirmatn"}
    monkeypatch.setattr(typesetting, "families", lambda: found)
    code, said = visit(capsys)
    assert code == 1
    assert "for Farsi, Arabic; bin/setup brings them" in said


def test_a_database_that_knows_english_letters_alone_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL with the locale C leaves other letters as they are; a cursor that answers as it does stands in for it."""

    class Cursor(contextlib.nullcontext[Any]):
        def __enter__(self) -> Any:
            return self

        def execute(self, sql: str, given: Any = None) -> None:
            plain = "".join(each.lower() if each.isascii() else each for each in doctor.NAMES)
            self.answer = (plain,) if "openhouse_fold" in sql else ("C",)

        def fetchone(self) -> tuple[str]:
            return self.answer

    monkeypatch.setattr("django.db.connection", type("Connection", (), {"cursor": Cursor}))
    found = next(doctor.names(timezone.now()))
    assert (found.about, found.fits) == ("names", None) and "locale is C:" in found.words


@pytest.mark.parametrize(("answer", "fits"), [("on", None), ("off", True)])
def test_a_server_that_fills_its_log_with_zeroes_is_noted(
    monkeypatch: pytest.MonkeyPatch, answer: str, fits: bool | None
) -> None:
    """A cursor that answers as PostgreSQL does stands in for one that is set up so: only its superuser may change that."""

    class Cursor(contextlib.nullcontext[Any]):
        def __enter__(self) -> Any:
            return self

        def execute(self, sql: str) -> None:
            assert sql == "SHOW wal_init_zero"

        def fetchone(self) -> tuple[str]:
            return (answer,)

    monkeypatch.setattr("openhouse.postgresql.connection", type("Connection", (), {"cursor": Cursor}))
    found, words = postgresql.wal()
    assert found is fits and (fits or "ALTER SYSTEM SET wal_init_zero = off" in words)


def test_the_server_is_asked_for_what_it_knows(db: None) -> None:
    found = [each.about for each in doctor.server(timezone.now())]
    assert found == (["WAL", "memory"] if connection.vendor == "postgresql" else [])


@pytest.mark.parametrize(("held", "fits"), [("64kB", None), ("64GB", True)])
def test_a_database_that_its_server_does_not_hold_in_memory_is_noted(
    db: None, monkeypatch: pytest.MonkeyPatch, held: str, fits: bool | None
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite leaves memory to the system")
    query = postgresql.MEMORY.replace("current_setting('shared_buffers')", f"'{held}'")
    monkeypatch.setattr(postgresql, "MEMORY", query)
    found, words = postgresql.memory()
    assert found is fits and f"shared_buffers {held[:2]} " in words and (fits or "docs/operating-the-sync.md" in words)
