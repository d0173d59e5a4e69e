"""The made-up SIS on the net: what a lookup asks of OneRoster over REST, its tokens, and its desk."""

from __future__ import annotations

import base64
import json
import secrets
import sys
import threading
import time
from datetime import date
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from openhouse.demo.plan import DistrictPlan
from openhouse.demo.sis import roster
from openhouse.demo.sis.records import BASE
from openhouse.demo.sis.register import Register

CLIENT = "openhouse-demo"
SLOW = 8.0
"""Seconds after which a slow SIS answers: more than a lookup waits."""
LONGEST_BODY = 10_000
SHOWN = 100
"""Schools, and families that came, which the desk tells of."""

type Answer = tuple[int, Any]
MISSING: Answer = 404, {}


class Mood(StrEnum):
    """How the SIS answers lookups; its desk always works."""

    PROMPT = "prompt"
    SLOW = "slow"
    DEAD = "dead"


class Sis:
    """Holds a port of this machine from the beginning, so that settings can name it, and answers once it is open."""

    def __init__(self) -> None:
        self.secret, self.token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.mood = Mood.PROMPT
        self.register: Register | None = None
        self._web = _Web(("127.0.0.1", 0), _handler(self))
        self.root = f"http://127.0.0.1:{self._web.server_address[1]}"

    @property
    def environment(self) -> dict[str, str]:
        """The settings by which a portal asks it."""
        return {
            "OPENHOUSE_SIS_LOOKUP": f"oneroster-rest:{self.root}{BASE}?guardianships=true",
            "OPENHOUSE_SIS_TOKEN_URL": f"{self.root}/token",
            "OPENHOUSE_SIS_CLIENT_ID": CLIENT,
            "OPENHOUSE_SIS_CLIENT_SECRET": self.secret,
        }

    def open(self, plan: DistrictPlan, folder: Path) -> None:
        """Answer, in threads of this process, about the plan's district and what the folder keeps."""
        self.register = Register(plan, folder)
        threading.Thread(target=self._serve, args=[self.register], name="sis", daemon=True).start()

    def close(self) -> None:
        """Answer nobody any more."""
        if self.register:
            self._web.shutdown()
        self._web.server_close()

    def _serve(self, register: Register) -> None:
        register.read()
        self._web.serve_forever()

    def answer(self, method: str, path: str, query: dict[str, list[str]], authorization: str, body: bytes) -> Answer:
        """A status and JSON for one request."""
        basic = f"Basic {base64.b64encode(f'{CLIENT}:{self.secret}'.encode()).decode()}"
        if path == "/token":
            if not secrets.compare_digest(authorization.encode(), basic.encode()):
                return 401, {}
            return 200, {"access_token": self.token, "token_type": "Bearer", "expires_in": 3600}
        expected = basic if path.startswith("/desk/") else f"Bearer {self.token}"
        if not secrets.compare_digest(authorization.encode(), expected.encode()):
            return 401, {}
        if self.register is None:
            return 503, {}
        if path.startswith("/desk/"):
            return self._desk(self.register, method, path.removeprefix("/desk/"), json.loads(body or b"{}"))
        if not path.startswith(f"{BASE}/"):
            return MISSING
        found = roster.answer(self.register, path.removeprefix(f"{BASE}/"), "".join(query.get("filter", [])))
        return (200, found) if found else MISSING

    def _desk(self, register: Register, method: str, path: str, asked: dict[str, str]) -> Answer:
        """The desk: who enrols, who comes to a student, and how the SIS answers from now on; then all that it did."""
        number = ""
        match method, path:
            case "POST", "families":
                number = register.enrol(asked.get("school", ""), date.today())  # noqa: DTZ011 (where the demo runs)
                done = bool(number)
            case "POST", "guardians":
                number = register.join(asked.get("student_number", ""))
                done = bool(number)
            case "POST", "mood":
                done = asked.get("mood") in set(Mood)
                self.mood = Mood(asked["mood"]) if done else self.mood
            case _:
                done = (method, path) == ("GET", "")
        schools = [{"code": each.code, "name": each.name} for each in register.schools.all[:SHOWN]]
        arrivals = register.arrivals()[:SHOWN]
        return (
            (200, {"number": number, "mood": self.mood, "schools": schools, "arrivals": arrivals}) if done else MISSING
        )


class _Web(ThreadingHTTPServer):
    daemon_threads = True
    server_bind = TCPServer.server_bind  # the standard library's own asks for this machine's name, which may take long

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # whoever asked hung up, as a lookup does after its time
            super().handle_error(request, client_address)


def _handler(sis: Sis) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a header and a body in two writes would cost 40 ms each
        timeout = 30

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), LONGEST_BODY))
            if not address.path.startswith("/desk/"):
                if sis.mood is Mood.DEAD:
                    self.close_connection = True
                    return
                time.sleep(SLOW if sis.mood is Mood.SLOW else 0)
            authorization = self.headers.get("Authorization", "")
            status, told = sis.answer(self.command, unquote(address.path), parse_qs(address.query), authorization, body)
            self._send(status, json.dumps(told).encode())

        do_POST = do_GET  # noqa: N815 (the standard library's name)

        def _send(self, status: int, content: bytes) -> None:
            try:
                self.send_response_only(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # whoever asked did not wait

        def log_message(self, *_: object) -> None:
            """Nothing: addresses hold Student IDs."""

    return Handler
