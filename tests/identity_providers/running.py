"""Starting a provider's server script, and being the browser that the person sits at."""

from __future__ import annotations

import contextlib
import html
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.test import Client

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
OWN_HAND = {"HTTP_SEC_FETCH_SITE": "none"}
"""The header of a browser whose person typed the address."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(script: str, *arguments: str) -> Iterator[str]:
    """A server script until the end of the block; its address."""
    path = f"{os.environ.get('PATH', '')}:{ROOT / '.node' / 'bin'}"
    node = shutil.which("node", path=path)
    assert node and (FOLDER / "node_modules").exists(), "bin/setup dev brings node and the identity providers"
    port = free_port()
    quiet: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
    with subprocess.Popen([node, str(FOLDER / script), str(port), *arguments], **quiet) as process:
        try:
            assert process.stdout and "ready" in process.stdout.readline(), f"{script} did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


class Person:
    """Somebody at a browser: Django's client for the portal, a session of its own for the provider."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self.portal = Client()
        self.elsewhere = requests.Session()

    def sign_in(self, start: str = "/employee-login/", **changes: Any) -> Any:
        """From Employee Login to the provider and back; what the portal answers in the end. `changes` see `come_back`."""
        return self.come_back(self.set_off(start), **changes)

    def set_off(self, start: str = "/employee-login/") -> str:
        """The provider's address that the portal sends them to."""
        answer = self.portal.get(start, **OWN_HAND)
        while answer.status_code == 302 and answer.url.startswith("/"):
            answer = self.portal.get(answer.url, **OWN_HAND)
        assert answer.status_code == 302, answer.content.decode()
        return str(answer.url)

    def come_back(self, address: str, **changes: Any) -> Any:
        """Follow the provider's pages until they lead back, and go on there; `changes` replace parts of the address."""
        where = self.led_back(address)
        parts = {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()} | changes
        return self.portal.get(urlsplit(where).path, parts)

    def led_back(self, address: str) -> str:
        """The portal's own address that the provider sends them to."""
        for _hop in range(10):
            answer = self.elsewhere.get(address, allow_redirects=False, timeout=10)
            assert answer.status_code in (302, 303), answer.text
            address = requests.compat.urljoin(address, answer.headers["Location"])
            if not address.startswith(self.provider):
                return address
        raise AssertionError("the provider led nowhere")

    def form(self, address: str) -> tuple[str, dict[str, str]]:
        """Where the provider's page posts to, and what (SAML)."""
        page = self.elsewhere.get(address, timeout=10).text
        found = re.search(r'action="([^"]+)"', page)
        assert found, page
        fields = dict(re.findall(r'<input\b[^>]*name="([^"]+)"\s[^>]*value="([^"]*)"', page))
        return html.unescape(found.group(1)), {name: html.unescape(value) for name, value in fields.items()}


def tell(provider: str, path: str, **facts: Any) -> None:
    """Tell a provider what the next person is like."""
    requests.post(f"{provider}{path}", json=facts, timeout=10).raise_for_status()
