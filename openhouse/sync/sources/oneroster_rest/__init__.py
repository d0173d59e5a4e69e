"""OneRoster 1.2 over REST (1EdTech rostering service): /orgs, /users and, where it may be asked, /demographics.

Roles, links and enrolments stand in the users' records. What OneRoster has no field for is read from `metadata`, by the
names of our CSV columns (docs/sis-sources.md): addresses, languages, and facts of each pair in `metadata.guardianships`.
Reading is lenient where nothing can be mistaken, and each tolerance used is a warning with a count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from openhouse.sync.batches import Row
from openhouse.sync.memory import Memory
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.readers import Columns
from openhouse.sync.sources.oneroster_rest.pages import Bounds, Collection
from openhouse.sync.sources.oneroster_rest.readers import (
    DEMOGRAPHICS,
    GUARDIANSHIPS,
    ORGS,
    USERS,
    BirthDateRecords,
    OrgRecords,
    RecordReader,
    UserRecords,
)
from openhouse.sync.sources.oneroster_rest.reading import Reading
from openhouse.sync.wire import AnswerRefused, Credentials, Limits, Wire

_SCOPE = "https://purl.imsglobal.org/spec/or/v1p2/scope/"
OVERLAP = timedelta(minutes=15)
"""How much further back than asked a delta reaches: the provider's clock is not ours, and its changes take their time."""


@dataclass(frozen=True)
class Asked:
    """What is asked of a provider: birth dates, and guardianships in `metadata` (an agreement with whoever runs the SIS)."""

    demographics: bool = True
    guardianships: bool = False
    bounds: Bounds = Bounds()  # noqa: RUF009 (it is frozen)


class OneRosterRest:
    """A provider that answered, and said what it lets us read; see `sync.sources.Source`."""

    name = "OneRoster 1.2 REST"

    def __init__(
        self, root: str, credentials: Credentials, limits: Limits, asked: Asked, since: datetime | None, at: datetime
    ) -> None:
        self.written_at = at
        self.noticed = Notices()
        self._asked, self._since = asked, since
        self._root, self._credentials, self._limits = root, credentials, limits
        with self._connected() as wire:
            totals = self._totals(wire)
        self.resources = tuple(totals)
        mode = "delta" if since else "bulk"
        stated = [*totals, *([GUARDIANSHIPS] if asked.guardianships else [])]
        self.files: Mapping[str, str] = dict.fromkeys(stated, mode)
        known = [total for total in totals.values() if total is not None]
        self._counts_records = len(known) == len(totals)
        self.size = max(sum(known), 1) if self._counts_records else len(totals)

    def _connected(self) -> Wire:
        return Wire(self._root, self._credentials, self._limits)

    def _collection(self, wire: Wire, file: str, notices: Notices) -> Collection:
        changed = {}
        if self._since:
            moment = (self._since - OVERLAP).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            changed = {"filter": f"dateLastModified>'{moment}'"}
        return Collection(wire, file.removesuffix(".csv"), changed, self._asked.bounds, notices)

    def _totals(self, wire: Wire) -> dict[str, int | None]:
        """How many records each resource has, as far as the provider says it. Birth dates it may withhold."""
        found = {file: self._collection(wire, file, self.noticed).first().total for file in (ORGS, USERS)}
        if self._asked.demographics:
            try:
                found[DEMOGRAPHICS] = self._collection(wire, DEMOGRAPHICS, self.noticed).first().total
            except AnswerRefused as refused:
                if refused.status not in (403, 404):
                    raise
                self.noticed.warnings["GET /demographics is not allowed: birth dates are not stated"] += 1
        return found

    def mark(self) -> str:
        """Nothing: what a provider will say is known once it was asked."""
        return ""

    def batches(self, settings: Columns, notices: Notices, memory: Memory) -> Iterator[tuple[int, Sequence[Row]]]:
        """Yield (records read so far, a batch), resource by resource. `settings` say which property holds what."""
        notices.warnings += self.noticed.warnings
        done = 0
        with self._connected() as wire:
            for place, file in enumerate(self.resources, start=1):
                reader = self._reader(file, settings, notices)
                reading = Reading(file, reader, notices, is_delta=self._since is not None)
                with ExitStack() as files:
                    remembered = files.enter_context(memory.reading(file, delta=reading.is_delta))
                    if isinstance(reader, UserRecords) and self._asked.guardianships:
                        files.enter_context(memory.reading(GUARDIANSHIPS, delta=reading.is_delta))
                    for records in self._collection(wire, file, notices).pages():
                        for batch in reading.batches(records, remembered):
                            count = done + reading.number if self._counts_records else place
                            yield min(count, self.size), batch
                    done += reading.number
                    reading.end()

    def _reader(self, file: str, settings: Columns, notices: Notices) -> RecordReader:
        match file:
            case "orgs.csv":
                return OrgRecords(settings, notices)
            case "users.csv":
                return UserRecords(settings, notices, with_pairs=self._asked.guardianships)
            case _:
                return BirthDateRecords(timezone.localdate(self.written_at).isoformat(), notices)


def open_rest(
    root: str,
    credentials: Credentials,
    *,
    since: datetime | None = None,
    limits: Limits | None = None,
    asked: Asked | None = None,
    at: datetime | None = None,
) -> OneRosterRest:
    """Ask whether a provider answers. `root` ends in /ims/oneroster/rostering/v1p2; `since` asks for what changed after that
    instant alone; `at` is now. Credentials without scopes ask for the least that is needed. Raises SourceRefused.
    """
    asked = asked or Asked()
    return OneRosterRest(root, scoped(credentials, asked), limits or Limits(), asked, since, at or timezone.now())


def scoped(credentials: Credentials, asked: Asked) -> Credentials:
    """Credentials with the least scopes, unless they name others."""
    needed = ["roster-core.readonly", *(["roster-demographics.readonly"] if asked.demographics else [])]
    return replace(credentials, scope=credentials.scope or " ".join(_SCOPE + name for name in needed))
