"""The catalogue of sources: which SIS this portal reads, and how each kind of it is opened."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from openhouse.environment import SisAddress
from openhouse.sync import drop, telling
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Lookup, Source

FILES = {
    "oneroster-csv": "openhouse.sync.sources.oneroster_csv:open_package",
    "ed-fi-xml": "openhouse.sync.sources.edfi_xml:open_edfi_xml",
    "sds": "openhouse.sync.sources.sds_csv:open_sds",
}
"""`function(path, *, written_at=None)`."""
SERVERS = {
    "oneroster-rest": "openhouse.sync.sources.oneroster_rest:open_rest",
    "ed-fi": "openhouse.sync.sources.edfi_api:open_api",
}
"""`function(root, credentials, *, since=None)`."""
LOOKUPS = {
    "oneroster-rest": "openhouse.sync.sources.oneroster_rest:open_lookup",
    "ed-fi": "openhouse.sync.sources.edfi_api:open_lookup",
}
"""`function(root, credentials)`."""


def configured() -> SisAddress | None:
    """The SIS that is read every night; None where this portal has none."""
    return settings.SIS if settings.SIS.kind else None


def open_configured(*, since: datetime | None = None) -> Source:
    """Open that SIS. One over the network may be asked only for what changed `since`. Raises SourceRefused."""
    address = configured()
    if address is None:
        raise SourceRefused(
            "No SIS is named. Set OPENHOUSE_SIS, for example to oneroster-csv:/srv/openhouse/drop, or give the PATH of an export."
        )
    if address.kind in SERVERS:
        source: Source = _named(SERVERS[address.kind])(address.place, credentials(), since=since)
        return source
    return _open(address.kind, drop.newest(Path(address.place), at=timezone.now()), written_at=None)


def open_path(path: Path, *, written_at: datetime | None = None) -> Source:
    """Open files that lie somewhere; their content tells of which kind they are. Raises SourceRefused.

    `written_at` is when the SIS wrote them, else they say it themselves.
    """
    return _open(telling.kind_of(path), path, written_at=written_at)


def open_lookup() -> Lookup | None:
    """The SIS that can be asked about one student now; None where there is none that can."""
    address = settings.SIS_LOOKUP
    if address.kind not in LOOKUPS:
        return None
    found: Lookup = _named(LOOKUPS[address.kind])(address.place, credentials())
    return found


def credentials() -> Any:
    """What the portal shows a SIS over the network (`sync.wire.Credentials`)."""
    shown = (settings.SIS_TOKEN_URL, settings.SIS_CLIENT_ID, settings.SIS_CLIENT_SECRET, settings.SIS_SCOPE)
    return _named("openhouse.sync.wire:Credentials")(*shown)


def _open(kind: str, path: Path, *, written_at: datetime | None) -> Source:
    strict = {"strict": True} if settings.SIS_STRICT and kind == "oneroster-csv" else {}
    source: Source = _named(FILES[kind])(path, written_at=written_at, **strict)
    return source


def _named(name: str) -> Callable[..., Any]:
    """A function by its module and name: only the kind of SIS that is read is loaded."""
    module, _colon, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
