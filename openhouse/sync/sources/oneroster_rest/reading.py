"""One resource while it is read: which records are news, what they say, and which are set aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openhouse.sync.batches import Row, SetAside
from openhouse.sync.memory import Remembered
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_rest.readers import GUARDIANSHIPS, RecordReader, UserRecords, is_removed, replaced
from openhouse.sync.sources.oneroster_rest.records import Misread, canonical

ROWS_A_BATCH = 5000


class Reading:
    """One resource while it is read, record by record."""

    def __init__(self, file: str, reader: RecordReader, notices: Notices, *, is_delta: bool) -> None:
        self.file, self.reader, self.notices, self.is_delta = file, reader, notices, is_delta
        self.number = 0
        self._met: dict[str, int] = {}

    def batches(self, records: Sequence[Any], remembered: Remembered) -> Iterator[list[Row]]:
        """What one page says, in batches of rows of one type."""
        waiting: dict[type, list[Row]] = defaultdict(list)
        for record in records:
            self.number += 1
            for row in self.rows(record, remembered):
                waiting[type(row)].append(row)
                if len(waiting[type(row)]) >= ROWS_A_BATCH:
                    yield waiting.pop(type(row))
        yield from waiting.values()

    def rows(self, record: Any, remembered: Remembered) -> list[Row]:
        """What one record says; of one that breaks a rule, why it is set aside and whose facts stay. Only a good one is
        remembered."""
        if not isinstance(record, dict):
            digest = remembered.digest(canonical(record))
            aside = SetAside(self.file, self.number, "", "is not an object", "", digest)
            return [aside, *self.reader.hold({"metadata": {"guardianships": [None]}})]
        digest = remembered.digest(canonical([record.get("status"), self.reader.part(record)]))
        if remembered.knows(digest, self.number):
            return []
        try:
            found = self._said(record, digest)
        except Misread as wrong:
            aside = SetAside(self.file, self.number, wrong.column, wrong.reason, wrong.value, digest)
            return [aside, *self.reader.hold(record)]
        remembered.learn(digest)
        return found

    def _said(self, record: Mapping[str, Any], digest: int) -> list[Row]:
        gone = is_removed(record, self.notices)
        before = replaced(self.reader, record) if self.is_delta else []
        if self.is_delta:
            self._meet(str(record["sourcedId"]), digest)
        elif gone:
            self.notices.warnings[f"{self.file}: record with status tobedeleted; taken as not there"] += 1
        return before + ([] if gone else self.reader.read(self.number, digest, record))

    def _meet(self, key: str, digest: int) -> None:
        """A delta has no second chance: of two states of one thing nobody can tell which is the last."""
        if self._met.setdefault(key, digest) != digest:
            raise SourceRefused(
                f"GET /{self.file.removesuffix('.csv')}: a record changed while it was asked for. Ask again."
            )

    def end(self) -> None:
        """Tell how much there was. Raises SourceRefused for a whole statement that holds nothing."""
        self.notices.read[self.file] = self.number
        if not self.number and not self.is_delta:
            raise SourceRefused(
                f"GET /{self.file.removesuffix('.csv')}: no records, as if nobody were there. Look at what this client may read."
            )
        if isinstance(self.reader, UserRecords) and self.reader.with_pairs:
            self.notices.read[GUARDIANSHIPS] = self.reader.pairs_met
            if not self.reader.pairs_met and not self.is_delta:
                raise SourceRefused(
                    "GET /users: no record holds metadata.guardianships, as if no restriction were left. Tell whoever runs the SIS."
                )
