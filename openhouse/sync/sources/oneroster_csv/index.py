"""An index of an export, so that one student of it can be looked up at once without reading five million rows again.

`build` reads a bulk package once and writes an SQLite file beside it, readable by its owner alone, and in place only when it
is whole. `Index` answers from that file (`sync.sources.Lookup`). Passwords and social security numbers were cut off before
any row was made, and of a row that was set aside only where, why and whose it is are kept.
"""
# ruff: noqa: S608 (the SQL is put together from the batches' own names; values are parameters)

from __future__ import annotations

import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

from openhouse.policy.values import Policy
from openhouse.sync.batches import BirthDate, Held, Link, Org, Pair, Person, Role, Row, SetAside, spelled
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import OneRosterCsv, open_package, refuse_if_empty, rows_of
from openhouse.sync.sources.oneroster_csv.sheet import Broken, Sheet, legible

FORMAT = 1
ROWS_A_BATCH = 5000
TABLES: dict[type, str] = {Org: "org", Person: "person", Role: "role", BirthDate: "birth", Link: "link", Pair: "pair"}
ASIDE = ("file", "line", "column_name", "reason", "kind", "key", "other", "restriction", "number")
"""A row that was set aside, and the key that it holds ("" in all where none could be read)."""
INDEXES = (
    "org (sourced_id)", "person (sourced_id)", "role (person)", "birth (person)", "link (owner)", "link (agent)",
    "pair (student)", "numbered (number)", "aside (kind, key)", "aside (number)",
)  # fmt: skip
SETTINGS = ("student_number_column", "school_code_column")
"""The policy values that decide what a row says; an index holds what they were when it was made."""
MOST_PEOPLE = 500
"""People who can belong to one student; more are a fault of the export, and no answer within a second."""
MOST_ROWS = 20 * MOST_PEOPLE
"""Of one type."""


LONGEST_BUILD = 6 * 3600
"""Seconds; a part that is older is nobody's."""


class _Unanswered(Exception):
    """There is no answer in time, or within bounds: why."""


def build(export: OneRosterCsv | Path, path: Path, policy: Policy) -> None:
    """Read a bulk export once and write its index to `path`. Raises SourceRefused; an index that lay there then stays."""
    source = open_package(export) if isinstance(export, Path) else export
    if "delta" in source.files.values() or not source.files:
        raise SourceRefused("A student cannot be looked up in a delta: it holds changes alone. Index a bulk export.")
    _sweep(path)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    part = Path(name)
    try:
        os.close(descriptor)
        with closing(sqlite3.connect(part, isolation_level=None)) as database:
            _fill(database, source, policy)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _sweep(path: Path) -> None:
    """Take away what a build left that was killed: nobody else would, and people's data lies in it."""
    for left in path.parent.glob(f".{path.name}.*"):
        if left.stat().st_mtime < time.time() - LONGEST_BUILD:
            left.unlink(missing_ok=True)


def _fill(database: sqlite3.Connection, source: OneRosterCsv, policy: Policy) -> None:
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", f"user_version = {FORMAT}"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE about (name, value)")
    database.execute("CREATE TABLE numbered (number, sourced_id)")
    database.execute(f"CREATE TABLE aside ({', '.join(ASIDE)})")
    for row_type, table in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({', '.join(row_type._fields)})")  # type: ignore[attr-defined]
    database.execute("BEGIN")
    for name in source.files:
        with source.opened(name, policy, Notices()) as (_file, sheet, reader):
            _File(database, sheet, policy.student_number_column).read(reader)
    database.execute("COMMIT")
    for number, columns in enumerate(INDEXES):
        database.execute(f"CREATE INDEX index_{number} ON {columns}")
    about = {
        "name": source.name, "written_at": source.written_at.isoformat(), "files": json.dumps(dict(source.files)),
        **{setting: getattr(policy, setting) for setting in SETTINGS},
    }  # fmt: skip
    database.executemany("INSERT INTO about VALUES (?, ?)", about.items())


