"""One broken row costs itself alone, whatever its bytes."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhouse.sync.memory import Memory
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv.sheet import MOST_LINES_A_ROW, Broken, Sheet

CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


def rows(content: bytes, header: bytes = b"a,password,b\r\n") -> list[tuple[int, list[str] | str]]:
    with Sheet("a.csv", io.BytesIO(header + content), Notices()) as sheet:
        return [(n, cells.fault.reason if isinstance(cells, Broken) else cells) for n, cells in sheet.rows()]


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_is_written_is_read_without_the_password(written: list[tuple[str, str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(written)
    assert rows(out.getvalue().encode()) == [(n, [a, b]) for n, (a, _password, b) in enumerate(written, start=2)]


@given(st.binary(max_size=60).filter(lambda line: not set(line) & set(b'\r\n"')))
def test_whatever_a_line_holds_its_neighbours_are_read(line: bytes) -> None:
    found = rows(b"1,x,2\n" + line + b"\n3,x,4\n")
    assert found[0] == (2, ["1", "2"])
    assert found[-1] == (4, ["3", "4"])
    assert len(found) == (3 if line else 2)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    for _number, cells in rows(content):
        if isinstance(cells, list):
            assert len(cells) == 2
            "".join(cells).encode()


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r", b""])
def test_the_last_line_may_end_in_any_way(ending: bytes) -> None:
    assert rows(b"1,x,2" + ending) == [(2, ["1", "2"])]


def test_a_quotation_mark_never_closed_swallows_a_bounded_number_of_lines() -> None:
    lines = b'1,x,"2\n' + b"3,x,4\n" * (MOST_LINES_A_ROW + 10)
    found = rows(lines)
    broken = [number for number, cells in found if isinstance(cells, str)]
    assert broken == list(range(2, 2 + MOST_LINES_A_ROW + 1))
    assert len(found) == MOST_LINES_A_ROW + 11


def test_empty_lines_are_nothing() -> None:
    assert rows(b"\n1,x,2\n\n") == [(3, ["1", "2"])]


@pytest.mark.parametrize(("header", "news"), [(b"a,b\r\n", []), (b"\xef\xbb\xbfa,b\n", []), (b"b,a\r\n", [2])])
def test_under_another_header_a_remembered_row_is_news(header: bytes, news: list[int]) -> None:
    def lines(header: bytes, memory: Memory) -> list[int]:
        with Sheet("a.csv", io.BytesIO(header + b"1,2\n"), Notices()) as sheet, memory.reading("a.csv") as remembered:
            found = [number for number, _cells in sheet.rows(remembered)]
            remembered.learnt.extend([sheet.digest] if found else [])
            return found

    before = Memory()
    assert lines(b"a,b\r\n", before) == [2]
    assert lines(header, Memory(before.learnt.__getitem__)) == news
