"""docs/security.md has a row for each requirement that the project set itself, and what a row names is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
LINES = (ROOT / "docs/security.md").read_text().splitlines()
LEVELS = {
    1: """1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.3.1 3.4.1 3.4.2 3.5.1 3.5.3 5.2.1 5.2.2 5.3.2 6.1.1
        6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1
        8.2.2 8.3.1 12.1.1 12.2.1 13.4.1 14.2.1 14.3.1 15.1.1 15.3.1""",
    2: """1.3.6 1.3.7 1.3.11 2.1.3 2.3.2 2.3.3 2.4.1 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 4.1.3 5.2.3 6.1.2 6.1.3 6.2.9
        6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.4 7.1.1
        7.1.2 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 8.1.2 8.2.3 8.4.1 11.4.2 11.5.1 12.3.1 12.3.2 13.3.1 13.4.2 14.1.1
        14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3 15.1.2 15.3.3 16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3
        16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3""",
    3: "6.3.7 8.3.2 14.2.7",
}
"""OWASP ASVS 5.0.0: of levels 1 and 2 what concerns the portal, and what of level 3 it took upon itself."""
LEVEL = {requirement: level for level, listed in LEVELS.items() for requirement in listed.split()}
ANSWERS = {"*Met*", "*Does not apply*", "*Open*"}


class Row(NamedTuple):
    """A requirement's row."""

    requirement: str
    level: str
    short: str
    answer: str
    where: str
    note: str


ROWS = [
    Row(*(cell.strip() for cell in line.split("|")[1:-1])) for line in LINES if re.match(r"\| \d+\.\d+\.\d+ \|", line)
]


@cache
def names_in(path: Path) -> set[str]:
    """The names of a file's tests."""
    return {node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_requirement_has_one_row_with_its_level() -> None:
    found = [(row.requirement, int(row.level)) for row in ROWS]
    assert sorted(found) == sorted(LEVEL.items())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.requirement)
def test_every_file_and_test_that_is_named_is_there(row: Row) -> None:
    named = re.findall(r"`([^`]+)`", row.where)
    assert named
    for each in named:
        path, _, test = each.partition("::")
        assert (ROOT / path).exists(), each
        assert not test or (Path(path).name.startswith("test_") and test in names_in(ROOT / path)), each


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.requirement)
def test_every_answer_is_one_of_three_and_what_is_not_met_says_more(row: Row) -> None:
    assert row.short
    assert row.answer in ANSWERS
    assert row.answer == "*Met*" or len(row.note) > 40
