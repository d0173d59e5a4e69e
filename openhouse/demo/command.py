"""`openhouse demo`: a made-up district, set up and served on this machine, with nothing else needed."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

from openhouse.demo.district import cast
from openhouse.demo.plan import DistrictPlan, PlanRefused
from openhouse.demo.sis.server import Sis

CHECKOUT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds to wait for the server's first answer."""
PR_SET_PDEATHSIG = 1
GRACE = 10
"""Seconds that the server and the worker have to end."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to serve, and the district to make the first time."""
    parser.add_argument("--port", type=_port, default=8000, help="default: %(default)s")
    parser.add_argument("--students", type=int, default=2000, metavar="N", help="the first time (default: 2000)")
    parser.add_argument("--dir", type=Path, metavar="DIR", help="where everything is kept (default: demo-data)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed is another district")
    parser.add_argument("--json", action="store_true", help="print one JSON line on standard output once it serves")


def run(options: argparse.Namespace) -> int:
    """Serves until Ctrl-C; the data stays, and the next run goes on with it. Returns 1 where it cannot."""
    folder = (options.dir or Path(os.environ.get("OPENHOUSE_DIR") or CHECKOUT / "demo-data")).absolute()
    if not _is_free(options.port):
        return _refuse(f"port {options.port} is in use: choose another with --port")
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _stop)
    sis = Sis()
    try:
        _settle_in(folder, options.port, sis)
    except OSError as error:
        return _refuse(f"{folder}: {error.strerror}")
    try:
        plan = _prepare(folder, options)
    except PlanRefused as refused:
        return _refuse(str(refused))
    except KeyboardInterrupt:
        return _refuse("stopped before it was ready; run it again to go on")
    sis.open(plan, folder)
    return _serve(folder, options, plan)


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _refuse(text: str) -> int:
    print(f"openhouse demo: {text}", file=sys.stderr)
    return 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _settle_in(folder: Path, port: int, sis: Sis) -> None:
    """The demo is always embedded: whatever database and keys the environment names are not for made-up people."""
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("OPENHOUSE_")]:
        del os.environ[name]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.update(OPENHOUSE_DIR=str(folder), OPENHOUSE_DEMO="1", OPENHOUSE_URL=f"http://127.0.0.1:{port}")
    os.environ.update(sis.environment)


def _prepare(folder: Path, options: argparse.Namespace) -> DistrictPlan:
    import django

    django.setup()
    from openhouse import tables
    from openhouse.demo import opening

    tables.bring_up_to_date()
    Path(os.environ["OPENHOUSE_DIR"], "mail").mkdir(exist_ok=True)
    today = date.today()  # noqa: DTZ011 (the day where the demo runs)
    plan = opening.plan_of(folder, students=options.students, seed=options.seed, on=today)
    opening.open_district(folder, plan, _say)
    opening.appoint_employees(plan)
    return plan


def _serve(folder: Path, options: argparse.Namespace, plan: DistrictPlan) -> int:
    from openhouse.demo.letters import live

    children = [_start("serve", "--port", str(options.port)), _start("worker")]
    try:
        letters = live(cast(plan))  # while the server starts
        _wait_for(f"http://127.0.0.1:{options.port}/health/", children[0])
        _announce(folder, options, letters)
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        return _refuse("the server or the worker stopped by itself")
    except KeyboardInterrupt:
        _say("\nStopped. Run it again to go on with the same data.")
        return 0
    finally:
        _end(children)


def _start(*arguments: str) -> subprocess.Popen[bytes]:
    """A child in a process group of its own: Ctrl-C in a terminal reaches this process alone, which ends them in order."""
    program = [sys.executable, "-m", "openhouse", *arguments]
    return subprocess.Popen(program, stdout=sys.stderr, process_group=0, preexec_fn=_end_with_parent)  # noqa: S603


def _end_with_parent() -> None:
    """On Linux: be told to stop when the parent dies, even by kill -9, so that nobody keeps the port (prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)  # a second Ctrl-C leaves nobody behind
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 (our own address)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(_refuse("the server did not answer"))


def _announce(folder: Path, options: argparse.Namespace, letters: list[dict[str, Any]]) -> None:
    from openhouse.demo import opening

    url, employees = f"http://127.0.0.1:{options.port}", opening.appointed()
    if options.json:
        told = {"url": url, "mail_dir": str(folder / "mail"), "employees": employees, "letters": letters}
        print(json.dumps(told, ensure_ascii=False), flush=True)
    _say(f"\nOpen House is at {url}. All people in it are made up. Ctrl-C ends it; the data stays in {folder}.\n")
    _say("Staff: Employee Login, then choose one of")
    for person in [*employees[:4], *(each for each in employees[4:] if not each["school_codes"])]:
        _say(f"  {person['name']} ({person['role']}, {_where(person)})")
    for name in opening.without_role():
        _say(f"  {name} (no role yet: asks for one)")
    _say("\nGuardians: Login / Register with any email address, then add a student with a letter such as")
    for letter in letters[:4]:
        _say(
            f"  Student ID {letter['student_number']}, born {letter['birth_date']}, PIN {letter['pin']}, for {letter['guardian']}"
        )
    _say(f"\nMails, with their codes: {url}/demo/mail/")
    _say(f"A SIS that can be asked, and its desk, where families enrol: {url}/demo/sis/")
    _say(f"The next night's roster: OPENHOUSE_DIR={folder} bin/openhouse sync {folder / 'night-2.zip'}\n")


def _where(person: dict[str, Any]) -> str:
    if person["school_codes"]:
        return f"schools {', '.join(person['school_codes'])}"
    return f"region {person['region']}" if person["region"] else "whole district"
