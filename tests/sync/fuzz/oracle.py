"""What must come of an export, worked out anew and in the plainest way, without a line of the source's own code.

A line of a damaged file is *sound* if the good export has it, byte for byte, under the same header, and a record begins and
ends with it. What a sound line says must be yielded; every other line must yield something or be named as set aside.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

from tests.sync.fuzz.exports import Made, Row

KEYS = {"guardianships.csv": ("studentSourcedId", "guardianSourcedId")}
REPLACED = {
    "orgs.csv": "org",
    "users.csv": "person",
    "roles.csv": "role",
    "demographics.csv": "birth",
    "guardianships.csv": "pair",
}
PARTS = {"student": "student", "parent": "guardian", "guardian": "guardian", "teacher": "employee"}
FLAG = {"true": True, "false": False, "": None}
MOST_LINES = 50


class Record(NamedTuple):
    """Lines (from 1) that make one record, and its cells; None where a quotation mark breaks it."""

    first: int
    last: int
    cells: list[bytes] | None


def records(content: bytes) -> list[Record]:
    """The records of a file after its header, as RFC 4180 has them; a broken one ends with the line that breaks it."""
    lines = [line for line in re.split(b"(?<=\n)", content) if line]
    found: list[Record] = []
    number = 1
    while number < len(lines):
        first, cells, is_open = number, [b""], False
        while True:
            cells, is_open, broken = _line(lines[number], cells, is_open)
            number += 1
            if broken or (is_open and (number == len(lines) or number - first > MOST_LINES)):
                found.append(Record(first + 1, number, None))
                break
            if not is_open:
                found.append(Record(first + 1, number, cells))
                break
    return found


def _line(line: bytes, cells: list[bytes], is_open: bool) -> tuple[list[bytes], bool, bool]:
    """Read one line on; returns the cells, whether a quotation mark is open, and whether it broke the rules."""
    text, end = line.rstrip(b"\r\n"), line[len(line.rstrip(b"\r\n")) :]
    place, quoted = 0, is_open
    while place < len(text):
        char = text[place : place + 1]
        if is_open:
            if char != b'"':
                cells[-1] += char
            elif text[place + 1 : place + 2] == b'"':
                cells[-1] += char
                place += 1
            else:
                is_open = False
        elif quoted and char != b",":
            return cells, False, True
        elif char == b",":
            cells.append(b"")
            quoted = False
        elif char == b'"' and not cells[-1]:
            is_open = quoted = True
        elif char == b"\r":
            return cells, False, True
        else:
            cells[-1] += char
        place += 1
    if is_open:
        cells[-1] += end
    return cells, is_open, False


def key_of(name: str, row: Row) -> tuple[str, ...]:
    """What a row is about."""
    return tuple(row.get(column, "") for column in KEYS.get(name, ("sourcedId",)))


def expected(made: Made, name: str, row: Row) -> list[tuple[Any, ...]]:
    """What a good row says, each as (type, values) without line and digest."""
    found: list[tuple[Any, ...]] = []
    if made.modes[name] == "delta":
        found.append(("Replaced", REPLACED[name], *(*key_of(name, row), "")[:2]))
        if name == "users.csv" and made.version == "1.1":
            found.append(("Replaced", "roles", row["sourcedId"], ""))
        if row["status"] != "active":
            return found
    return found + SAYS[name](made, {column: row.get(column, "") for column in made.headers[name]})


def _org(made: Made, row: Row) -> list[tuple[Any, ...]]:
    facts = [
        row[f"metadata.{name}"] for name in ("principal", "telephone", "fax", "website", "boardMember", "localDistrict")
    ]
    return [("Org", row["sourcedId"], row["type"] == "school", row["identifier"], row["name"], *facts)]


def _person(made: Made, row: Row) -> list[tuple[Any, ...]]:
    home = [row[f"metadata.address{name}"] for name in ("Street", "City", "State", "PostalCode")]
    found: list[tuple[Any, ...]] = [
        (
            "Person", row["sourcedId"], row["givenName"], row["middleName"], row["familyName"], row["identifier"],
            row["identifier"], row["email"], row["phone"], row["sms"], *home, row["metadata.homeLanguage"],
            row["metadata.eligibleGround"], row["grades"],
        )
    ]  # fmt: skip
    found += [("Link", row["sourcedId"], agent) for agent in row["agentSourcedIds"].split(",") if agent]
    if made.version == "1.1":
        key, org, word = row["sourcedId"], row["orgSourcedIds"], row["role"]
        found.append(("Role", "users.csv", f"{key} {org}", key, PARTS[word], word, org, row["grades"], None, None))
    return found


def _role(made: Made, row: Row) -> list[tuple[Any, ...]]:
    word = row["role"]
    return [
        (
            "Role",
            "roles.csv",
            row["sourcedId"],
            row["userSourcedId"],
            PARTS[word],
            word,
            row["orgSourcedId"],
            "",
            None,
            None,
        )
    ]


def _birth(made: Made, row: Row) -> list[tuple[Any, ...]]:
    return [("BirthDate", row["sourcedId"], row["birthDate"])]


def _pair(made: Made, row: Row) -> list[tuple[Any, ...]]:
    flags = [FLAG[row[name]] for name in ("legal", "livesWith", "emergencyContact")]
    facts = (row["relation"], *flags, int(row["priority"]), row["restriction"], None, None)
    return [("Pair", row["studentSourcedId"], row["guardianSourcedId"], *facts)]


SAYS = {
    "orgs.csv": _org,
    "users.csv": _person,
    "roles.csv": _role,
    "demographics.csv": _birth,
    "guardianships.csv": _pair,
}


class Lines(NamedTuple):
    """The lines of one file of a damaged export."""

    sound: dict[int, Row]
    """What each sound line says."""
    contested: dict[int, Row]
    """Of a delta: lines that are sound, and whose key another line may have too."""
    disputed: dict[int, Row]
    """Of a delta: lines that are sound, and whose key another line has with other facts for certain."""
    others: list[Record]
    """Records that are not sound."""


def compare(good: Made, name: str, content: bytes) -> Lines | None:
    """The lines of a damaged file beside the good one's; None where the header is another, so that nothing is certain."""
    lines = good.lines[name]
    if content.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0].rstrip(b"\r") != lines[0].rstrip(b"\r\n"):
        return None
    known = {line.rstrip(b"\r\n"): row for line, row in zip(lines[1:], good.rows[name], strict=True)}
    physical = content.split(b"\n")
    found = Lines({}, {}, {}, [])
    for record in records(content):
        text = physical[record.first - 1].rstrip(b"\r")
        is_one = record.first == record.last and record.cells is not None
        if is_one and text in known:
            found.sound[record.first] = known[text]
        elif text or not is_one:
            found.others.append(record)
    if good.modes[name] == "delta":
        _contest(good, name, found, physical)
    return found


