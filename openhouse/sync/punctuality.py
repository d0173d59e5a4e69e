"""Connections that end on time. httpx bounds each read; a server that sends a byte now and then would keep a call for ever."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

type Remaining = Callable[[], float]
"""Seconds that are left."""


class Stream(httpcore.NetworkStream):
    """A connection on which no operation waits longer than what is left of the whole call."""

    def __init__(self, stream: httpcore.NetworkStream, left: Remaining) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """What has arrived, waiting for it as long as there is time."""
        return self._stream.read(max_bytes, _left(self._left, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, _left(self._left, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same connection, encrypted."""
        left = _left(self._left, httpcore.ConnectTimeout)
        return Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._left)

    def get_extra_info(self, info: str) -> Any:
        """What the pool asks about its connections."""
        return self._stream.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    """Opens connections that know how much time is left."""

    def __init__(self, left: Remaining) -> None:
        self._left = left

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to a host, at each of its addresses in turn: none that is dead may use up the others' time."""
        try:
            found = list(dict.fromkeys(str(it[4][0]) for it in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from None
        for place, address in enumerate(found):
            left = _left(self._left, httpcore.ConnectTimeout) / (len(found) - place)
            try:
                return Stream(super().connect_tcp(address, port, left, local_address, socket_options), self._left)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if place == len(found) - 1:
                    raise
        raise httpcore.ConnectError("no address")


class Transport(httpx.HTTPTransport):
    """httpx's own transport over such connections. No proxy but the one given: the environment has no say."""

    def __init__(self, context: ssl.SSLContext, proxy: str | None, left: Remaining) -> None:
        super().__init__(verify=context, proxy=proxy, trust_env=False)
        self._pool._network_backend = Backend(left)  # httpx has no word for it; tests/sync/test_wire.py would notice


def _left(left: Remaining, late: type[Exception]) -> float:
    seconds = left()
    if seconds <= 0:
        raise late()
    return seconds
