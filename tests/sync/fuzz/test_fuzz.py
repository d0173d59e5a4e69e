"""Whatever is damaged, what is sound goes in, what is not is named, and nothing of a value gets out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.sync.fuzz import cases, landing


@pytest.mark.parametrize("block", range(6))
def test_damage_costs_what_it_spoils_and_no_more(block: int, tmp_path: Path) -> None:
    for number in range(block * 40, block * 40 + 40):
        try:
            cases.run(1, number, tmp_path, Counter())
        except BaseException as error:
            error.add_note(f"python -m tests.sync.fuzz --seed 1 --landed 0 --case {number}")
            raise


def test_what_is_sound_stands_in_the_mirror(tmp_path: Path, db: None) -> None:
    figures: Counter[str] = Counter()
    for number in range(20):
        try:
            landing.run(2, number, tmp_path, figures)
        except BaseException as error:
            error.add_note(f"python -m tests.sync.fuzz --seed 2 --landed 1 --case {number}")
            raise
    assert figures["landed"] > 10 and figures["people in the mirror"] > 15


def test_an_index_says_what_a_reading_says(tmp_path: Path) -> None:
    found = 0
    for number in range(30):
        _good, _spoilt, read, _good_path, path = cases.run(3, number, tmp_path, Counter(), bulk=True)
        if not read.refused:
            found += cases.check_index(read, path, tmp_path / "export.index")
    assert found > 60
