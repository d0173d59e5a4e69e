"""`openhouse demo` as a person runs it: a process of its own, ended with Ctrl-C or worse, and run again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 90
USE = """
import django
django.setup()
from django.utils import timezone
from openhouse.access import pins
from openhouse.access.models import Pin, PinEnd
living = list(Pin.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
used, expired = Pin.objects.filter(pk__in=living[:12]), Pin.objects.filter(pk__in=living[12:])
pins.close(used, end=PinEnd.USED, at=timezone.now())
expired.update(made_at="2026-01-01T00:00Z", expires_at="2026-01-02T00:00Z")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, *arguments: str, port: int | None = None) -> subprocess.Popen[str]:
    """The demo in a process group of its own, beside a database that it must leave alone."""
    command = [sys.executable, "-m", "openhouse", "demo", "--students", "60", "--dir", str(folder), "--json"]
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody@nowhere.invalid/production", "OPENHOUSE_DEMO": ""}
    return subprocess.Popen(
        [*command, "--port", str(port or free_port()), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(demo: subprocess.Popen[str], how: signal.Signals = signal.SIGINT) -> str:
    """Ctrl-C, or worse. What was still said on standard error; standard output must have said all."""
    os.killpg(demo.pid, how)
    rest, said = demo.communicate(timeout=PATIENCE)
    assert rest == ""
    return said


def left_of(demo: subprocess.Popen[str]) -> list[str]:
    """The processes of the demo's session that are still there, its children's children too."""
    done = subprocess.run(["ps", "-o", "args=", "-s", str(demo.pid)], capture_output=True, text=True)
    return done.stdout.splitlines()


@contextmanager
def running(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A demo that serves, and what its one line told."""
    demo = start(folder)
    try:
        assert demo.stdout
        yield demo, json.loads(demo.stdout.readline())
    finally:
        if demo.poll() is None:
            demo.terminate()
            demo.communicate()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The first run, ended with Ctrl-C: what it told, what it served, how it ended."""
    folder = tmp_path_factory.mktemp("demo") / "new" / "folder"
    with running(folder) as (demo, told):
        with urllib.request.urlopen(told["url"], timeout=10) as answer:
            page = answer.read().decode()
        said = end(demo)
        seen = {"page": page, "said": said, "code": demo.returncode, "left": left_of(demo)}
    return {"folder": folder, "told": told} | seen


def test_one_line_tells_where_and_as_whom(first: dict[str, Any]) -> None:
    told = first["told"]
    assert set(told) == {"url", "mail_dir", "employees", "letters"}
    assert Path(told["mail_dir"]).is_dir()
    assert {tuple(each) for each in told["employees"]} == {("name", "email", "role", "school_codes", "region")}
    assert {tuple(each) for each in told["letters"]} == {
        ("guardian", "email", "student_number", "birth_date", "pin", "school_code")
    }
    assert "Rio Claro Unified School District" in first["page"]


def test_twenty_letters_hold_siblings_at_three_schools_and_six_children(first: dict[str, Any]) -> None:
    letters = first["told"]["letters"]
    assert len(letters) >= 20
    assert all(len(each["pin"]) == 6 and each["pin"].isdecimal() for each in letters)
    assert None in {each["email"] for each in letters}
    assert Counter(each["guardian"] for each in letters).most_common(1)[0][1] == 6
    siblings = [each for each in letters if each["guardian"] == letters[0]["guardian"]]
    assert len({each["school_code"] for each in siblings}) == len(siblings) == 3


def test_every_letter_s_school_has_an_employee_to_sign_in_as(first: dict[str, Any]) -> None:
    reached = {code for each in first["told"]["employees"] for code in each["school_codes"]}
    assert {each["school_code"] for each in first["told"]["letters"]} <= reached


def test_ctrl_c_ends_it_calmly_and_leaves_nobody_behind(first: dict[str, Any]) -> None:
    assert first["code"] == 0
    assert first["left"] == []
    assert "Traceback" not in first["said"]


def test_everything_is_in_the_folder_whatever_database_the_environment_names(first: dict[str, Any]) -> None:
    assert (first["folder"] / "db.sqlite3").is_file()


def test_a_second_run_goes_on_and_makes_letters_for_those_used_or_expired(
    first: dict[str, Any], tmp_path: Path
) -> None:
    folder = tmp_path / "again"
    shutil.copytree(first["folder"], folder)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {"OPENHOUSE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "openhouse.settings"}
    subprocess.run([sys.executable, "-c", USE], env=environment, check=True, timeout=PATIENCE)
    with running(folder) as (demo, told):
        os.kill(demo.pid, signal.SIGINT)  # as `kill -INT` sends it: to the demo alone
        demo.communicate(timeout=PATIENCE)
        assert demo.returncode == 0
        assert left_of(demo) == []
    assert told["employees"] == first["told"]["employees"]
    assert len(told["letters"]) >= 20
    assert Counter(each["guardian"] for each in told["letters"]).most_common(1)[0][1] == 6
    before = {each["pin"] for each in first["told"]["letters"]}
    assert not before & {each["pin"] for each in told["letters"]}


def test_a_port_in_use_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        demo = start(tmp_path, port=port)
        told, said = demo.communicate(timeout=PATIENCE)
    assert (demo.returncode, told) == (1, "")
    assert said == f"openhouse demo: port {port} is in use: choose another with --port\n"


@pytest.mark.parametrize("moment", ["Making a district", "Bringing its roster in"])
def test_a_first_run_that_was_killed_is_completed_by_the_next(moment: str, tmp_path: Path) -> None:
    demo = start(tmp_path)
    assert demo.stderr
    assert any(moment in line for line in demo.stderr)
    end(demo, signal.SIGKILL)
    with running(tmp_path) as (again, told):
        end(again)
        assert again.returncode == 0
    assert len(told["letters"]) >= 20
    assert told["employees"]


def test_a_portal_that_the_demo_did_not_make_is_left_alone(tmp_path: Path) -> None:
    environment = {**os.environ, "OPENHOUSE_DIR": str(tmp_path), "DATABASE_URL": ""}
    program = [sys.executable, "-m", "openhouse"]
    district = str(tmp_path / "real.zip")
    for arguments in (["make-district", district, "--students", "40"], ["sync", district]):
        subprocess.run([*program, *arguments], env=environment, check=True, capture_output=True)
    done = subprocess.run([*program, "demo", "--dir", str(tmp_path)], env=environment, capture_output=True, text=True)
    assert (done.returncode, "did not make" in done.stderr) == (1, True)
