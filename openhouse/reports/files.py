"""Reports as files, row by row: CSV for every program, XLSX for spreadsheets. No cell of either is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from xlsxwriter import Workbook

type Cell = str | int | date | None
type Rows = Iterable[Sequence[Cell]]

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a cell begins that a spreadsheet would run (OWASP, CSV injection)."""
IN_MEMORY = 1 << 20
"""Bytes of a file that are kept in memory; what is larger goes to the disk."""
PLAIN = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULAS) else cell


def write_csv(head: Sequence[str], rows: Rows) -> tuple[IO[bytes], int]:
    """The file, open at its beginning, and how many rows it has below the head. Days are written as in ISO 8601."""
    file = _file()
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # the mark tells spreadsheets that it is UTF-8
    writer, count = csv.writer(text), 0
    writer.writerow(head)
    for row in rows:
        writer.writerow(["" if cell is None else harmless(str(cell)) for cell in row])
        count += 1
    text.detach()
    file.seek(0)
    return file, count


def write_xlsx(head: Sequence[str], rows: Rows) -> tuple[IO[bytes], int]:
    """The same as a workbook of one sheet. Numbers and days are numbers and days; all else is text."""
    file = _file()
    book, count = Workbook(file, PLAIN), 0
    sheet, bold, day = (
        book.add_worksheet(),
        book.add_format({"bold": True}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(head) - 1, 22)
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    for count, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            _write(sheet, count, column, cell, day)
    book.close()
    file.seek(0)
    return file, count


def _file() -> IO[bytes]:
    return cast(IO[bytes], SpooledTemporaryFile(IN_MEMORY))


def _write(sheet: Any, row: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, cell)
