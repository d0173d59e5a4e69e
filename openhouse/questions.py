"""Questions that pages ask all day: a query is put together once, and asked again with other values.

The ORM takes longer to put a query together than the database takes to answer it. Only its words are kept, nothing of an answer.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, CharField, DateField, Expression, F, Field, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from openhouse.sql import Text

KINDS: Mapping[type, Field[Any, Any]] = {str: CharField(), date: DateField(), int: BigIntegerField()}
"""The fields that would hold the values of a condition written as SQL."""


class Given(Expression):
    """The place of a value that comes when the question is asked: such as a field of this kind would hold."""

    def __init__(self, name: str, kind: Field[Any, Any]) -> None:
        super().__init__(output_field=kind)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: BaseDatabaseWrapper) -> Any:
        """A place in the text, and this instead of its value."""
        return "%s", (self,)

    def told(self, value: Any) -> Any:
        """What the database is told of it."""
        return self.output_field.get_db_prep_value(value, connection)


class Among(Lookup[Any]):
    """Whether a column is among values that come when the question is asked: one text, however many they are. They are ids where
    no `kind` is named; a CharField has no length, for PostgreSQL would cut longer values to it. A lookup, because on SQLite Django
    compares a function's answer with 1, and then no index finds the rows."""

    def __init__(self, column: str, name: str, kind: Field[Any, Any] | None = None) -> None:
        self.kind = kind or BigIntegerField()
        super().__init__(F(column), _Several(name, self.kind))

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        """Out of an array."""
        return self._put(" = ANY(", f"::{self.kind.cast_db_type(connection)}[])", compiler, connection)

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        """Out of a JSON list."""
        return self._put(" IN (SELECT value FROM json_each(", "))", compiler, connection)

    def _put(self, before: str, after: str, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        column, values = self.process_lhs(compiler, connection)
        place, more = self.process_rhs(compiler, connection)
        return f"{column}{before}{place}{after}", (*values, *more)


class _Several(Given):
    def told(self, value: Any) -> Any:
        each = list(map(super().told, value))
        return each if connection.vendor == "postgresql" else json.dumps(each)


class Question[Row]:
    """A query with places for values.

    `put` puts it together. What it is called with are conditions written as SQL, which differ from one employee to the next
    (None where there is none); it is called once for each wording of them.
    """

    def __init__(self, put: Callable[..., QuerySet[Any, Row]]) -> None:
        self._put = put
        self._ready: dict[tuple[str | None, ...], _Ready[Row]] = {}

    def ask(self, *conditions: Text | None, **values: Any) -> list[Row]:
        """The rows for these values."""
        wording = tuple(each.sql if each else None for each in conditions)
        if wording not in self._ready:
            self._ready[wording] = _Ready(self._put(*map(_opened, range(len(conditions)), conditions)))
        for number, condition in enumerate(conditions):
            values |= {f"{number}.{place}": value for place, value in enumerate(condition.values if condition else ())}
        return self._ready[wording].ask(values)

    def first(self, *conditions: Text | None, **values: Any) -> Row | None:
        """The first of them, or None."""
        return next(iter(self.ask(*conditions, **values)), None)


def _opened(number: int, condition: Text | None) -> Text | None:
    """A condition with places instead of its values."""
    if condition is None:
        return None
    places = (Given(f"{number}.{place}", KINDS[type(value)]) for place, value in enumerate(condition.values))
    return Text(condition.sql, tuple(places))


class _Ready[Row]:
    """A query whose words are ready. Django's own machinery asks it, and makes rows of what comes."""

    def __init__(self, rows: QuerySet[Any, Row]) -> None:
        self._rows = rows
        self._compiler = rows.query.get_compiler(connection=connection)
        self._words, self._places = self._compiler.as_sql()
        columns = [column for column, *_named in self._compiler.select[: self._compiler.col_count]]
        self._converters = self._compiler.get_converters(columns)

    def ask(self, values: Mapping[str, Any]) -> list[Row]:
        told = [each.told(values[each.name]) if isinstance(each, Given) else each for each in self._places]
        compiler = copy.copy(self._compiler)
        compiler.connection, compiler.as_sql = connection, lambda: (self._words, told)
        compiler.get_converters = lambda _columns: self._converters
        asked: QuerySet[Any, Row] = QuerySet(self._rows.model, query=cast(Any, _Words(compiler)))
        asked._iterable_class = self._rows._iterable_class
        return list(asked)


class _Words:
    """Stands for the query, with nothing left to put together."""

    def __init__(self, compiler: SQLCompiler) -> None:
        self._compiler = compiler

    def get_compiler(self, using: str) -> SQLCompiler:
        return self._compiler
