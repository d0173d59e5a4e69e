"""A web server on this machine, in a thread, that answers as a test says."""

from __future__ import annotations

import json
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "a-token-that-nobody-may-read"
SECRET = "a-secret-that-nobody-may-read"


@dataclass
class Asked:
    """One request, as the test sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    root: str


@dataclass
class Reply:
    """What to answer: bytes with a length, or pieces that are sent one after the other until the client hangs up."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Iterable[bytes] | None = None
    endless_headers: bool = False
    """Send the pieces before the headers have ended."""


def reply(content: Any, status: int = 200, **headers: str) -> Reply:
    """JSON; of header names, `_` becomes `-`."""
    return Reply(status, json.dumps(content).encode(), {name.replace("_", "-"): text for name, text in headers.items()})


def token(asked: Asked) -> Reply:
    """What an honest token endpoint answers."""
    return reply({"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})


class Server:
    """Answers `/token` with `token` and everything else with `answer`; remembers what was asked."""

    def __init__(self, answer: Callable[[Asked], Reply], token: Callable[[Asked], Reply]) -> None:
        self.answer, self.token = answer, token
        self.asked: list[Asked] = []
        self.root = ""

    def handle(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return self.token(asked) if asked.path == "/token" else self.answer(asked)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path == path for asked in self.asked)


class _Web(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that trusts nobody, or has heard enough, hangs up
            super().handle_error(request, client_address)


@contextmanager
def serving(
    answer: Callable[[Asked], Reply], token: Callable[[Asked], Reply] = token, tls: ssl.SSLContext | None = None
) -> Iterator[Server]:
    """A server while the block runs; its `root` is the address to ask."""
    server = Server(answer, token)
    web = _Web(("127.0.0.1", 0), _handler(server))
    web.daemon_threads = True
    server.root = f"http{'s' if tls else ''}://127.0.0.1:{web.server_port}"
    if tls:
        web.socket = tls.wrap_socket(web.socket, server_side=True)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.shutdown()
        thread.join()
        web.socket.close()


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a header and a body in two writes would cost 40 ms each

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            query = dict(parse_qsl(address.query))
            found = server.handle(Asked(self.command, address.path, query, dict(self.headers), body, server.root))
            try:
                self.send(found)
            except OSError:
                self.close_connection = True  # the client hung up, as it should

        do_POST = do_GET  # noqa: N815 (the standard library's name)

        def send(self, found: Reply) -> None:
            self.send_response_only(found.status)
            for name, text in found.headers.items():
                self.send_header(name, text)
            if found.pieces is None:
                if "Content-Length" not in found.headers:
                    self.send_header("Content-Length", str(len(found.body)))
                self.end_headers()
                self.wfile.write(found.body)
                return
            self.send_header("Connection", "close")
            self.flush_headers() if found.endless_headers else self.end_headers()
            for piece in found.pieces:
                self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
