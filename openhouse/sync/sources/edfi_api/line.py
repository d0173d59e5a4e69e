"""How to reach one API: its root was asked what it is, and every connection goes there."""

from __future__ import annotations

from dataclasses import replace

from openhouse.sync.sources.edfi_api.discovery import Api, discover
from openhouse.sync.wire import Credentials, Limits, Wire

NAME = "Ed-Fi ODS/API"


class Line:
    """One API, with the right to read it. Raises SourceRefused where its root tells of none."""

    def __init__(self, root: str, credentials: Credentials, limits: Limits | None, proxy: str | None) -> None:
        self.limits = limits or Limits()
        self.proxy = proxy
        self.api: Api = discover(root, self.limits, proxy)
        self.credentials = replace(credentials, token_url=credentials.token_url or self.api.tokens)

    def wire(self, limits: Limits | None = None) -> Wire:
        """A new connection. Close it after use."""
        return Wire(self.api.root, self.credentials, limits or self.limits, proxy=self.proxy)
