"""An Ed-Fi ODS/API that is asked over HTTPS, Data Standard 4 to 6 (docs/sources/edfi-api.md).

Read are schools and agencies, students with what their education organization associations say of address, language and
number, contacts, staff, and the associations among them. No other resource is asked for, and of these no property that a
portal has no use for. With `since`, only what changed is read, where the server still knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from openhouse.policy.values import Policy
from openhouse.sync.batches import Row
from openhouse.sync.memory import Memory
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api.changes import WHOLE, ChangePull
from openhouse.sync.sources.edfi_api.discovery import NEWEST
from openhouse.sync.sources.edfi_api.line import NAME, Line, allowed
from openhouse.sync.sources.edfi_api.pages import Pages, Window
from openhouse.sync.sources.edfi_api.pull import Pull, readers
from openhouse.sync.sources.edfi_api.reading import ASSOCIATION, Choices, Reading
from openhouse.sync.sources.edfi_api.versions import look
from openhouse.sync.wire import Credentials, Limits


class EdFi:
    """An API that was asked what it has; see `sync.sources.Source`.

    `position` is the change version that this statement is up to: store it once a run landed, beside the root that it is of,
    and give it as `since` the next time. None where the server has no change queries.
    """

    name = NAME

    def __init__(self, line: Line, choices: Choices, since: int | None) -> None:
        self.written_at: datetime = timezone.now()
        self.noticed = Notices()
        self._line = line
        self._choices = choices
        with line.wire() as wire:
            versions = look(wire, line.api, self.noticed, snapshot=choices.snapshot)
            self.position = versions.newest
            self._headers = versions.headers
            pages = Pages(wire, line.api, headers=self._headers, size=choices.page_size)
            self._window = versions.window(pages, since, self.noticed)
            self._totals = {name: pages.count(name, self._of(name)) for name in self._names()}
        self.files: Mapping[str, str] = {name: "delta" if self._of(name) else "bulk" for name in self._names()}
        self.size = sum(total or 0 for total in self._totals.values())
        if line.api.version > NEWEST:
            self.noticed.warnings[f"Data Standard newer than {NEWEST}; read as if it were that one"] += 1

    def mark(self) -> str:
        """Nothing: what an API has is known only once it was read."""
        return ""

    def batches(self, policy: Policy, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (records read so far, a batch) until all is read. Raises SourceRefused."""
        notices.warnings += self.noticed.warnings
        today = timezone.localdate(self.written_at).isoformat()
        reading = Reading(self._choices, notices, self._line.api.adult, today)
        with self._line.wire() as wire:
            pages = Pages(wire, self._line.api, headers=self._headers, size=self._choices.page_size)
            if self._window:
                yield from ChangePull(pages, reading, memory, self._totals, self._window).batches()
            else:
                yield from Pull(pages, reading, memory, self._totals).batches()

    def _names(self) -> list[str]:
        return [*(reader.name for reader in readers(self._line.api.adult)), ASSOCIATION]

    def _of(self, name: str) -> Window | None:
        """The window in which a resource is read, None for all that there is of it."""
        return None if name in WHOLE else self._window


def open_api(
    root: str,
    credentials: Credentials,
    *,
    since: int | None = None,
    limits: Limits | None = None,
    choices: Choices | None = None,
    proxy: str | None = None,
) -> EdFi:
    """Ask an API what it has. `root` is the address that shows its urls and dataModels; a blank token_url is found there.

    `since` is the position of the last statement that landed, None for everything. Raises SourceRefused.
    """
    choices = allowed(choices)
    return EdFi(Line(root, credentials, limits, proxy), choices, since)
