"""The catalogue of sources: which SIS this portal reads, and how each kind of it is opened."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import fields
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
"""`function(root, credentials, *, since=None)`. How `since` is told differs: an instant, or a position in Ed-Fi's changes."""
LOOKUPS = {
    "oneroster-rest": "openhouse.sync.sources.oneroster_rest.lookup:open_lookup",
    "ed-fi": "openhouse.sync.sources.edfi_api.lookup:open_lookup",
}
"""`function(root, credentials)`."""
INDEXED = {"oneroster-csv": "openhouse.sync.indexes:open_index"}
"""Files in which one student can be looked up once they are indexed: `function()`."""
OPTIONS = {
    "oneroster-rest": ("asked", "openhouse.sync.sources.oneroster_rest:Asked"),
    "ed-fi": ("choices", "openhouse.sync.sources.edfi_api.reading:Choices"),
    "ed-fi-xml": ("choices", "openhouse.sync.sources.edfi_xml:Choices"),
}
"""The keyword of those functions that takes a kind's options, and the dataclass that names them."""


def configured() -> SisAddress | None:
    """The SIS that is read every night; None where this portal has none."""
    return settings.SIS if settings.SIS.kind else None


def open_configured(*, since: datetime | int | None = None) -> Source:
    """Open that SIS. One over the network may be asked only for what changed `since`. Raises SourceRefused."""
    address = configured()
    if address is None:
        raise SourceRefused(
            "No SIS is named. Set OPENHOUSE_SIS, for example to oneroster-csv:/srv/openhouse/drop, or give the PATH of an export."
        )
    if address.kind in SERVERS:
        opened: Source = _named(SERVERS[address.kind])(
            address.place, credentials(), since=since, **options(address, "OPENHOUSE_SIS")
        )
        return opened
    newest = _open(address.kind, drop.newest(Path(address.place), at=timezone.now()), written_at=None)
    return _first_unread(address.kind, Path(address.place)) or newest if "delta" in newest.files.values() else newest


def _first_unread(kind: str, path: Path) -> Source | None:
    """Of exports that say what changed, none may be left out: the oldest in the drop folder that did not come in yet."""
    from openhouse.sync.models import SyncRun

    landed = SyncRun.objects.filter(state=SyncRun.State.LANDED).order_by("-started_at").first()
    for package in drop.all_of(path) if landed and landed.written_at else ():
        source = _open(kind, package, written_at=None)
        if landed and landed.written_at and source.written_at > landed.written_at:
            return source
    return None


def open_path(path: Path, *, written_at: datetime | None = None, strict: bool = False) -> Source:
    """Open files that lie somewhere; their content tells of which kind they are. Raises SourceRefused.

    `written_at` is when the SIS wrote them, else they say it themselves. `strict` is for OneRoster alone.
    """
    kind = telling.kind_of(path)
    if strict and kind != "oneroster-csv":
        raise SourceRefused("Only OneRoster files are read strictly: leave --strict out.")
    return _open(kind, path, written_at=written_at, wishes={"strict": True} if strict else {})


def open_lookup() -> Lookup | None:
    """The SIS that can be asked about one student now, or the newest export that is indexed; None where there is neither. Raises
    SourceRefused.
    """
    address = settings.SIS_LOOKUP
    if address.kind in INDEXED:
        index: Lookup | None = _named(INDEXED[address.kind])()
        return index
    if address.kind not in LOOKUPS:
        return None
    variable = "OPENHOUSE_SIS" if address == settings.SIS else "OPENHOUSE_SIS_LOOKUP"
    opened: Lookup = _named(LOOKUPS[address.kind])(address.place, credentials(), **options(address, variable))
    return opened


def open_dropped(*, at: datetime) -> Any:
    """Open the newest export of the files in which students are looked up, as its kind has it. Raises SourceRefused."""
    address = settings.SIS_LOOKUP
    if address.kind not in INDEXED:
        raise SourceRefused("Only OneRoster files are indexed. Set OPENHOUSE_SIS to oneroster-csv: and a drop folder.")
    return _open(address.kind, drop.newest(Path(address.place), at=at), written_at=None)


def credentials() -> Any:
    """What the portal shows a SIS over the network (`sync.wire.Credentials`)."""
    shown = (settings.SIS_TOKEN_URL, settings.SIS_CLIENT_ID, settings.SIS_CLIENT_SECRET, settings.SIS_SCOPE)
    return _named("openhouse.sync.wire:Credentials")(*shown)


def options(address: SisAddress, variable: str) -> dict[str, Any]:
    """The keywords that an address's options make, such as `?page_size=100`. Raises SourceRefused for one that is none."""
    if not address.options:
        return {}
    known = _known(address.kind)
    read = {name: _option(variable, name, text, known) for name, text in address.options.items()}
    if address.kind not in OPTIONS:
        return read
    keyword, choices = OPTIONS[address.kind]
    return {keyword: _named(choices)(**read)}


def _known(kind: str) -> dict[str, Any]:
    """The options of a kind, with their defaults."""
    if kind not in OPTIONS:
        return {"strict": False} if kind == "oneroster-csv" else {}
    choices: Any = _named(OPTIONS[kind][1])
    return {each.name: each.default for each in fields(choices) if type(each.default) in (bool, int, str)}


def _option(variable: str, name: str, text: str, known: Mapping[str, Any]) -> Any:
    match known.get(name):
        case bool() if text in ("true", "false"):
            return text == "true"
        case int() as default if not isinstance(default, bool) and text.isdecimal():
            return int(text)
        case str():
            return text
    allowed = ", ".join(f"{each}={str(default).lower()}" for each, default in known.items()) or "none"
    raise SourceRefused(f"{variable}: an option after the ? is unknown or wrong. There are: {allowed}.")


def _open(kind: str, path: Path, *, written_at: datetime | None, wishes: Mapping[str, Any] | None = None) -> Source:
    given = options(settings.SIS, "OPENHOUSE_SIS") if kind == settings.SIS.kind else {}
    opened: Source = _named(FILES[kind])(path, written_at=written_at, **{**given, **(wishes or {})})
    return opened


def _named(name: str) -> Callable[..., Any]:
    """A function by its module and name: only the kind of SIS that is read is loaded."""
    module, _colon, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
