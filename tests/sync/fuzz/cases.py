"""One case: a good export is made and damaged; what comes of it is held against the oracle."""

from __future__ import annotations

import copy
import os
import re
import time
from array import array
from collections import Counter, defaultdict
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from openhouse.policy.values import Policy
from openhouse.sync import memory
from openhouse.sync.batches import BirthDate, Held, Link, Pair, Person, Replaced, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SyncRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import index, open_package, sheet
from openhouse.sync.sources.oneroster_csv.index import Index
from tests.sync.fuzz import damage, oracle
from tests.sync.fuzz.exports import TOKEN, Made, make, pack

STAYING_PUT = {"cell", "again", "nobody", "huge", "line_ends", "emptied", "manifest", "names"}
"""Damages that leave each cell under its own column, a password among them."""
HOLDING = {
    "orgs.csv": ("org", "sourcedId", ""), "users.csv": ("person", "sourcedId", ""), "roles.csv": ("person", "userSourcedId", ""),
    "demographics.csv": ("birth", "sourcedId", ""), "guardianships.csv": ("pair", "studentSourcedId", "guardianSourcedId"),
}  # fmt: skip
"""What a row set aside holds: the kind, and the columns of its key."""


class Read:
    """What a reading yields: rows by file and line, what is replaced, set aside and held; or why it is refused."""

    def __init__(self, path: Path, memory: Memory, *, strict: bool = False) -> None:
        self.notices, self.memory = Notices(), memory
        self.said: dict[tuple[str, int], list[tuple[Any, ...]]] = defaultdict(list)
        self.digests: dict[tuple[str, int], int] = {}
        self.aside: list[SetAside] = []
        self.held: list[Held] = []
        self.replaced: list[tuple[Any, ...]] = []
        self.refused = ""
        try:
            source = open_package(path, strict=strict)
            for done, batch in source.batches(Policy(), self.notices, memory):
                assert 0 <= done <= source.size
                self._take(batch)
        except SyncRefused as refusal:
            self.refused = str(refusal)

    FILES = {
        "Org": "orgs.csv",
        "Person": "users.csv",
        "Link": "users.csv",
        "BirthDate": "demographics.csv",
        "Pair": "guardianships.csv",
    }

    def _take(self, batch: Any) -> None:
        for row in batch:
            if isinstance(row, SetAside):
                self.aside.append(row)
            elif isinstance(row, Held):
                self.held.append(row)
            elif isinstance(row, Replaced):
                self.replaced.append(("Replaced", *row))
            else:
                name = type(row).__name__
                place = row.file if name == "Role" else self.FILES[name], row.line
                assert self.digests.setdefault(place, row.digest) == row.digest
                plain = row[1:2] + row[3:] if name == "Role" else row[2:]
                self.said[place].append(
                    (name, *((row.file,) if name == "Role" else ()), *(row[3:] if name == "Role" else plain))
                )

    def messages(self) -> list[str]:
        """All that is said to people."""
        return [self.refused, *self.notices.warnings, *(f"{row.file} {row.reason}" for row in self.aside)]


def run(
    seed: int, number: int, folder: Path, figures: Counter[str], *, bulk: bool = False
) -> tuple[Made, Made | None, Read, Path, Path]:
    """Make case `number` of a seed, damage it, and check it. Raises AssertionError.

    Returns the good export, the damaged one (None where the zip itself is damaged), what was read of it, and both paths.
    """
    random = Random(f"{seed} {number}")
    good = make(random, bulk=bulk)
    good_path, path = folder / "good.zip", folder / "damaged.zip"
    pack(good.files(), good_path)
    before = Read(good_path, Memory())
    check_good(good, before)
    spoilt = copy.deepcopy(good)
    in_zip = random.random() < 0.05
    kinds = [] if in_zip else damage.spoil(random, spoilt)
    pack(spoilt.files(), path)
    if in_zip:
        path.write_bytes(damage.spoil_zip(random, path.read_bytes()))
    os.utime(path, (1, 1_800_000_000))
    found = Read(path, Memory())
    figures.update({"cases": 1, "refused": bool(found.refused), "rows set aside": len(found.aside)})
    check_messages(found)
    if not set(kinds) - STAYING_PUT:
        assert "hunter2" not in str((found.said, found.aside, found.held))
    if not found.refused and not in_zip:
        check_lines(good, spoilt, found, figures, only_forged=kinds == ["forged"])
    check_memory(before, found, path, spoilt)
    strict = Read(path, Memory(), strict=True)
    check_messages(strict)
    assert strict.refused or not found.refused
    return good, None if in_zip else spoilt, found, good_path, path


