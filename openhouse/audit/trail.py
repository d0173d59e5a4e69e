"""Writing and proving the trail."""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

import getpass
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField

from openhouse.audit import commits, triggers
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Head, Name
from openhouse.questions import Among, Given, Question

START = "0" * 64
ERASED = ""
"""What stands instead of a name that was erased."""
SIGNED = ("position", "at", "event", "actor_kind", "actor", "address", "account", "student", "guardian", "detail")
PLAIN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode
AT_ONCE = 5000
"""How many entries are read at once."""
LOOKED_THROUGH = 200
"""In how many entries `recent` looks for students: most are about the same few."""


@dataclass(frozen=True)
class Actor:
    """Who acts, and where from. `kind` is guardian, employee or system; `key` the account's key or the system part's name."""

    kind: str
    key: str
    name: str = ""
    address: str = ""

    @classmethod
    def system(cls, part: str) -> Actor:
        """The portal itself: the sync, the command line, the worker."""
        return cls("system", part)

    @classmethod
    def command_line(cls) -> Actor:
        """Whoever types a command, by the name that the machine knows them under."""
        return cls("system", f"command line: {getpass.getuser()}"[:64])


@dataclass(frozen=True)
class Subject:
    """What an entry is about: the keys of things, with the names to show for them."""

    account: str = ""
    student: str = ""
    guardian: str = ""
    names: Mapping[str, str] | None = None


NOBODY = Subject()


def record(
    *, event: Event, by: Actor, at: datetime, about: Subject = NOBODY, detail: Mapping[str, object] | None = None
) -> Entry:
    """Append one entry inside the caller's transaction. It holds the chain's lock until commit: write it last.

    `detail` holds words and numbers only: never a PIN, a typed value or a name.
    """
    names = {subject: name for subject, name in {**(about.names or {}), by.key: by.name}.items() if subject and name}
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        head, before, known = _lock(cursor, list(names))
        content = {
            "position": head + 1,
            "at": at.astimezone(UTC),
            "event": str(event),
            "actor_kind": by.kind,
            "actor": by.key,
            "address": by.address,
            "account": about.account,
            "student": about.student,
            "guardian": about.guardian,
            "detail": dict(detail or {}),
        }
        entry = Entry(**content, digest=_digest(list(content.values()), before))
        news = {subject: name for subject, name in names.items() if known[subject] not in (name, ERASED)}
        _insert(cursor, content, entry.digest, news)
    return entry


def _lock(cursor: CursorWrapper, subjects: Sequence[str]) -> tuple[int, str, dict[str, str | None]]:
    """The chain's head, locked, and the names that are known of some subjects: all in one statement.

    Every page pays for an entry, so an entry is two plain statements: put together by the ORM they took half as long again.
    """
    known = ", (SELECT name FROM audit_name WHERE subject = %s)" * len(subjects)
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    cursor.execute(f"SELECT position, digest{known} FROM audit_head{lock}", subjects)
    if (row := cursor.fetchone()) is None:
        Head.objects.create(pk=1, position=0, digest=START)
        return 0, START, dict.fromkeys(subjects)
    return row[0], row[1], dict(zip(subjects, row[2:], strict=True))


def _insert(cursor: CursorWrapper, content: dict[str, Any], digest: str, names: Mapping[str, str]) -> None:
    """The entry, and names that are new: on PostgreSQL in one statement."""
    at = connection.ops.adapt_datetimefield_value(content["at"])
    values = [*(content | {"at": at, "detail": json.dumps(content["detail"])}).values(), digest]
    entry = f"INSERT INTO audit_entry ({', '.join(SIGNED)}, digest) VALUES ({', '.join(['%s'] * len(values))})"
    if names and connection.vendor == "postgresql":
        remember, pairs = _remembering(names)
        cursor.execute(f"WITH named AS ({remember}) {entry}", [*pairs, *values])
        return
    cursor.execute(entry, values)
    if names:
        cursor.execute(*_remembering(names))


def _remembering(names: Mapping[str, str]) -> tuple[str, list[str]]:
    """An erased name stays erased, even where it was erased while this waited for the chain's lock."""
    rows = ", ".join(["(%s, %s)"] * len(names))
    sql = f"""INSERT INTO audit_name (subject, name) VALUES {rows}
        ON CONFLICT (subject) DO UPDATE SET name = excluded.name WHERE audit_name.name <> ''"""
    return sql, list(chain.from_iterable(names.items()))


def look(
    *,
    event: Event,
    by: Actor,
    at: datetime,
    about: Subject = NOBODY,
    detail: Mapping[str, object] | None = None,
    along: Callable[[], object] | None = None,
) -> None:
    """Record that something was looked at: once the page's own snapshot is over, and before the answer leaves.

    `along` writes what else the page keeps: in the same commit, so that the disk is waited for once. What it writes is locked
    before the chain's head: so it is wherever else the same rows are written with an entry, or two would wait for each other.
    """

    def write() -> None:
        with commits.together():
            if along:
                along()
            record(event=event, by=by, at=at, about=about, detail=detail)

    transaction.on_commit(write)