def _contest(good: Made, name: str, found: Lines, physical: list[bytes]) -> None:
    """Take away the sound lines of a delta whose key stands elsewhere too, for certain or perhaps."""
    count = Counter(key_of(name, row) for row in found.sound.values())
    for line, row in list(found.sound.items()):
        key = key_of(name, row)
        if any(_disputes(good.headers[name], record, name, row) for record in found.others):
            found.disputed[line] = found.sound.pop(line)
        elif count[key] > 1 or any(_may_name(key, record, physical) for record in found.others):
            found.contested[line] = found.sound.pop(line)


def _may_name(key: tuple[str, ...], record: Record, physical: list[bytes]) -> bool:
    text = b"\n".join(physical[record.first - 1 : record.last])
    return all(part.encode() in text for part in key)


def _disputes(header: list[str], record: Record, name: str, row: Row) -> bool:
    """Whether a record on one line has this row's key, and other facts."""
    if record.cells is None or record.first != record.last or len(record.cells) != len(header):
        return False
    cells = {column: cell.decode(errors="replace") for column, cell in zip(header, record.cells, strict=True)}
    kept = [column for column in header if column not in ("dateLastModified", "password")]
    return key_of(name, cells) == key_of(name, row) and any(cells[column] != row.get(column, "") for column in kept)
