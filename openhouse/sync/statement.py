"""What the SIS stated the last time, row by row, kept from night to night: tonight's changes are then all that need be read,
and a delta can say what changed.

It is a memory, not a truth: the mirror never depends on it. It is trusted only where it names the last run that landed, the
same kind of source, and settings that read a row the same way. Where it is lost (PostgreSQL empties its unlogged tables after
a crash; SQLite keeps it in a file beside the database) a run reads everything again, and a delta asks for a whole export.
"""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable
from importlib import metadata

from django.conf import settings as django

from openhouse.policy.values import Policy
from openhouse.sync.batches import Held
from openhouse.sync.checks import Part
from openhouse.sync.memory import Memory
from openhouse.sync.models import SyncRun
from openhouse.sync.sources import Source
from openhouse.sync.staging import STATED, Stage, fresh, going

VERSION = metadata.version("open-house")
"""What another release read is read again: it may have read it differently."""
READING = 2
"""Goes up with every change to what is made of a row, so that all rows are read again."""
MEMORY = "stated_memory"
HELD_BEFORE = "stated_held"
PARTS_BEFORE = "stated_parts"
"""What everybody was (`parts` of sync.checks) in the last run that remembered nothing; on PostgreSQL alone."""


class Statement:
    """The statement as it stands in the database of one stage."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.where = stage.stated

    def open(self) -> None:
        """Make the tables where they are missing, or of another shape than today's rows."""
        stage = self.stage
        shape = hashlib.sha256(" ".join(map(stage.columns, (*STATED, Held, Part))).encode()).hexdigest()
        if stage.database.has(stage.connection, MEMORY) and self._property("shape") == shape:
            return
        tables = {name: stage.columns(row_type) for row_type, name in STATED.items()} | {
            HELD_BEFORE: stage.columns(Held),
            PARTS_BEFORE: stage.columns(Part),
            MEMORY: f"file text, digests {stage.database.BYTES}",
        }
        for name, columns in tables.items():
            stage.execute(f"DROP TABLE IF EXISTS {self.where}{name}")
            stage.execute(f"CREATE {stage.database.UNLOGGED} TABLE {self.where}{name} ({columns})")
        stage.database.keep_plain(stage.connection, f"{self.where}{MEMORY}", "digests")
        self._remember("shape", shape.encode())

    def continues(self, last: SyncRun | None, source: Source, policy: Policy) -> bool:
        """Whether it is what the last run that landed stated, read as tonight's source is to be read."""
        token = self._property("token")
        if last is None or not token or token != last.statement or last.source != source.name:
            return False
        return self._property("settings") == settings(policy, source)

    def recall(self, file: str) -> array[int]:
        """The digests of a file's rows."""
        found = self.stage.rows(f"SELECT digests FROM {self.where}{MEMORY} WHERE file = %s", [f"file {file}"])
        digests = array("Q")
        if found:
            digests.frombytes(bytes(found[0][0]))
        return digests

    def has(self, file: str) -> bool:
        """Whether anything is remembered of a file."""
        return bool(self.stage.rows(f"SELECT 1 FROM {self.where}{MEMORY} WHERE file = %s", [f"file {file}"]))

    def is_patched(self) -> bool:
        """Whether a delta went into it since everything was read: then it may have rows that were set aside."""
        return bool(self._property("patched"))

    def clear(self) -> None:
        """Forget everything: new rows go straight into its tables.

        On PostgreSQL, so does what everybody is: a temporary table is read by one process alone, and an unlogged one must not be
        made in a long transaction (`Intake.prepare`). SQLite has one process anyway.
        """
        self.stage.execute(f"DELETE FROM {self.where}{MEMORY} WHERE file <> 'shape'")
        for name in (*STATED.values(), HELD_BEFORE, PARTS_BEFORE):
            self.stage.database.empty(self.stage.connection, f"{self.where}{name}")

        if self.stage.database.UNLOGGED:
            self.stage.ready_made["parts"] = f"{self.where}{PARTS_BEFORE}", Part

    def forget(self) -> None:
        """Trust it no more."""
        self.stage.execute(f"DELETE FROM {self.where}{MEMORY} WHERE file = 'token'")

    def hold_on(self) -> None:
        """A delta does not repeat a row that was set aside: its key stays held until another row speaks of it."""
        self.stage.execute(
            f"INSERT INTO staged_held SELECT * FROM {self.where}{HELD_BEFORE} h WHERE NOT EXISTS (SELECT 1"
            " FROM staged_replaced r WHERE r.kind = h.kind AND r.key = h.key AND r.other = h.other)"
        )
        self.stage.table("held_on", "SELECT * FROM staged_held")  # what the checks add, they find again

    def merge(self) -> None:
        """Take out what is gone, and take in what is new."""
        for name in STATED.values():
            if self.stage.count("SELECT count(*) FROM (SELECT 1 FROM gone LIMIT 1) any_"):
                self._take_out(name, "gone")
            self.stage.execute(f"INSERT INTO {self.where}{name} SELECT * FROM {fresh(name)}")

    def settle(self, memory: Memory, *, token: str, read_as: str, merged: bool, is_delta: bool) -> None:
        """Keep tonight's statement for the next night. `read_as` are its `settings`; `merged` says that its rows are in place.

        What was set aside is forgotten, for it is read again; of a delta it is kept, for it is not.
        """
        if is_delta:
            self.stage.execute("DELETE FROM forgotten")
        forgotten = set(self._digests("SELECT DISTINCT digest FROM forgotten"))
        replaced = set(self._digests("SELECT DISTINCT digest FROM replaced"))
        if not merged:
            self._settle_rows(forgotten)
        elif forgotten:
            for name in STATED.values():
                self._take_out(name, "forgotten")
        self.stage.execute(f"DELETE FROM {self.where}{HELD_BEFORE}")
        held = "held_on" if is_delta else "staged_held"
        self.stage.execute(f"INSERT INTO {self.where}{HELD_BEFORE} SELECT * FROM {held}")
        for file in memory.learnt:
            self._remember(f"file {file}", memory.kept(file, forgotten=forgotten, replaced=replaced).tobytes())
        if is_delta:
            self._remember("patched", b"yes")
        self._remember("token", token.encode())
        self._remember("settings", read_as.encode())

    def _settle_rows(self, forgotten: set[int]) -> None:
        stage = self.stage
        anything = stage.count("SELECT count(*) FROM (SELECT 1 FROM gone LIMIT 1) any_")
        for name in STATED.values():
            if going(name) in stage.tables:
                gone = f"SELECT place FROM {going(name)} WHERE digest IN (SELECT digest FROM gone)"
                stage.execute(f"DELETE FROM {self.where}{name} WHERE {stage.database.PLACE} IN ({gone})")
            elif anything:
                self._take_out(name, "gone")
            if forgotten:
                self._take_out(name, "forgotten")
            among = "WHERE digest NOT IN (SELECT digest FROM forgotten)" if forgotten else ""
            stage.execute(f"INSERT INTO {self.where}{name} SELECT * FROM {fresh(name)} {among}")

    def _take_out(self, name: str, digests: str) -> None:
        self.stage.execute(f"DELETE FROM {self.where}{name} WHERE digest IN (SELECT digest FROM {digests})")

    def _digests(self, query: str) -> Iterable[int]:
        return (digest for (digest,) in self.stage.rows(query))

    def _property(self, name: str) -> str:
        found = self.stage.rows(f"SELECT digests FROM {self.where}{MEMORY} WHERE file = %s", [name])
        return bytes(found[0][0]).decode() if found else ""

    def _remember(self, name: str, content: bytes) -> None:
        self.stage.execute(f"DELETE FROM {self.where}{MEMORY} WHERE file = %s", [name])
        self.stage.database.keep(self.stage.connection, f"{self.where}{MEMORY}", name, content)


def settings(policy: Policy, source: Source) -> str:
    """What decides how a row is read, in one line: another SIS, or another way to ask it, continues nothing."""
    sis = (django.SIS.kind, django.SIS.place, sorted(django.SIS.options.items()), getattr(source, "strict", False))
    return repr((VERSION, READING, policy.student_number_column, policy.school_code_column, sis))
