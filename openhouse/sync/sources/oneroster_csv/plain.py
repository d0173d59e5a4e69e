"""What the rows of a block say, column by column: at a third of the price of reading them row by row (`readers`, `users`).

It holds them to the same rules, or to stricter ones; where any row does not keep them it raises `Odd`, and the rows are read
one by one. So whatever is set aside is set aside there. Rules for columns with few values are the very same functions, asked
once per value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from openhouse.sync.batches import Batch, BirthDate, Link, Pair, Person, Role
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import cells as read
from openhouse.sync.sources.oneroster_csv.block import Block
from openhouse.sync.sources.oneroster_csv.readers import (
    BirthDateReader,
    PairReader,
    Reader,
    RoleReader,
    part_of,
    role_type,
)
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance
from openhouse.sync.sources.oneroster_csv.users import PLACEHOLDERS, UserReader, ground, language, look_at_flag

_OTHER_SPACE = re.compile(r"[^\S \n]")
_GUIDS = re.compile(r"[\w.\-/@\n]+", re.ASCII)


class Odd(Exception):
    """A row among these must be looked at alone."""


class Trial:
    """One look at a block. Its `warnings` count only where all of it is plain."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.warnings: Counter[str] = Counter()
        self.strict = block.sheet.tolerance.strict

    def each[T](self, rule: Callable[[str, Tolerance], T], values: Sequence[str]) -> list[T]:
        """What a rule makes of each value. Raises Odd where it finds a fault."""
        made: dict[str, T] = {}
        for value in {*values}:
            notices = Notices()
            try:
                made[value] = rule(value, Tolerance(notices, strict=self.strict))
            except Fault:
                raise Odd from None
            for text, times in notices.warnings.items():
                self.warnings[text] += times * values.count(value)
        return [made[value] for value in values] if len(made) > 1 else [*made.values()] * len(values)

    def column(self, name: str) -> Sequence[str]:
        """A column's cells."""
        return self.block.column(name)

    def stripped(self, name: str) -> Sequence[str]:
        """The same without white space around them."""
        values = self.column(name)
        text = "\n".join(("", *values, ""))
        rare = not (text.isascii() and "\t" not in text) and _OTHER_SPACE.search(text)
        if "\n " not in text and " \n" not in text and not rare:
            return values
        return [value.strip() for value in values]

    def ids(self, name: str) -> Sequence[str]:
        """A column of ids: none blank, all with the standard's characters."""
        values = self.column(name)
        if not all(values) or not _GUIDS.fullmatch("\n".join(values)):
            raise Odd
        return values

    def stays(self) -> None:
        """Raise Odd where a row says that its thing is to be deleted."""
        statuses, instants = self.column("status"), self.column("dateLastModified")
        if any(statuses) or any(instants):
            modified = ["x" if instant else "" for instant in instants]
            if any(self.each(partial(read.is_removed, ""), modified)):
                raise Odd
            if any(self.each(lambda status, tolerance: read.is_removed(status, "", tolerance), statuses)):
                raise Odd

    def days(self, name: str) -> Sequence[str | None]:
        """A column of days, or blanks (None)."""
        values = self.column(name)
        found = {*values}
        if not all(map(read.is_day, found - {""})):
            raise Odd
        return [value or None for value in values] if "" in found else values

    def spans(self) -> tuple[Sequence[str | None], Sequence[str | None]]:
        """The columns beginDate and endDate."""
        begins, ends = self.days("beginDate"), self.days("endDate")
        if any(begin and end and end < begin for begin, end in zip(begins, ends, strict=True)):
            raise Odd
        return begins, ends

    def flags(self, name: str) -> list[bool | None]:
        """A column of true, false or blanks (None)."""
        return self.each(partial(read.flag, name), self.column(name))

    def batch(self, row_type: type, *columns: Sequence[Any]) -> Batch:
        """Rows with the lines and digests of the block."""
        return Batch(row_type, (self.block.lines, self.block.digests, *columns))


