"""What a reader of one resource is: a record in, typed rows out; of one that breaks a rule, whose facts stay.

Rows have line and digest 0: whoever reads the pages numbers them. Ids are prefixed by kind, so that a student, a contact and
a member of staff with one unique id never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from openhouse.sync.batches import BirthDate, Held, Org, Pair, Person, Replaced, Role
from openhouse.sync.sources.edfi_api.reading import Reading
from openhouse.sync.sources.edfi_api.records import LONGEST_VALUE, Fault, Record

type Stated = Org | Person | Role | BirthDate | Pair


class Reader(Protocol):
    """One resource's reader. `read` raises Fault; `hold` says whose facts stay then; `replace` what a key stood for.

    `name` is the resource's, as Data Standard 5 has it. `keys` are the paths of a record's key; change queries give the same
    values by their last words.
    """

    @property
    def name(self) -> str: ...
    @property
    def keys(self) -> Sequence[str]: ...
    def read(self, record: Record, reading: Reading) -> Iterable[Stated]: ...
    def hold(self, record: Any) -> Iterable[Held]: ...
    def replace(self, *values: str) -> Iterable[Replaced]: ...


def held(kind: Any, prefix: str, unique_id: str) -> Iterable[Held]:
    """That key's facts stay, if the key can be read at all."""
    return (Held(kind, f"{prefix}:{unique_id}"),) if unique_id else ()


def named(kind: str, *key: str) -> str:
    """The sourcedId of a role."""
    found = f"{kind}:{'|'.join(key)}"
    if len(found) > LONGEST_VALUE:
        raise Fault("", f"has a key that is longer than {LONGEST_VALUE} characters")
    return found
