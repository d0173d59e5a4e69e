"""A report's files: every cell arrives as it is, and no spreadsheet runs one."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest

from openhouse.reports import files, grades

HEAD = ["Student Name", "Student ID", "Legal guardians", "Registered"]
ROWS = [
    ['José \u202eZúñiga, "Pepe"\nJr.', "00123", 2, date(2026, 11, 20)],
    ['=HYPERLINK("https://evil.example")', "https://evil.example", 0, None],
    ["علی رضایی", "", 1, date(2026, 1, 2)],
]
PART = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cells(book: zipfile.ZipFile) -> list[list[tuple[str, str]]]:
    """Every cell of the first sheet as its type and text; a formula as `formula`."""
    sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    found = []
    for row in sheet.iter(f"{PART}row"):
        found.append([])
        for cell in row:
            kind = "formula" if cell.find(f"{PART}f") is not None else cell.get("t", "n")
            found[-1].append((kind, "".join(cell.itertext())))
    return found


def test_a_csv_file_says_what_was_given_behind_a_mark_and_with_formulas_disarmed():
    file, count = files.write_csv(HEAD, iter(ROWS))
    body = file.read()
    file.close()
    assert count == 3 and body.startswith(b"\xef\xbb\xbf") and body.count(b"\xef\xbb\xbf") == 1
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) == [
        HEAD,
        [ROWS[0][0], "00123", "2", "2026-11-20"],
        ['\'=HYPERLINK("https://evil.example")', "https://evil.example", "0", ""],
        ["علی رضایی", "", "1", "2026-01-02"],
    ]


def test_a_workbook_has_text_as_text_numbers_as_numbers_and_neither_formulas_nor_links():
    file, count = files.write_xlsx(HEAD, iter(ROWS))
    with file, zipfile.ZipFile(file) as book:
        found, names = cells(book), book.namelist()
    assert count == 3
    assert [text for _kind, text in found[0]] == HEAD
    assert found[1] == [("inlineStr", ROWS[0][0]), ("inlineStr", "00123"), ("n", "2"), ("n", "46346")]
    assert found[2] == [("inlineStr", ROWS[1][0]), ("inlineStr", "https://evil.example"), ("n", "0")]
    assert found[3] == [("inlineStr", "علی رضایی"), ("n", "1"), ("n", "46024")]
    assert not [name for name in names if "rels" in name and "sheet1" in name]


@pytest.mark.parametrize("write", [files.write_csv, files.write_xlsx])
def test_a_file_without_rows_has_its_head(write):
    file, count = write(HEAD, iter([]))
    with file:
        assert count == 0 and file.read()


def test_a_long_file_does_not_stay_in_memory():
    rows = ([f"student {number}", "x" * 200, number, None] for number in range(9_000))
    file, count = files.write_csv(HEAD, rows)
    with file:
        assert count == 9_000 and file._rolled


def test_grades_stand_in_a_school_s_order():
    given = ["", "10", "1", "KG", "Ungraded", "TK", "09", "02", "PK"]
    assert sorted(given, key=grades.order) == ["PK", "TK", "KG", "1", "02", "09", "10", "Ungraded", ""]
