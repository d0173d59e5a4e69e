"""Conditions written as SQL: for questions that pages ask all day, and that take longer to put together than to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Field, Func, Value


@dataclass(frozen=True)
class Text:
    """SQL with `{}` for each of its values in their order: what a database compares with, or an expression such as F("pk")."""

    sql: str
    values: tuple[Any, ...] = ()


class Holds(Func):
    """The condition in a query: `rows.filter(Holds(text))`. What yields something else names the kind of field it would fill."""

    def __init__(self, text: Text, yields: Field[Any, Any] | None = None) -> None:
        values = (each if hasattr(each, "resolve_expression") else Value(each) for each in text.values)
        super().__init__(*values, output_field=yields or BooleanField())
        self.text = text

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper, *_args: Any, **_context: Any) -> Any:
        """The text with its values' places filled in."""
        compiled = [compiler.compile(each) for each in self.get_source_expressions()]
        return f"({self.text.sql})".format(*(sql for sql, _params in compiled)), [
            each for _sql, params in compiled for each in params
        ]
