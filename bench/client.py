"""A client that knows exactly how long an answer took and how many bytes of it came over the wire."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

ACCEPTED = "gzip, deflate, br, zstd"
"""What a browser of today accepts."""


class WrongAnswer(Exception):
    """The portal answered otherwise than the bench expects. The text says what was asked."""


@dataclass(frozen=True)
class Answer:
    """Seconds from the first byte sent to the last one received, and the bytes received: status line, headers, body."""

    seconds: float
    status: int
    headers: Mapping[str, str]
    size: int
    body: bytes = b""

    def text(self) -> str:
        """The body as it was before it was packed for the wire."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


def request(method: str, path: str, *, cookies: Mapping[str, str], fields: Mapping[str, str] | None = None) -> bytes:
    """A request as it goes over the wire."""
    body = urlencode(fields or {}).encode() if method == "POST" else b""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Accept-Encoding: {ACCEPTED}",
        "Accept-Language: en-US,en;q=0.9",
        "Accept: text/html",
    ]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Client:
    """One connection that is kept open, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, wire: bytes) -> Answer:
        """Send one request and read its whole answer."""
        started = time.perf_counter()
        self.socket.sendall(wire)
        received = self._until(b"", lambda got: b"\r\n\r\n" in got)
        head, _, body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(headers["content-length"])
        body = self._until(body, lambda got: len(got) >= length)
        return Answer(time.perf_counter() - started, int(status.split()[1]), headers, len(head) + 4 + length, body)

    def _until(self, got: bytes, done: Callable[[bytes], bool]) -> bytes:
        while not done(got):
            chunk = self.socket.recv(1 << 16)
            if not chunk:
                raise WrongAnswer("the server closed the connection")
            got += chunk
        return got

    def close(self) -> None:
        """End the connection."""
        self.socket.close()
