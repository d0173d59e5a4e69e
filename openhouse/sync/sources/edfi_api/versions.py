"""Change versions: how far a server has come, and whether what changed since the last time can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api.associations import Enrolments
from openhouse.sync.sources.edfi_api.discovery import Api
from openhouse.sync.sources.edfi_api.pages import SNAPSHOT, Pages, Window
from openhouse.sync.wire import Answer, AnswerRefused, Wire


class Versions(NamedTuple):
    """The oldest and newest change version that a server knows (None: it has no change queries), and the headers that ask
    for the copy of which they hold."""

    oldest: int
    newest: int | None
    headers: Mapping[str, str]

    def window(self, pages: Pages, since: int | None, notices: Notices) -> Window | None:
        """What is to be read after `since`; None for everything, where the server cannot tell what changed."""
        if since is None:
            return None
        if self.newest is None:
            notices.warnings["no change queries on this server; everything was read"] += 1
            return None
        if since + 1 < self.oldest or since > self.newest:
            notices.warnings["the server no longer knows what changed since the last time; everything was read"] += 1
            return None
        window = Window(since + 1, self.newest)
        if not _tells_ends(pages, window):
            notices.warnings["the server does not tell this client what was deleted; everything was read"] += 1
            return None
        return window


def look(wire: Wire, api: Api, notices: Notices, *, snapshot: bool) -> Versions:
    """Ask how far the server has come; of its frozen copy, where `snapshot` says so and it has one."""
    if not api.changes:
        return Versions(0, None, {})
    if snapshot:
        found = _available(wire, api, SNAPSHOT)
        if found.status == 200:
            return _versions(found.json, SNAPSHOT)
        notices.warnings["no snapshot on this server; the live data was read"] += 1
    return _versions(_available(wire, api, {}).json, {})


def _available(wire: Wire, api: Api, headers: Mapping[str, str]) -> Answer:
    return wire.get(f"{api.changes}/availableChangeVersions", missing_ok=True, headers=headers)


def _versions(found: Any, headers: Mapping[str, str]) -> Versions:
    """The answer, whose names older servers begin with a capital letter."""
    said = {str(name).lower(): value for name, value in found.items()} if isinstance(found, dict) else {}
    oldest, newest = said.get("oldestchangeversion", 0), said.get("newestchangeversion")
    known = [isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in (oldest, newest)]
    return Versions(oldest if known[0] else 0, newest if all(known) else None, headers)


def _tells_ends(pages: Pages, window: Window) -> bool:
    """Whether this client may ask for deletes and changed keys: without them, an end would go unnoticed."""
    try:
        return all(
            pages.ask(f"{Enrolments.name}/{what}", {"limit": "1", **window.params}, missing_ok=True).status == 200
            for what in ("keyChanges", "deletes")
        )
    except AnswerRefused as refused:
        if refused.status == 403:
            return False
        raise
