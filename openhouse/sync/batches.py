"""What every source yields: rows in the district's words, each naming the line (or record) that it came from.

Days are text, `YYYY-MM-DD`, already proved to exist. Blank text is "", what a source does not say is None. A batch is a
sequence of rows of one of these types: a list, or a `Batch`. `line` is where a row stands in its file (or the record's
number in its resource); `digest` is that of the source's own row (`sync.memory`), the same in all rows that came from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, overload

type Day = str

UNREADABLE = "unreadable"
"""Stands for a restriction that cannot be read, or that another one contradicts; policy knows no such word, so it holds the
guardian."""


class Org(NamedTuple):
    """A school, or another unit that a role may point to (`is_school` false), which is not mirrored."""

    line: int
    digest: int
    sourced_id: str
    is_school: bool
    code: str
    name: str
    principal: str
    telephone: str
    fax: str
    website: str
    board_member: str
    local_district: str


class Person(NamedTuple):
    """A person in any part. `number` is the Student ID if this is a student."""

    line: int
    digest: int
    sourced_id: str
    given_name: str
    middle_name: str
    family_name: str
    number: str
    employee_number: str
    email: str
    phone: str
    mobile: str
    street: str
    city: str
    state: str
    postal_code: str
    home_language: str
    eligible_ground: str
    grade: str


class Role(NamedTuple):
    """What a person is: `kind` is student, guardian or employee; `word` is the source's own word for it."""

    file: str
    line: int
    digest: int
    sourced_id: str
    person: str
    kind: str
    word: str
    org: str
    grade: str
    begin_date: Day | None
    end_date: Day | None


class BirthDate(NamedTuple):
    """A person's birth date; None where the source has a row but no day."""

    line: int
    digest: int
    person: str
    birth_date: Day | None


class Link(NamedTuple):
    """One person names another; which of them is the student follows from their roles."""

    line: int
    digest: int
    owner: str
    agent: str


class Pair(NamedTuple):
    """What the source says of one guardian of one student."""

    line: int
    digest: int
    student: str
    guardian: str
    relation: str
    legal: bool | None
    lives_with: bool | None
    emergency_contact: bool | None
    priority: int | None
    restriction: str
    begin_date: Day | None
    end_date: Day | None


class SetAside(NamedTuple):
    """A row that breaks a rule: file, line, column ("" for the row as a whole) and reason.

    `value` is what stands in that column ("" where it cannot be told): for the console alone, never for output or logs.
    """

    file: str
    line: int
    column_name: str
    reason: str
    value: str = ""
    digest: int = 0


class Held(NamedTuple):
    """A key whose facts stay as they were, because its row was set aside.

    `kind` says whose: a person, an org, a birth date, or a pair (`key` the student, `other` the guardian). For a pair,
    `restriction` is the text to restrict it by all the same ("" for none): an unreadable restriction restricts. An id of a
    pair that cannot be read is ""; `sync.unnamed` finds whom the row may mean. A `stray` pair can be read and names nobody.
    """

    kind: Literal["person", "org", "birth", "pair", "stray"]
    key: str
    other: str = ""
    restriction: str = ""


class Replaced(NamedTuple):
    """Whatever was stated of this key before no longer holds: a delta's row, before what it says instead (or nothing).

    `kind` says what of: an org, a person (with the links that their row owns), a role (by its sourcedId), all roles of a
    person, a birth date (by the person), or a pair (`key` the student, `other` the guardian).
    """

    kind: Literal["org", "person", "role", "roles", "birth", "pair"]
    key: str
    other: str = ""


type Row = Org | Person | Role | BirthDate | Link | Pair | SetAside | Held | Replaced

STAGED: dict[type, str] = {
    Org: "staged_org",
    Person: "staged_person",
    Role: "staged_role",
    BirthDate: "staged_birth",
    Link: "staged_link",
    Pair: "staged_pair",
    SetAside: "staged_aside",
    Held: "staged_held",
    Replaced: "staged_replaced",
}
"""The staging table of each type of row."""


class Batch(Sequence[Any]):
    """Rows of one type, held column by column: to put millions into a table, no row need be made."""

    def __init__(self, row_type: Any, columns: Sequence[Sequence[Any]]) -> None:
        self.row_type, self.columns = row_type, columns

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[Any]:
        return map(self.row_type._make, zip(*self.columns, strict=True))

    @overload
    def __getitem__(self, place: int) -> Any: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Any]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return Batch(self.row_type, [column[place] for column in self.columns])
        return self.row_type._make(column[place] for column in self.columns)


class Packed(NamedTuple):
    """A batch of rows of one type that another process made ready for the database (`sync.databases`)."""

    row_type: type
    content: Any


def row_type_of(batch: Sequence[Row] | Packed) -> Any:
    """The type of a batch's rows."""
    return batch.row_type if isinstance(batch, Batch | Packed) else type(batch[0])


def spelled(number: str) -> str:
    """A Student ID as all its spellings compare: in capitals, without blanks."""
    return "".join(number.split()).upper()
