"""A whole portal for a story: its own folder and database, a small made-up district, the real server and the real worker."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

OPEN = """
import json, sys, django
django.setup()
from datetime import date
from pathlib import Path
from openhouse import tables
from openhouse.demo import letters, opening
from openhouse.demo.district import cast
tables.bring_up_to_date()
folder = Path(sys.argv[1])
plan = opening.plan_of(folder, students=60, seed=7, on=date.today())
opening.open_district(folder, plan, lambda text: None)
opening.appoint_employees(plan)
found = cast(plan)
people = {
    name: {"student": each.student.number, "birth_date": each.student.birth_date, "school": each.student.school.code,
           "first_name": each.student.given, "guardian": f"{each.guardian.given} {each.guardian.family}"}
    for name, each in found.items() if each.guardians
}
print(json.dumps({"employees": opening.appointed(), "cast": people}))
"""


@dataclass
class Portal:
    """A running portal. `cast` names the hard families; `clerk(code)` an employee of a school."""

    folder: Path
    environment: dict[str, str]
    url: str
    cast: dict[str, Any] = field(default_factory=dict)
    employees: list[dict[str, Any]] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str) -> str:
        """A command of the program; its standard output."""
        command = [sys.executable, "-m", "openhouse", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def clerk(self, code: str) -> str:
        """The name of an employee who may give PINs at this school and no other."""
        return next(each["name"] for each in self.employees if each["school_codes"] == [code])

    def mail_to(self, address: str, subject: str) -> str:
        """The newest mail's text to an address, once it is there."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            files = sorted((self.folder / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
            for text in (path.read_text() for path in files):
                if f"To: {address}" in text and subject in text:
                    return text
            time.sleep(0.1)
        raise AssertionError("the mail did not arrive")

    def code_for(self, address: str) -> str:
        """The sign-up code that was mailed to an address."""
        found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4}|\d{6,8})\s*$", self.mail_to(address, "code"), re.M)
        assert found, "no code in the mail"
        return found.group(1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, postgresql: str | None) -> Portal:
    """Open a district in the folder, or in a database of its own beside the one named, and serve it."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENHOUSE_")}
    environment.pop("DATABASE_URL", None)
    environment |= {"OPENHOUSE_DIR": str(folder), "OPENHOUSE_DEMO": "1", "OPENHOUSE_URL": url}
    environment["DJANGO_SETTINGS_MODULE"] = "openhouse.settings"
    if postgresql:
        environment["DATABASE_URL"] = _create(postgresql)
    portal = Portal(folder, environment, url)
    opened = subprocess.run(
        [sys.executable, "-c", OPEN, str(folder)], env=environment, capture_output=True, text=True, timeout=120
    )
    assert opened.returncode == 0, opened.stderr
    told = json.loads(opened.stdout)
    portal.cast, portal.employees = told["cast"], told["employees"]
    port = url.rpartition(":")[2]
    for command in (["serve", "--port", port, "--workers", "1"], ["worker"]):
        portal.processes.append(subprocess.Popen([sys.executable, "-m", "openhouse", *command], env=environment))
    _wait_for(f"{url}/health/")
    return portal


def stop(portal: Portal) -> None:
    """End the server and the worker, and drop the database made for them."""
    for process in portal.processes:
        process.terminate()
    for process in portal.processes:
        process.wait(timeout=20)
    if address := portal.environment.get("DATABASE_URL"):
        name = urlsplit(address).path.strip("/")
        with psycopg.connect(_server(address), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _server(address: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path="/postgres"))


def _create(address: str) -> str:
    name = f"openhouse_journey_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_server(address), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")
