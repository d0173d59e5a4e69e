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
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from openhouse.demo.plan import DistrictPlan
from openhouse.demo.sis.server import Sis

ROOT = Path(__file__).parents[2]


@dataclass
class Portal:
    """A running portal. `cast` names the hard families; `clerk(code)` an employee of a school."""

    folder: Path
    environment: dict[str, str]
    url: str
    cast: dict[str, Any] = field(default_factory=dict)
    employees: list[dict[str, Any]] = field(default_factory=list)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    hand: subprocess.Popen[str] | None = None
    sis: Sis | None = None
    scenes: str = "tests.journeys.backstage"

    def run(self, *arguments: str) -> str:
        """A command of the program; its standard output."""
        command = [sys.executable, "-m", "openhouse", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def backstage(self, verb: str, **arguments: Any) -> Any:
        """Do something behind the scenes: a verb of backstage.py, or of the module that adds some; its answer."""
        if self.hand is None:
            program = [sys.executable, "-m", self.scenes]
            pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            self.hand = subprocess.Popen(program, env=self.environment, cwd=ROOT, **pipes)
        assert self.hand.stdin
        assert self.hand.stdout
        self.hand.stdin.write(json.dumps([verb, arguments]) + "\n")
        self.hand.stdin.flush()
        answer = self.hand.stdout.readline()
        assert answer.strip(), f"{verb} failed"
        return json.loads(answer)

    def serve(self, url: str = "", **settings: str) -> str:
        """Start a server, where settings are given with those instead of the portal's own; its address."""
        url = url or f"http://127.0.0.1:{free_port()}"
        command = ["serve", "--port", str(urlsplit(url).port), "--workers", "1"]
        self._start(command, self.environment | {"OPENHOUSE_URL": url} | settings)
        _wait_for(f"{url}/health/")
        return url

    def work(self) -> None:
        """Start a worker."""
        self._start(["worker"], self.environment)

    def _start(self, command: list[str], environment: dict[str, str]) -> None:
        with self.log.open("ab") as log:
            program = [sys.executable, "-m", "openhouse", *command]
            self.processes.append(subprocess.Popen(program, env=environment, stdout=log, stderr=log))

    @property
    def log(self) -> Path:
        """What the servers and workers said."""
        return self.folder / "log"

    def named_in_log(self) -> list[str]:
        """What of people's the servers and workers said, which they must never: names, emails, Student IDs, birth dates."""
        said = self.log.read_text()
        cases = list(self.cast.values())
        children = [child for case in cases for child in case["children"]]
        words = [name for case in cases for name in case["guardians"]] + ["@families.example"]
        words += [str(child[fact]) for child in children for fact in ("student", "birth_date") if child[fact]]
        return [word for word in words if word in said]

    def clerk(self, code: str) -> str:
        """The name of an employee who may give PINs at this school and no other."""
        return next(each["name"] for each in self.employees if each["school_codes"] == [code])

    def administrator(self) -> str:
        """The name of the District Administrator."""
        return self.holder("District Administrator")

    def holder(self, role: str) -> str:
        """The name of an employee who holds a role."""
        return next(each["name"] for each in self.employees if each["role"] == role)

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
        found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4}|\d{6,10})\s*$", self.mail_to(address, "code"), re.M)
        assert found, "no code in the mail"
        return found.group(1)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, postgresql: str | None, settings: str = "openhouse.settings", **facts: Any) -> Portal:
    """Open a district in the folder, or in a database of its own beside the one named, and serve it with these settings."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENHOUSE_")}
    environment.pop("DATABASE_URL", None)
    environment |= {"OPENHOUSE_DIR": str(folder), "OPENHOUSE_DEMO": "1", "DJANGO_SETTINGS_MODULE": settings}
    if postgresql:
        environment["DATABASE_URL"] = _create(postgresql)
    environment["OPENHOUSE_URL"] = url = f"http://127.0.0.1:{free_port()}"
    sis = Sis()
    portal = Portal(folder, environment | sis.environment, url, sis=sis, **facts)
    told = portal.backstage("open_district", folder=str(folder))
    portal.cast, portal.employees = told["cast"], told["employees"]
    plan = json.loads((folder / "district.json").read_text())
    sis.open(DistrictPlan(plan["students"], plan["seed"], date.fromisoformat(plan["on"])), folder)
    portal.work()
    portal.serve(url)
    return portal


def stop(portal: Portal) -> None:
    """End the server and the worker, and drop the database made for them."""
    if portal.hand:
        portal.hand.communicate()
    if portal.sis:
        portal.sis.close()
    for process in portal.processes:
        process.terminate()
    for process in portal.processes:
        process.wait(timeout=20)
    if address := portal.environment.get("DATABASE_URL"):
        name = urlsplit(address).path.strip("/")
        with psycopg.connect(_beside(address, "postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _beside(address: str, name: str) -> str:
    """Another database of the same server."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/{name}{'?' if parts.query else ''}{parts.query}"


def _create(address: str) -> str:
    name = f"openhouse_journey_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(_beside(address, "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return _beside(address, name)


def _wait_for(address: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the server did not answer")