def said(reader: Reader, block: Block) -> list[Batch]:
    """What a block says, in batches of one type each. Raises Odd where it must be read otherwise."""
    trial = Trial(block)
    batches = [batch for batch in READ[type(reader)](reader, trial) if len(batch)]
    block.sheet.notices.warnings.update(trial.warnings)
    return batches


def _users(reader: UserReader, trial: Trial) -> Iterator[Batch]:
    if reader.has_roles:  # OneRoster 1.1, whose rows say what a person is, and where
        raise Odd
    column, ids = trial.column, trial.ids("sourcedId")
    trial.stays()
    given, family = trial.stripped("givenName"), trial.stripped("familyName")
    if not {*given, *family}.isdisjoint(PLACEHOLDERS):
        raise Odd
    trial.each(look_at_flag, column("enabledUser"))
    if reader.number_column == "userIds":
        numbers: Sequence[str] = trial.each(read.user_id, column("userIds"))
    else:
        numbers = trial.stripped(reader.number_column)
    yield trial.batch(
        Person, ids, given, column("middleName"), family, numbers, column("identifier"), trial.stripped("email"),
        column("phone"), column("sms"), column("metadata.addressStreet"), column("metadata.addressCity"),
        column("metadata.addressState"), column("metadata.addressPostalCode"),
        trial.each(language, column("metadata.homeLanguage")), trial.each(ground, column("metadata.eligibleGround")),
        column("grades"),
    )  # fmt: skip
    yield _links(trial, ids)


def _links(trial: Trial, ids: Sequence[str]) -> Batch:
    block, texts = trial.block, trial.stripped("agentSourcedIds")
    links = [
        (line, digest, owner, agent)
        for line, digest, owner, text in zip(block.lines, block.digests, ids, texts, strict=True)
        if text
        for agent in (dict.fromkeys(read.listed(text)) if "," in text else (text,))
    ]
    return Batch(Link, list(zip(*links, strict=True)) or [()])


def _roles(reader: RoleReader, trial: Trial) -> Iterator[Batch]:
    column, ids = trial.column, trial.ids("sourcedId")
    trial.stays()
    trial.each(role_type, column("roleType"))
    words = column("role")
    parts = trial.each(lambda word, tolerance: part_of(word, "1.2", tolerance), words)
    if not all(parts):
        raise Odd
    count = len(trial.block)
    people, orgs = trial.ids("userSourcedId"), trial.ids("orgSourcedId")
    files, grades = [reader.name] * count, [""] * count
    lines, digests = trial.block.lines, trial.block.digests
    yield Batch(Role, (files, lines, digests, ids, people, parts, words, orgs, grades, *trial.spans()))


def _births(reader: BirthDateReader, trial: Trial) -> Iterator[Batch]:
    ids = trial.ids("sourcedId")
    trial.stays()
    days = trial.days("birthDate")
    if any(day and day > reader.latest for day in days):
        raise Odd
    yield trial.batch(BirthDate, ids, days)


def _pairs(reader: PairReader, trial: Trial) -> Iterator[Batch]:
    students, guardians = trial.ids("studentSourcedId"), trial.ids("guardianSourcedId")
    trial.stays()
    priorities = trial.each(lambda text, _: read.whole_number("priority", text), trial.column("priority"))
    yield trial.batch(
        Pair, students, guardians, trial.stripped("relation"), trial.flags("legal"), trial.flags("livesWith"),
        trial.flags("emergencyContact"), priorities, trial.stripped("restriction"), *trial.spans(),
    )  # fmt: skip


READ: Mapping[type, Callable[[Any, Trial], Iterable[Batch]]] = {
    UserReader: _users, RoleReader: _roles, BirthDateReader: _births, PairReader: _pairs,
}  # fmt: skip
"""What reads a block of each reader's file."""
