"""What is remembered of a file, while files keep their order and when they do not."""

from __future__ import annotations

import io
import random
from array import array
from collections.abc import Collection, Sequence

import pytest

from openhouse.sync import memory as memories
from openhouse.sync.memory import Memory
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import sheet as sheets
from openhouse.sync.sources.oneroster_csv.sheet import Sheet

FILE = "a.csv"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 5 rows, and 10 looked ahead."""
    for name in ("ROWS_A_BLOCK", "KNOWN_ROWS_A_BLOCK"):
        monkeypatch.setattr(sheets, name, 5)
    monkeypatch.setattr(memories, "AHEAD", 10)


class Night:
    """One file read: the rows that were news, and what is remembered. `odd` rows are longer than their header, and set aside."""

    def __init__(
        self,
        rows: Sequence[int],
        before: Night | None = None,
        *,
        at_once: bool = True,
        odd: Collection[int] = (),
        more: str = "",
    ) -> None:
        content = "a,b\n" + "".join(f"{row},x,y\n" if row in odd else f"{row},x\n" for row in rows) + more
        recalled = before.kept if before else array("Q")
        self.memory = Memory(lambda _file: recalled)
        self.news: list[int] = []
        self.aside: list[int] = []
        with Sheet(FILE, io.BytesIO(content.encode()), Notices()) as sheet, self.memory.reading(FILE) as remembered:
            for block in sheet.blocks(remembered) if at_once else [sheet.rows(remembered)]:
                for line, cells in block:
                    if isinstance(cells, list):
                        self.news.append(int(cells[0]))
                        remembered.learn(sheet.digest)
                    else:
                        self.aside.append(line)
        self.kept = self.memory.kept(FILE, forgotten=set(), replaced=set())
        self.known = sheet.count
        self.looked_everywhere = remembered.far is not None
        lines = content.encode().split(b"\n")
        stood = [remembered.digest(lines[line - 1]) for line in self.memory.lines[FILE]]
        assert stood == [*self.memory.again[FILE]]


def test_of_the_same_rows_none_is_read_again() -> None:
    first = Night([*range(100)])
    second = Night([*range(100)], first)
    assert (first.news, second.news, [*second.memory.gone]) == ([*range(100)], [], [])
    assert second.kept == first.kept


def test_after_many_nights_only_what_changed_is_read() -> None:
    dice = random.Random(7)
    rows, night = [*range(200)], Night([*range(200)])
    for number in range(30):
        fresh = {dice.randrange(len(rows)): 1000 + 10 * number + each for each in range(6)}
        rows = [fresh.get(place, row) for place, row in enumerate(rows)]
        rows[dice.randrange(len(rows)) : 0] = [5000 + number]
        del rows[dice.randrange(len(rows))]
        night = Night(rows, night)
        assert len(night.news) <= 7 and len(night.memory.gone) <= 7
        assert not night.looked_everywhere and night.kept == Night(rows).kept


@pytest.mark.parametrize("at_once", [True, False])
def test_in_another_order_all_are_known_all_the_same(at_once: bool) -> None:
    first = Night([*range(100)])
    turned = Night([*reversed(range(100))], first, at_once=at_once)
    assert turned.news == [] and [*turned.memory.gone] == []
    assert sorted(turned.kept) == sorted(first.kept)


def test_a_file_that_lost_many_rows_in_one_place_knows_the_others() -> None:
    first = Night([*range(200)])
    second = Night([*range(10), *range(150, 200)], first)
    assert second.news == [] and len(second.memory.gone) == 140


@pytest.mark.parametrize("lost", [1, 8, 9])
def test_where_a_few_are_gone_the_others_are_followed(lost: int) -> None:
    night = Night([*range(10), *range(10 + lost, 200)], Night([*range(200)]))
    assert night.news == [] and len(night.memory.gone) == lost
    assert not night.looked_everywhere


def test_one_row_that_moved_up_drags_nobody_along() -> None:
    night = Night([8, *range(3), 500, *range(4, 8), *range(9, 200)], Night([*range(200)]))
    assert night.news in ([500], [8, 500]) and len(night.memory.gone) == len(night.news)
    assert not night.looked_everywhere


def test_two_lists_merged_are_looked_through() -> None:
    merged = [row for pair in zip(range(100), range(100, 200), strict=True) for row in pair]
    night = Night(merged, Night([*range(200)]))
    assert night.looked_everywhere and len(night.news) < 10


@pytest.mark.parametrize("seed", range(20))
def test_odd_rows_are_read_every_night_and_cost_no_other(seed: int) -> None:
    dice = random.Random(seed)
    odd = dice.sample(range(200), 12)
    rows = [*range(200)]
    first = Night(rows, odd=odd)
    del rows[dice.randrange(200)]
    rows.insert(dice.randrange(200), 777)
    second = Night(rows, first, odd=odd)
    assert second.news == [777] and len(second.aside) == len({*odd} & {*rows})
    assert second.kept == Night(rows, odd=odd).kept


def test_a_known_line_inside_a_quoted_field_is_no_row() -> None:
    first = Night([*range(20)])
    second = Night(
        [*range(12)], first, more='"\n15,x\n",x\n' + "".join(f"{row},x\n" for row in (12, 13, 14, 16, 17, 18, 19))
    )
    assert second.news == [] and len(second.aside) == 1
    assert len(second.memory.gone) == 1


def test_a_row_that_moved_far_is_read_once_more_and_then_known() -> None:
    first = Night([*range(200)])
    moved = [*range(10), 180, *range(10, 180), *range(181, 200)]
    second = Night(moved, first)
    assert second.news == [180] and len(second.memory.gone) == 1
    third = Night(moved, second)
    assert third.news == [] and [*third.memory.gone] == []


@pytest.mark.parametrize("seed", range(40))
def test_however_rows_move_each_is_known_or_read_and_the_others_are_gone(seed: int) -> None:
    dice = random.Random(seed)
    before = Night(dice.sample(range(300), dice.randrange(1, 200)))
    rows = dice.sample(range(300), dice.randrange(1, 200))
    night = Night(rows, before)
    assert night.kept == Night(rows).kept
    again = sorted(night.memory.again[FILE])
    assert sorted([*again, *night.memory.gone]) == sorted(before.kept)
    assert night.known == len(again) and len(again) + len(night.news) == len(rows)


@pytest.mark.parametrize("seed", range(40))
def test_a_row_that_is_met_is_never_gone_even_where_it_stood_twice(seed: int) -> None:
    dice = random.Random(seed)
    before = Night(dice.choices(range(60), k=100))
    rows = dice.choices(range(60), k=100)
    night = Night(rows, before)
    assert set(night.memory.again[FILE]).isdisjoint(night.memory.gone)
    assert len(set(night.memory.gone)) == len(night.memory.gone)
    assert set(night.kept) == set(Night(rows).kept)
    assert {*night.memory.gone, *night.memory.again[FILE]} == {*before.kept}
