"""Indexes of what the SIS dropped: the newest export can be asked about one student from when it lies there until it is brought in.

There is one index at most, in a folder that is the portal's alone, named after its export's bytes: another export's is none.
"""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import catalogue, drop
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_csv import OneRosterCsv
from openhouse.sync.sources.oneroster_csv.index import LONGEST_BUILD, SETTINGS, Index, build


def open_index() -> Index | None:
    """The index of the newest export; None where it has none. Raises SourceRefused where the drop folder has no export."""
    path = _path(catalogue.open_dropped(at=timezone.now()))
    return Index(path) if path.exists() else None


def make(*, at: datetime) -> Index | None:
    """Index the newest export unless that is done, and delete every other index; None where the portal has read the export already.

    Raises SourceRefused, also for a delta: it holds changes alone.
    """
    source, policy = catalogue.open_dropped(at=at), values.at(at)
    path, needless = _path(source), _was_read(source)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    _sweep(None if needless else path)
    if needless:
        return None
    if not _is_current(path, policy):
        build(source, path, policy)
    return Index(path)


def missing(*, at: datetime) -> str:
    """Why `open_index` finds none, in words. Raises SourceRefused."""
    source = catalogue.open_dropped(at=at)
    if _was_read(source):
        return "The portal has read the newest export, which knows no more of a student."
    if "delta" in source.files.values():
        return "The newest export is a delta: it holds changes alone, and is not indexed."
    return "The newest export is not indexed yet: the worker does that, or openhouse index."


def news(*, at: datetime) -> str:
    """Names what `make` would see, without reading any export: when it changes, make the index anew. "" where there is nothing."""
    if settings.SIS_LOOKUP.kind not in catalogue.INDEXED:
        return ""
    try:
        package = drop.newest(Path(settings.SIS_LOOKUP.place), at=at)
        seen = (package, drop.written(package), package.stat().st_size)
    except (SourceRefused, OSError):  # nothing there, or not whole yet
        return ""
    policy = values.at(at)
    return repr((*seen, _landed_at(), *(getattr(policy, name) for name in SETTINGS)))


def _landed_at() -> datetime | None:
    """When the SIS wrote what the portal has."""
    last = SyncRun.objects.filter(state=SyncRun.State.LANDED).order_by("-started_at").first()
    return (last.written_at or last.started_at) if last else None


def _was_read(source: OneRosterCsv) -> bool:
    landed_at = _landed_at()
    return landed_at is not None and landed_at >= source.written_at


def _path(source: OneRosterCsv) -> Path:
    return Path(settings.HOME, "indexes") / f"{source.mark()}{'-strict' if source.strict else ''}.index"


def _is_current(path: Path, policy: Policy) -> bool:
    try:
        return path.exists() and Index(path).settings == {name: getattr(policy, name) for name in SETTINGS}
    except SourceRefused:  # damaged, or of an earlier release
        return False


def _sweep(kept: Path | None) -> None:
    """Delete other indexes, and what builds left that were killed: people's data lies in them."""
    for each in Path(settings.HOME, "indexes").iterdir():
        being_built = each.name.startswith(".") and each.stat().st_mtime > time.time() - LONGEST_BUILD
        if each != kept and not being_built:
            each.unlink(missing_ok=True)