class _File:
    """One file of the export on its way into the index."""

    def __init__(self, database: sqlite3.Connection, sheet: Sheet, number_column: str) -> None:
        self.database = database
        self.sheet = sheet
        self.number_column = number_column if sheet.name == "users.csv" else ""
        self.waiting: dict[str, list[Sequence[Any]]] = {}

    def read(self, reader: Any) -> None:
        remembered = Memory.of(self.sheet.name)
        for count, (line, cells) in enumerate(self.sheet.rows(remembered), start=1):
            self._take(list(rows_of(reader, self.sheet, line, cells, remembered)), cells)
            if count % ROWS_A_BATCH == 0:
                self._write()
            self.sheet.count = count
        self._write()
        refuse_if_empty(self.sheet)

    def _take(self, rows: list[Row], cells: list[str] | Broken) -> None:
        if rows and isinstance(rows[0], SetAside):
            self._take_aside(rows[0], [row for row in rows if isinstance(row, Held)], cells)
            return
        for row in rows:
            self._put(TABLES[type(row)], row)
            if isinstance(row, Person) and row.number:
                self._put("numbered", (spelled(row.number), row.sourced_id))

    def _take_aside(self, aside: SetAside, held: Iterable[Held], cells: list[str] | Broken) -> None:
        number = ""
        if place := self.sheet.columns.get(self.number_column) if self.number_column else None:
            told = cells[place] if isinstance(cells, list) else cells.cells.get(self.number_column)
            number = spelled(told) if told and legible(told) else ""
        for key in held or (Held("stray", ""),):
            self._put("aside", (aside.file, aside.line, aside.column_name, aside.reason, *key, number))

    def _put(self, table: str, row: Sequence[Any]) -> None:
        self.waiting.setdefault(table, []).append(row)

    def _write(self) -> None:
        for table, rows in self.waiting.items():
            self.database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
        self.waiting.clear()