def check_good(good: Made, read: Read) -> None:
    """Nothing of a good export is refused, set aside or warned of, and all of it is in."""
    assert not read.refused and not read.aside and not read.held, (read.refused, read.aside)
    assert not read.notices.warnings
    wanted = {name: oracle.Lines(dict(enumerate(rows, start=2)), {}, {}, []) for name, rows in good.rows.items()}
    check_sound(good, wanted, read)
    assert sum(map(len, read.said.values())) + len(read.replaced) == sum(
        len(oracle.expected(good, name, row)) for name, rows in good.rows.items() for row in rows
    )
    assert "hunter2" not in str(read.said)
    assert {name: len(learnt) for name, learnt in read.memory.learnt.items()} == {
        name: len(rows) for name, rows in good.rows.items()
    }


def check_messages(read: Read) -> None:
    """No value stands in what people are told."""
    for message in read.messages():
        assert not TOKEN.search(message), message
        assert not any(value in message for value in ("hunter2", "López", "Zoë", "mail.example", "\x00", "\n")), message
        message.encode()
    for row in read.aside:
        row.column_name.encode(), row.value.encode()
        assert len(row.value) <= 255 and "\0" not in row.value and len(row.reason) <= 255


def check_lines(good: Made, spoilt: Made, read: Read, figures: Counter[str], *, only_forged: bool) -> None:
    """What is sound is in; what is not is in or named; nothing else is named."""
    files = {name: b"".join(lines) for name, lines in spoilt.lines.items()}
    stated = set(read.notices.read)
    compared = {name: oracle.compare(good, name, files[name]) for name in good.lines if name in stated}
    known = {name: lines for name, lines in compared.items() if lines and _mode(spoilt, name) == good.modes[name]}
    known = {} if _version(spoilt) != good.version else known
    check_sound(good, known, read)
    figures["sound rows found"] += sum(len(lines.sound) for lines in known.values())
    named = {(row.file, row.line) for row in read.aside}
    for name, lines in known.items():
        for line, row in lines.contested.items():
            assert (name, line) in named or oracle.expected(good, name, row)[0] in read.replaced
        for line, row in lines.disputed.items():
            assert (name, line) in named and oracle.expected(good, name, row)[0] not in read.replaced, (name, line)
        for record in lines.others:
            if not _says_nothing(good, name, record):
                assert any((name, line) in named or (name, line) in read.said for line in range(record.first, record.last + 1)), (
                    name, record,
                )  # fmt: skip
            check_held(good, name, record, read, named)
        assert not [line for line in lines.sound if (name, line) in named], name
    if only_forged:
        assert "-F" not in str(read.said)
    for file, line in named:
        assert 2 <= line <= files[file].count(b"\n") + 1


def check_held(good: Made, name: str, record: oracle.Record, read: Read, named: set[tuple[str, int]]) -> None:
    """A row set aside holds what it is about, where that can be read."""
    if (name, record.first) not in named or record.first != record.last:
        return
    if record.cells is None or len(record.cells) != len(good.headers[name]):
        return
    cells = {
        column: cell.decode(errors="replace") for column, cell in zip(good.headers[name], record.cells, strict=True)
    }
    kind, *columns = HOLDING[name]
    key = [cells.get(column, "") for column in columns]
    if all(re.fullmatch(r"[\w-]{1,255}", part) for part in key[: 2 if key[1:] != [""] else 1]):
        assert (kind, *key) in {(held.kind, held.key, held.other) for held in read.held}, (name, record.first)


def check_sound(good: Made, files: dict[str, oracle.Lines], read: Read) -> None:
    """What sound lines say is yielded, each with its line, and nothing besides."""
    for name, lines in files.items():
        for line, row in lines.sound.items():
            wanted = oracle.expected(good, name, row)
            said = [each for each in wanted if each[0] != "Replaced"]
            assert sorted(map(str, read.said.get((name, line), []))) == sorted(map(str, said)), (name, line)
            assert all(each in read.replaced for each in wanted if each[0] == "Replaced"), (name, line)


