"""What differs between the databases: one file for each, with the same names in it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync.databases import postgresql, sqlite


class Pour(Protocol):
    """Puts batch after batch into tables."""

    def fill(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Rows on their way into a table: in it at the latest after `rest`."""
        ...

    def rest(self) -> None:
        """Put in all that waits; the connection is then free for other questions."""
        ...


class Database(Protocol):
    """The differences."""

    TYPES: dict[object, str]
    """Column types by the annotation of a batch's field; text for all others."""
    NEW_KEY: str
    """SQL for a random UUID (version 4) as Django stores it."""
    AMONG: str
    """SQL that says of a value that it is one of a query's few, by an index; `{}` stands for the query."""
    BYTEWISE: str
    """What follows a column of words to put them in order as they are written, whatever the database's language."""
    BYTES: str
    """The column type of bytes."""
    UNLOGGED: str
    """What CREATE TABLE says of a table that may be lost in a crash."""
    SHARED: str
    """What CREATE says of a table of one transaction that several processes may read at once (a temporary one, where none can).
    Never UNLOGGED: a server that is killed right after such a transaction was given up may not start again (decision 0013)."""
    PLACE: str
    """The system column that says where a row lies: it finds a row faster than any index, while nobody writes its table."""
    TEMPORARY: str
    """The schema of temporary tables, with its dot."""
    NEEDS_INDEXES: bool
    """Whether large joins need an index: PostgreSQL hashes, and an index would cost more than it saves."""

    HIDDEN: str
    """What the names of tables begin with while `put_in` fills them."""

    def stated(self, connection: BaseDatabaseWrapper) -> str:
        """The schema in which the statement is kept (sync.statement), with its dot; made ready for this connection."""
        ...

    def has(self, connection: BaseDatabaseWrapper, table: str) -> bool:
        """Whether a table of the statement exists."""
        ...

    def keep_plain(self, connection: BaseDatabaseWrapper, table: str, column: str) -> None:
        """Store a column as it is."""
        ...

    def keep(self, connection: BaseDatabaseWrapper, table: str, name: str, content: bytes) -> None:
        """Put a row of a name and many bytes into a table of these two columns."""
        ...

    def empty(self, connection: BaseDatabaseWrapper, table: str) -> None:
        """Take all rows out of a table of the statement."""
        ...

    def alone(self, connection: BaseDatabaseWrapper) -> AbstractContextManager[bool]:
        """Hold the right to sync while the block runs: True, or False where another process holds it. A process that
        dies lets go of it."""
        ...

    def filling(self, connection: BaseDatabaseWrapper) -> AbstractContextManager[None]:
        """Around everything that writes the statement and temporary tables alone: nobody else waits for it. An error takes
        all of it back."""
        ...

    def seek(self, connection: BaseDatabaseWrapper) -> None:
        """From now on few rows are looked for in large tables."""
        ...

    def step_aside(self, connection: BaseDatabaseWrapper) -> None:
        """Where pages are asked for just now, leave cores to them until the transaction ends. `filling` and `seek` do so too."""
        ...

    def filled(self, connection: BaseDatabaseWrapper) -> None:
        """Keep what was filled in so far, where the landing must be a transaction of its own."""
        ...

    def fill(self, connection: BaseDatabaseWrapper, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        """Put rows into a temporary table."""
        ...

    def pack(self, rows: Sequence[Any]) -> Any:
        """What `Pour.fill` takes instead of the rows: made by another process, with as little left to do as can be."""
        ...

    def may_repeat(self, connection: BaseDatabaseWrapper, table: str, key: Sequence[str]) -> bool:
        """Whether a key of text columns may stand twice in a table; never False where one does."""
        ...

    def pouring(self, connection: BaseDatabaseWrapper) -> AbstractContextManager[Pour]:
        """Around putting many batches into several tables, nothing else asked between them unless it `rest`s first."""
        ...

    def analyze(self, connection: BaseDatabaseWrapper, table: str, columns: Sequence[str] = ()) -> None:
        """Tell the planner what a table holds, or some of its columns."""
        ...

    def claim(self, connection: BaseDatabaseWrapper, table: str, changes: str) -> None:
        """Lock the rows of a table whose `id` a table of changes names, by id, as pages do: who waits in one order never
        waits in a circle."""
        ...

    def put_in(
        self, connection: BaseDatabaseWrapper, tables: Sequence[str], pieces: Iterable[tuple[str, str]], moment: Any
    ) -> bool:
        """Where the tables are empty and putting all in at once would keep others from writing: put it in before the landing, by
        pieces that no page sees until `show`. Each of `pieces` is a table of rows, and a statement that takes the moment and
        between which of its rows. Returns whether it did.
        """
        ...

    def show(self, connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
        """Let everybody see what `put_in` put in, when the landing commits."""
        ...

    def loading(self, connection: BaseDatabaseWrapper, tables: Sequence[str]) -> AbstractContextManager[None]:
        """Around putting rows into tables that may be empty, inside a transaction."""
        ...

    def settle(self, connection: BaseDatabaseWrapper) -> None:
        """Check now, and not at commit, that what rows point to is there: it may wait for a page, so it must come before the
        trail, for which pages wait."""
        ...


def of(connection: BaseDatabaseWrapper) -> Database:
    """The differences of that connection's database."""
    return BY_VENDOR[connection.vendor]


BY_VENDOR: Mapping[str, Database] = {"postgresql": postgresql, "sqlite": sqlite}


@contextmanager
def alone(connection: BaseDatabaseWrapper, *, patience: float) -> Iterator[bool]:
    """As `Database.alone`, for which one waits so many seconds where another process holds it."""
    until = time.monotonic() + patience
    while True:
        with of(connection).alone(connection) as held:
            if held or time.monotonic() > until:
                yield held
                return
        time.sleep(0.05)
