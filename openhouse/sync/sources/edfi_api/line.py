"""How to reach one API: its root was asked what it is, and every connection goes there."""

from __future__ import annotations

import re
from dataclasses import replace

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.edfi_api.discovery import Api, discover
from openhouse.sync.sources.edfi_api.reading import Choices
from openhouse.sync.wire import Credentials, Limits, Wire

NAME = "Ed-Fi ODS/API"
_FORBIDDEN = re.compile("ssn|social.?security", re.I)


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


def allowed(choices: Choices | None) -> Choices:
    """The district's choices. Raises SourceRefused for a Student ID that would be a social security number: none is ever read."""
    found = choices or Choices()
    if _FORBIDDEN.search(found.student_number_system):
        raise SourceRefused("The setting student_number_system names social security numbers, which are never read.")
    return found
