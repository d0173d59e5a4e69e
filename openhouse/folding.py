"""Names without accents and case, the same in Python, PostgreSQL and SQLite, so that an index can serve a search by name.

A name is taken apart (Unicode NFKD), combining marks fall away, letters that have no parts of their own stand for their plain
neighbours, and what is left is written small. A search finds names that begin with what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Expression, F, Func, Q, Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan

MARKS = "\u0300-\u036f"
ALONE = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "a", "œ": "o", "ß": "s", "þ": "t"}
"""Letters that NFKD leaves whole."""
LETTERS = 2
"""So many letters of a name a search knows at least where both names are typed. Indexes are made with it: another number needs a
migration, which Django does not see."""
LAST = "\U0010ffff"
"""Sorts after every letter."""
_MARKS = re.compile(f"[{MARKS}]")
_ALONE = str.maketrans(ALONE)

CREATE = f"""
CREATE OR REPLACE FUNCTION openhouse_fold(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN octet_length($1) = length($1) THEN lower($1 COLLATE "C") ELSE translate(lower(regexp_replace(
        normalize($1, NFKD), '[{MARKS}]', '', 'g')), '{"".join(ALONE)}', '{"".join(ALONE.values())}') END
$$
"""
"""For PostgreSQL, of builtin functions alone: they do not change under an index. It is not declared STRICT, though it is:
only so does PostgreSQL put its words where it is asked for, and calls no function for each of millions of names."""


def fold(text: str | None) -> str | None:
    """The name as it is compared: `fold("Peña")` is `"pena"`."""
    if text is None or text.isascii():
        return text and text.lower()
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower().translate(_ALONE)


class Fold(Func):
    """The same in a query, compared letter by letter whatever the database's language."""

    function = "openhouse_fold"
    output_field = models.TextField()
    arity = 1

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """In the order of code points, in which all that begins alike stands together."""
        return super().as_sql(compiler, connection, template='(%(function)s(%(expressions)s) COLLATE "C")', **context)


class Initials(Func):
    """In a query: the first two letters of a folded name. Where two at least are typed of each name, an index that begins with
    these and goes on with the other name keeps whoever is called so together; else they stand all over those with such a family
    name."""

    template = f"LEFT(%(expressions)s, {LETTERS})"
    output_field = models.TextField()

    def __init__(self, name: str | Expression) -> None:
        super().__init__(Fold(name))

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Under the name that it has there."""
        return super().as_sql(compiler, connection, template=f"SUBSTR(%(expressions)s, 1, {LETTERS})", **context)


def begins(column: str, typed: str) -> Q:
    """The rows whose column begins with what was typed."""
    first, last = map(Value, bounds(typed))
    return between(column, first, last)


def bounds(typed: str) -> tuple[str, str]:
    """Between which two the folded names stand that begin with what was typed: from the first on, and before the last."""
    first = fold(" ".join(typed.split())) or ""
    return first, f"{first}{LAST}"


def between(column: str, first: Expression, last: Expression) -> Q:
    """The rows whose column stands between two bounds."""
    return Q(GreaterThanOrEqual(Fold(F(column)), first)) & Q(LessThan(Fold(F(column)), last))


def _teach(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """SQLite learns it anew with each connection."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("openhouse_fold", 1, fold, deterministic=True)


connection_created.connect(_teach, dispatch_uid="openhouse.folding")
