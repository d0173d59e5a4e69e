"""Writing and proving the trail."""

from __future__ import annotations

import getpass
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction
from django.db.models import Subquery

from openhouse.audit import triggers
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Head, Name

START = "0" * 64
SIGNED = ("position", "at", "event", "actor_kind", "actor", "address", "account", "student", "guardian", "detail")


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
    with transaction.atomic():
        head, known = _lock(names)
        entry = Entry(
            position=head.position + 1,
            at=at.astimezone(UTC),
            event=event,
            actor_kind=by.kind,
            actor=by.key,
            address=by.address,
            account=about.account,
            student=about.student,
            guardian=about.guardian,
            detail=dict(detail or {}),
        )
        entry.digest = digest(entry, head.digest)
        entry.save(force_insert=True)
        _remember({subject: name for subject, name in names.items() if known[subject] != name})
    return entry


def _lock(subjects: Iterable[str]) -> tuple[Head, dict[str, str | None]]:
    """The chain's head, locked, and the names that are known of some subjects: all in one statement."""
    subjects = list(subjects)
    asked = {
        f"name_{place}": Subquery(Name.objects.filter(subject=subject).values("name")[:1])
        for place, subject in enumerate(subjects)
    }
    head = Head.objects.select_for_update(of=("self",)).annotate(**asked).first()
    if head is None:
        return Head.objects.create(pk=1, position=0, digest=START), dict.fromkeys(subjects)
    return head, {subject: getattr(head, f"name_{place}") for place, subject in enumerate(subjects)}


def look(
    *, event: Event, by: Actor, at: datetime, about: Subject = NOBODY, detail: Mapping[str, object] | None = None
) -> None:
    """Record that something was looked at: once the page's own snapshot is over, and before the answer leaves."""
    transaction.on_commit(lambda: record(event=event, by=by, at=at, about=about, detail=detail) and None)


def recent(by: Actor, events: Iterable[Event], *, limit: int) -> list[str]:
    """The keys of the students whom somebody's last entries of these kinds were about, the last first, each once."""
    mine = Entry.objects.filter(actor=by.key, event__in=list(events)).exclude(student="")
    keys = mine.order_by("-position").values_list("student", flat=True)[: 4 * limit]
    return list(dict.fromkeys(keys))[:limit]


def _remember(names: Mapping[str, str]) -> None:
    rows = [Name(subject=subject, name=name) for subject, name in names.items()]
    if rows:
        Name.objects.bulk_create(rows, update_conflicts=True, unique_fields=["subject"], update_fields=["name"])


def names(keys: Iterable[str]) -> dict[str, str]:
    """The names remembered for the keys of actors and subjects; none where a name was erased."""
    return dict(Name.objects.filter(subject__in=set(keys)).values_list("subject", "name"))


def digest(entry: Entry, before: str) -> str:
    """SHA-256 (hex) of the digest before and the entry's content, as JSON with sorted keys and UTC times."""
    content = {name: getattr(entry, name) for name in SIGNED} | {"at": entry.at.astimezone(UTC).isoformat()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}{text}".encode()).hexdigest()


@dataclass(frozen=True)
class Proof:
    """What `verify` found: how many entries hold, and the first position that does not (None when all do)."""

    entries: int
    digest: str
    broken_at: int | None = None


def verify() -> Proof:
    """Walk the whole chain in constant memory and name the first entry that was changed, removed or slipped in."""
    position, before = 0, START
    for entry in _entries():
        position += 1
        if entry.position != position or entry.digest != digest(entry, before):
            return Proof(position - 1, before, broken_at=position)
        before = entry.digest
    head = Head.objects.first()
    if ((head.position, head.digest) if head else (0, START)) != (position, before):
        return Proof(position, before, broken_at=position + 1)
    return Proof(position, before)


def head() -> str:
    """The chain's last position and digest, as `POSITION:DIGEST`: noted elsewhere, it proves later that nothing was removed."""
    found = Head.objects.first()
    return f"{found.position}:{found.digest}" if found else f"0:{START}"


def holds(noted: str) -> bool:
    """Whether a head noted earlier is still in the chain. Raises ValueError for a text that is no head."""
    if not re.fullmatch(r"\d{1,18}:[0-9a-f]{64}", noted):
        raise ValueError("no head")
    position, _colon, seen = noted.partition(":")
    if int(position) == 0:
        return seen == START
    return Entry.objects.filter(position=int(position), digest=seen).exists()


def guarded() -> bool:
    """Whether the triggers that refuse changes and removals are in their places."""
    return triggers.standing(connection)


def _entries() -> Iterator[Entry]:
    return Entry.objects.order_by("position").iterator(chunk_size=2000)
