"""The tables of a run. What the SIS states is kept from night to night (`sync.statement`); all else is temporary.

The rows that a run works on are in `staged_…`: on a night that changes much, the statement's own tables; on a night that changes
little, temporary tables of the same names with the rows around the changes, which hide the statement's own.
"""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, get_args, get_type_hints

from django.db.backends.base.base import BaseDatabaseWrapper

from openhouse.sync import databases
from openhouse.sync.batches import STAGED, Held, Packed, Person, Replaced, Row, SetAside, row_type_of

PASSING: tuple[type, ...] = (SetAside, Held, Replaced)
"""Types of rows that are of one night: what was set aside, held or replaced is read again the next."""
STATED = {row_type: name for row_type, name in STAGED.items() if row_type not in PASSING}
"""Types of rows that are kept from night to night."""
BLANKS = " \t\xa0"
INDEXED = {
    "staged_org": ("sourced_id",),
    "staged_person": ("sourced_id",),
    "staged_role": ("person",),
    "staged_birth": ("person",),
    "staged_link": ("owner",),
    "staged_pair": ("student, guardian",),
    "staged_held": ("kind, key, other",),
}


class Stage:
    """One run's temporary tables, and a cursor to ask them. `targets` says which table rows of a type are put into."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.database = databases.of(connection)
        self.stated = self.database.stated(connection)
        self.tables: list[str] = []
        self.shared: set[str] = set()
        self.views: set[str] = set()
        self.keyed: set[str] = set()
        self.ready_made: dict[str, tuple[str, type]] = {}
        self.targets: dict[type, str] = dict(STAGED)
        self.pour: databases.Pour | None = None

    def execute(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        """Run one statement; returns how many rows it touched."""
        self._rest()
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.rowcount

    def rows(self, sql: str, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
        """All rows of a query that yields few."""
        self._rest()
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()

    def count(self, sql: str, parameters: Sequence[Any] | None = None) -> int:
        """The one number of a query."""
        return int(self.rows(sql, parameters)[0][0])

    def may_repeat(self, table: str, key: str) -> bool:
        """Whether a key (columns, with commas between) may stand twice in a table; never False where one does."""
        return self.database.may_repeat(self.connection, table, key.split(", "))

    def table(
        self,
        name: str,
        query: str,
        index: Sequence[str] = (),
        parameters: Sequence[Any] | None = None,
        *,
        shared: bool = False,
    ) -> None:
        """Make a temporary table from a query, with indexes: without them a merge is quadratic. All of the database's processes
        may look into a `shared` one: whatever large table is asked of it can then be read by several at once. So they may into one
        that is `ready_made`: an empty table waits for its rows, known by its name and the type of its rows.
        """
        if name in self.ready_made:
            place, row_type = self.ready_made[name]
            columns = ", ".join(get_type_hints(row_type))
            self.execute(f"INSERT INTO {place} ({columns}) SELECT {columns} FROM ({query}) rows_", parameters)
            self.database.analyze(self.connection, place)
            self.view(name, f"SELECT * FROM {place}")
            self.shared.add(name)
            return
        self.execute(f"CREATE {self.database.SHARED if shared else 'TEMP'} TABLE {name} AS {query}", parameters)
        self.tables.append(name)
        if shared:
            self.shared.add(name)
        self.index(name, index)

    def view(self, name: str, query: str) -> None:
        """Give a query of a few words the name of a table: for what is other words for a table that there is."""
        self.execute(f"CREATE TEMP VIEW {name} AS {query}")
        self.tables.append(name)
        self.views.add(name)

    def nothing(self, name: str, query: str) -> None:
        """Give the name of a table to a query of which the caller knows that it finds nothing: the planner then knows it too."""
        self.view(name, f"SELECT * FROM ({query}) none_ WHERE 1 = 0")

    def index(self, name: str, indexes: Sequence[str]) -> None:
        """Index a table where this database needs it, and tell the planner."""
        if self.database.NEEDS_INDEXES:
            schema = self.database.TEMPORARY if name in self.tables else self.stated
            for number, columns in enumerate(indexes):
                self.execute(f"CREATE INDEX IF NOT EXISTS {schema}{name}_{number} ON {name} ({columns})")
        self.database.analyze(self.connection, name)

    def open(self) -> None:
        """Make the empty tables of what passes with this run."""
        for row_type in PASSING:
            self.empty(STAGED[row_type], row_type)
        self.execute("CREATE TEMP TABLE forgotten (digest bigint)")
        self.tables.append("forgotten")

    def empty(self, name: str, row_type: type) -> None:
        """Make an empty temporary table for rows of one type."""
        self.execute(f"CREATE TEMP TABLE {name} ({self.columns(row_type)})")
        self.tables.append(name)

    def freshen(self) -> None:
        """Put new rows into tables of their own from now on: the statement's keep what they have."""
        for row_type, name in STATED.items():
            self.targets[row_type] = fresh(name)
            self.empty(fresh(name), row_type)

    def columns(self, row_type: type) -> str:
        """The columns of a table of rows of one type, as SQL defines them."""
        return ", ".join(f"{column} {self._type(hint)}" for column, hint in get_type_hints(row_type).items())

    def _type(self, hint: Any) -> str:
        known = [part for part in (get_args(hint) or (hint,)) if part is not type(None)]
        return self.database.TYPES.get(known[0], "text")

    @contextmanager
    def pouring(self) -> Iterator[None]:
        """Around many batches that are `put`: they need not be in their tables before the end."""
        try:
            with self.database.pouring(self.connection) as self.pour:
                yield
        finally:
            self.pour = None  # what was broken off is gone, and never sent

    def _rest(self) -> None:
        if self.pour:
            self.pour.rest()

    def put(self, batch: Sequence[Row] | Packed) -> None:
        """Put a batch of rows of one type into its table."""
        if batch:
            row_type = row_type_of(batch)
            rows = batch.content if isinstance(batch, Packed) else batch
            target = self.targets[row_type], row_type._fields, rows
            self.pour.fill(*target) if self.pour else self.database.fill(self.connection, *target)

    def squeeze_numbers(self) -> None:
        """Student IDs lose the blanks in them, as they do wherever one is typed."""
        squeezed, found = "number", []
        for blank in BLANKS:
            squeezed = f"replace({squeezed}, '{blank}', '')"
            found.append(f"number LIKE '%{blank}%'")
        self.execute(f"UPDATE {self.targets[Person]} SET number = {squeezed} WHERE {' OR '.join(found)}")

    def discard(self, table: str, condition: str, parameters: Sequence[Any] | None = None) -> int:
        """Take rows `t` out of a staged table, and forget them: they are read, and judged, again the next night."""
        count = self.execute(f"INSERT INTO forgotten SELECT t.digest FROM {table} t WHERE {condition}", parameters)
        return self.execute(f"DELETE FROM {table} AS t WHERE {condition}", parameters) if count else 0

    def drop(self, name: str) -> None:
        """Drop one table, or a view."""
        self.tables.remove(name)
        schema = "" if name in self.shared - self.views else self.database.TEMPORARY
        self.execute(f"DROP {'VIEW' if name in self.views else 'TABLE'} IF EXISTS {schema}{name}")
        self.views.discard(name)

    def withdraw(self) -> None:
        """Drop what is shared, and the views of what is. It must not outlive the transaction that made it: whoever died right after
        would leave it behind, and where the server died too, a view that keeps its table from being dropped."""
        for name in sorted(self.shared & set(self.tables)):
            self.drop(name)

    def close(self) -> None:
        """Drop everything."""
        while self.tables:
            self.drop(self.tables[-1])


def fresh(name: str) -> str:
    """The table of rows that are new tonight, beside the one of all."""
    return name.replace("staged_", "fresh_")


def going(name: str) -> str:
    """The table of rows that go tonight, each with its `place`, among others that concern their person (sync.neighbourhood)."""
    return name.replace("staged_", "going_")


@contextmanager
def staged(connection: BaseDatabaseWrapper) -> Iterator[Stage]:
    """A stage with empty tables. They are dropped afterwards, unless the connection itself is gone."""
    stage = Stage(connection)
    stage.open()
    try:
        yield stage
    finally:
        if not connection.needs_rollback and connection.is_usable():
            stage.close()