NEWEST: Question[str] = Question(
    lambda: (
        Entry.objects.filter(Among("event", "events", CharField()), actor=Given("actor", CharField()))
        .order_by("-position")
        .values_list("student", flat=True)[:LOOKED_THROUGH]
    )
)


def recent(by: Actor, events: Iterable[Event], *, limit: int) -> list[str]:
    """The keys of the students whom somebody's last LOOKED_THROUGH entries of these kinds were about, the last first, each once;
    `limit` at most."""
    keys = dict.fromkeys(NEWEST.ask(actor=by.key, events=events))
    # Those about nobody are left out here: so the database reads somebody's own newest entries, whatever it knows of the table.
    keys.pop("", None)
    return list(keys)[:limit]


def names(keys: Iterable[str]) -> dict[str, str]:
    """The names remembered for the keys of actors and subjects; ERASED where a name was erased."""
    return dict(Name.objects.filter(subject__in=set(keys)).values_list("subject", "name"))


def erase(*, keys: Iterable[str], by: Actor, at: datetime) -> int:
    """Erase the names of the people with these keys for good. The entries stay, and the chain holds. Returns how many had one.

    One entry says whose keys they were; it comes first, because it holds off whoever would write the name just now.
    """
    keys = sorted(set(keys))
    with transaction.atomic(), connection.cursor() as cursor:
        record(event=Event.NAMES_ERASED, by=by, at=at, detail={"keys": keys})
        named = Name.objects.filter(subject__in=keys).exclude(name=ERASED).count()
        if keys:
            cursor.execute(*_remembering(dict.fromkeys(keys, ERASED)))
    return named


def digest(entry: Entry, before: str) -> str:
    """SHA-256 (hex) of the digest before and the entry's content, as JSON with sorted keys and UTC times."""
    return _digest([getattr(entry, name) for name in SIGNED], before)


def _digest(values: Sequence[Any], before: str) -> str:
    """The digest of an entry's content in the order of SIGNED; the moment is the second of them."""
    content = dict(zip(SIGNED, values, strict=True)) | {"at": values[1].astimezone(UTC).isoformat()}
    return hashlib.sha256(f"{before}{PLAIN(content)}".encode()).hexdigest()


@dataclass(frozen=True)
class Proof:
    """What `verify` found: how many entries hold, and the first position that does not (None when all do)."""

    entries: int
    digest: str
    broken_at: int | None = None


def verify(*, since: str = "", told: Callable[[int], object] = lambda position: None) -> Proof:
    """Walk the chain, or what came after a head noted earlier, and name the first entry that was changed, removed or slipped in.

    It reads some entries at a time and holds no lock, so that others go on writing; it ends at the head as it then is. `told`
    is called with each position that was reached. Raises ValueError for a `since` that is no head.
    """
    first, before = parted(since) if since else (0, START)
    if since and not holds(since):
        return Proof(0, before, broken_at=first)
    position = first
    while True:
        rows = _rows_after(position)
        for *content, seen in rows:
            position += 1
            if content[0] != position or seen != _digest(content, before):
                return Proof(position - 1 - first, before, broken_at=position)
            before = seen
        told(position)
        if not rows and (head := Head.objects.first()):
            if (head.position, head.digest) == (position, before):
                return Proof(position - first, before)
            rows = _rows_after(position)[:1] if head.position > position else []
        if not rows:
            return Proof(position - first, before, broken_at=position + 1)


def _rows_after(position: int) -> list[tuple[Any, ...]]:
    """What is signed of the next entries, and their digests. The head only moves with an entry: what it names is there to read."""
    rows = Entry.objects.filter(position__gt=position).order_by("position")
    return list(rows.values_list(*SIGNED, "digest")[:AT_ONCE])


def head() -> str:
    """The chain's last position and digest, as `POSITION:DIGEST`: noted elsewhere, it proves later that nothing was removed.

    What is told here is on the disk: no power cut takes it back.
    """
    found = Head.objects.first()
    commits.settle()
    return f"{found.position}:{found.digest}" if found else f"0:{START}"


def parted(noted: str) -> tuple[int, str]:
    """A noted head's position and digest. Raises ValueError for a text that is no head."""
    if not re.fullmatch(r"\d{1,18}:[0-9a-f]{64}", noted):
        raise ValueError("no head")
    position, _colon, seen = noted.partition(":")
    return int(position), seen


def holds(noted: str) -> bool:
    """Whether a head noted earlier is still in the chain. Raises ValueError for a text that is no head."""
    position, seen = parted(noted)
    if position == 0:
        return seen == START
    return Entry.objects.filter(position=position, digest=seen).exists()


def guarded() -> bool:
    """Whether the triggers that refuse changes and removals are in their places."""
    return triggers.standing(connection)