def _says_nothing(good: Made, name: str, record: oracle.Record) -> bool:
    """Whether a record may rightly say nothing: it is empty, its thing is to be deleted, or its role is the SIS's own."""
    if record.cells is None or record.first != record.last:
        return False
    if record.cells == [b""]:
        return True
    cells = dict(zip(good.headers[name], record.cells, strict=False))
    if good.modes[name] == "delta":  # it is replaced, and that names no line
        return len(record.cells) == len(good.headers[name])
    return cells.get("status") in (b"tobedeleted", b"inactive") or cells.get("role", b"").startswith(b"ext:")


def _mode(made: Made, name: str) -> str:
    text = b"".join(made.lines.get("manifest.csv", []))
    wanted = f"file.{name.removesuffix('.csv')},".encode()
    found = [line.split(b",")[1].strip() for line in text.replace(b"\r", b"\n").split(b"\n") if line.startswith(wanted)]
    return found[0].decode() if found else "bulk" if name == "guardianships.csv" else ""


def _version(made: Made) -> str:
    text = b"".join(made.lines.get("manifest.csv", []))
    return "1.1" if b"oneroster.version,1.1" in text else "1.2" if b"oneroster.version,1.2" in text else ""


def check_memory(before: Read, found: Read, path: Path, spoilt: Made) -> None:
    """Reading with what the good export left in memory yields what it did not say already, and the same rows set aside: all at
    once, and in blocks so small that a row which moved far is read again."""
    again = check_again(before, found, path, spoilt)
    for name, known in before.memory.learnt.items() if not found.refused else ():
        stand = [found.digests[place] for place in sorted(found.said) if place[0] == name]
        still = [digest for digest in known if digest in stand]
        if still == [digest for digest in stand if digest in known] and _mode(spoilt, name) != "delta":
            assert {digest for digest in still if not again[name, digest]} == set()  # in their order all are known
    with patch.multiple(sheet, ROWS_A_BLOCK=2, KNOWN_ROWS_A_BLOCK=5), patch.object(memory, "AHEAD", 6):
        check_again(before, found, path, spoilt)


def check_again(before: Read, found: Read, path: Path, spoilt: Made) -> Counter[tuple[str, int]]:
    """How many rows of each file and digest were passed over as known."""
    known = before.memory.learnt
    again = Read(path, Memory(lambda name: known.get(name, array("Q"))))
    assert again.refused == found.refused
    if found.refused:  # what was said before that counts for nothing, and how much it was depends on the blocks
        return Counter()
    assert (again.aside, again.held, again.replaced) == (found.aside, found.held, found.replaced)
    assert all(again.said[place] == found.said[place] for place in again.said)
    unsaid = [place for place in found.said if place not in again.said]
    assert not any(_mode(spoilt, name) == "delta" for name, _line in unsaid)
    passed_over = Counter((name, found.digests[name, line]) for name, line in unsaid)
    assert passed_over <= Counter((name, digest) for name, digests in known.items() for digest in digests)
    for name, learnt in found.memory.learnt.items():
        more = known.get(name, array("Q")) if _mode(spoilt, name) == "delta" else array("Q")
        assert sorted([*again.memory.again[name], *again.memory.learnt[name]]) == sorted([*learnt, *more]), name
    return passed_over


def check_index(read: Read, path: Path, index_path: Path) -> int:
    """Looking a student up in an index of the export finds what a reading of all of it says of them; returns how many were."""
    index.build(path, index_path, Policy())
    rows = [row for rows in read.said.values() for row in rows]
    people = [row for row in rows if row[0] == "Person"]
    students = {row[3] for row in rows if row[0] == "Role" and row[4] == "student"}
    numbers = {row[5] for row in people if row[1] in students and row[5]}
    for number in numbers:
        family = {row[1] for row in people if row[5].upper() == number.upper()}
        family &= students | {held.key for held in read.held if held.kind == "person"}
        links = [row for row in rows if row[0] == "Link" and family & {row[1], row[2]}]
        pairs = [row for row in rows if row[0] == "Pair" and row[1] in family]
        everybody = family.union(*(row[1:3] for row in (*links, *pairs)))
        wanted = [*links, *pairs, *(row for row in people if row[1] in everybody)]
        wanted += [row for row in rows if row[0] == "BirthDate" and row[1] in family]
        said = Index(index_path).find(number, Policy(), Notices(), deadline=time.monotonic() + 60)
        kinds = Person | Link | Pair | BirthDate
        plain = [(type(row).__name__, *row[2:]) for batch in said for row in batch if isinstance(row, kinds)]
        assert sorted(map(str, plain)) == sorted(map(str, wanted)), number
    return len(numbers)