class Index:
    """Answers for one student out of an index; see `sync.sources.Lookup`. Raises SourceRefused where it is damaged."""

    complete = True
    """A bulk export names guardians from both sides."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._asking(time.monotonic() + 5) as database:
            pages, size = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
            if database.execute("PRAGMA user_version").fetchone()[0] != FORMAT or pages * size != path.stat().st_size:
                raise sqlite3.DatabaseError
            about: dict[str, str] = dict(database.execute("SELECT name, value FROM about"))
            self.name = about["name"]
            self.asked_at = self.written_at = datetime.fromisoformat(about["written_at"])
            self.files: dict[str, str] = json.loads(about["files"])
            self.settings = {setting: about[setting] for setting in SETTINGS}

    def find(self, number: str, policy: Policy, notices: Notices, *, deadline: float) -> Iterator[Sequence[Row]]:
        """All that the export says of the student with this Student ID. Rows set aside that concern them are yielded with
        what they hold, and each is a notice. Raises SourceRefused."""
        if self.settings != {setting: getattr(policy, setting) for setting in SETTINGS}:
            raise SourceRefused(
                "The index was made when the policy named other columns. Sync again, which makes it anew."
            )
        with self._asking(deadline) as database:
            found = _Family(database, spelled(number)).batches(notices)
        yield from found

    @contextmanager
    def _asking(self, deadline: float) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                database.set_progress_handler(lambda: time.monotonic() > deadline, 1000)
                yield database
            if time.monotonic() > deadline:
                raise TimeoutError
        except _Unanswered as error:
            raise SourceRefused(str(error)) from error
        except (sqlite3.Error, OSError, KeyError, ValueError) as error:
            if time.monotonic() > deadline:
                raise SourceRefused("The index of the export did not answer in time. Try again.") from error
            raise SourceRefused(
                "The index of the export is missing or damaged. Sync again, which makes it anew."
            ) from error


class _Family:
    """One student (or all who share an ID), the people around them, and what an index says of each."""

    def __init__(self, database: sqlite3.Connection, number: str) -> None:
        self.database = database
        self.people: set[str] = set()
        said = {row[0] for row in database.execute("SELECT sourced_id FROM numbered WHERE number = ?", [number])}
        roles = self._rows(Role, "person", said)
        unsure = {key for (key,) in self._among("SELECT key FROM aside WHERE kind = 'person'", "key", said)}
        self.students = {role.person for role in roles if role.kind == "student"} | unsure
        self.students |= {row[0] for row in database.execute("SELECT key FROM aside WHERE number = ?", [number])}
        self.students.discard("")

    def batches(self, notices: Notices) -> list[Sequence[Row]]:
        """Everything, each batch of one type."""
        if not self.students:
            return []
        pairs = self._rows(Pair, "student", self.students)
        links = {*self._rows(Link, "owner", self.students), *self._rows(Link, "agent", self.students)}
        self.people = self.students | {end for link in links for end in link[2:]} | {pair.guardian for pair in pairs}
        if len(self.people) > MOST_PEOPLE:
            raise _Unanswered(
                f"More than {MOST_PEOPLE} people belong to this student, as nobody's do. Mend the export."
            )
        roles = self._rows(Role, "person", self.people)
        orgs = {role.org for role in roles}
        aside, held = self._aside(orgs, notices)
        found: list[Sequence[Row]] = [
            self._rows(Org, "sourced_id", orgs), self._rows(Person, "sourced_id", self.people), roles,
            self._rows(BirthDate, "person", self.students), sorted(links), pairs, aside, held,
        ]  # fmt: skip
        return [batch for batch in found if batch]

    def _rows(self, row_type: Any, column: str, keys: Collection[str]) -> list[Any]:
        """The rows of a type whose column is one of these keys, as they were read, their digests 0."""
        hints = get_type_hints(row_type)
        flags = [place for place, name in enumerate(row_type._fields) if bool in (hints[name], *get_args(hints[name]))]
        digest = row_type._fields.index("digest")
        rows = []
        for values in self._among(f"SELECT * FROM {TABLES[row_type]} WHERE true", column, keys):
            cells = list(values)
            cells[digest] = 0
            for place in flags:
                cells[place] = None if cells[place] is None else bool(cells[place])
            rows.append(row_type(*cells))
        return rows

    def _among(self, query: str, column: str, keys: Collection[str]) -> list[Any]:
        among = f"{query} AND {column} IN (SELECT value FROM json_each(?)) ORDER BY rowid LIMIT {MOST_ROWS + 1}"
        rows = self.database.execute(among, [json.dumps(sorted(keys))]).fetchall()
        if len(rows) > MOST_ROWS:
            raise _Unanswered(f"More than {MOST_ROWS} rows concern this student, as nobody's do. Mend the export.")
        return rows

    def _aside(self, orgs: Collection[str], notices: Notices) -> tuple[list[SetAside], list[Held]]:
        """Rows set aside that concern the student: their own, their guardians', their schools', and such as name nobody."""
        query = f"SELECT {', '.join(ASIDE)} FROM aside WHERE kind = "
        rows = [
            *self._among(f"{query} 'person'", "key", self.people),
            *self._among(f"{query} 'birth'", "key", {*self.students, ""}),
            *self._among(f"{query} 'pair'", "key", {*self.students, ""}),
            *self._among(f"{query} 'org'", "key", orgs),
        ]
        aside = {}
        for file, line, column, reason, *_key in rows:
            aside[file, line] = SetAside(file, line, column, reason)
            notices.warnings[f"{file}, line {line}: set aside ({' '.join(filter(None, (column, reason)))})"] += 1
        nameless = self.database.execute("SELECT count(*) FROM aside WHERE kind = 'stray'").fetchone()[0]
        if nameless:
            notices.warnings["row set aside that does not say whose it is"] += nameless
        return list(aside.values()), [Held(*row[4:8]) for row in rows]
