"""Names are folded alike in Python and in the database, and what was typed finds whom it should."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Value
from hypothesis import given, settings
from hypothesis import strategies as some

from openhouse.district.models import Student
from openhouse.folding import LETTERS, Initials, begins, bounds, fold

SCRIPTS = "".join(map(chr, [*range(32, 127), *range(0xA1, 0x250), *range(0x300, 0x310), *range(0x386, 0x3CF)]))
SCRIPTS += "".join(map(chr, [*range(0x400, 0x460), *range(0x531, 0x557), *range(0x621, 0x64B), *range(0x1EA0, 0x1EFA)]))
ASTRAL = "\U00010400\U0001f600\U00020000김기이"
NOT_ALIKE = "ΐΰſİΣς'"  # where lower() itself differs between languages, or which SQL would have to quote


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Peña", "pena"), ("NGUYỄN", "nguyen"), ("Łukasz", "lukasz"), ("Đặng", "dang"), ("O’Neill-Ruiz", "o’neill-ruiz"),
        ("Петров", "петров"), ("김", "김"), ("", ""), ("Dela  Cruz", "dela  cruz"),
    ],
)  # fmt: skip
def test_a_name_is_folded(name: str, folded: str):
    assert fold(name) == fold(folded)


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(some.text(some.sampled_from([each for each in SCRIPTS if each not in NOT_ALIKE]), max_size=12))
def test_the_database_folds_as_python_does(name: str):
    with connection.cursor() as cursor:
        cursor.execute("SELECT openhouse_fold(%s)", [name])
        assert cursor.fetchone()[0] == fold(name)


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(some.text(some.sampled_from([each for each in SCRIPTS + ASTRAL if each not in NOT_ALIKE]), max_size=12))
def test_a_name_has_the_same_initials_in_the_database_as_what_was_typed(name: str):
    first, _last = bounds(name)
    stored = " ".join(name.split())
    assert ContentType.objects.values_list(Initials(Value(stored)), flat=True)[0] == first[:LETTERS]


@pytest.mark.django_db
def test_no_name_stays_none_and_postgresql_puts_the_words_where_the_name_is():
    with connection.cursor() as cursor:
        cursor.execute("SELECT openhouse_fold(NULL)")
        assert cursor.fetchone() == (None,)
        if connection.vendor == "postgresql":
            cursor.execute("EXPLAIN VERBOSE SELECT openhouse_fold(family_name) FROM district_student")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "lower(" in plan and "openhouse_fold" not in plan


@pytest.mark.parametrize(
    ("typed", "finds"),
    [("rey", True), ("REYÉ", True), (" reyes ", True), ("reyes%", False), ("_eyes", False), ("eyes", False), ("reyesa", False)],
)  # fmt: skip
def test_what_was_typed_finds_names_that_begin_so(cast, typed: str, finds: bool):
    assert Student.objects.filter(begins("family_name", typed), pk=cast.alma.pk).exists() is finds
