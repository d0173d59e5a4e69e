"""What every source must hold to, whatever its form (openhouse/sync/sources/__init__.py)."""

from __future__ import annotations

import gc
import os
import re
from array import array
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from openhouse.policy.values import Policy
from openhouse.sync import runs
from openhouse.sync.batches import Held, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices, Source
from tests.sync.contract import NO_DAY, SECRETS, District, Rendering, expected, mirrored, renderings
from tests.sync.export import BY, night

ROWS_A_BATCH = 10_000
pytestmark = pytest.mark.parametrize("form", renderings(), ids=str)


class Reading:
    """A source read to its end: batches, rows, what was remembered, and what it said about itself."""

    def __init__(self, source: Source, memory: Memory | None = None) -> None:
        self.memory, self.notices = memory or Memory(), Notices()
        self.batches = list(source.batches(Policy(), self.notices, self.memory))
        self.rows: list[Any] = [row for _, batch in self.batches for row in batch]

    def aside(self) -> list[SetAside]:
        return [row for row in self.rows if isinstance(row, SetAside)]

    def again(self) -> Memory:
        """A memory that recalls this reading."""
        return Memory(self.known)

    def known(self, file: str) -> array[int]:
        """What is remembered of a file after this reading."""
        known = [getattr(self.memory, part, {}).get(file, ()) for part in ("again", "learnt")]
        return array("Q", chain.from_iterable(known))

    def of(self, key: str) -> list[Any]:
        """The rows that concern one thing."""
        return [row for row in self.rows if concerns(row, key)]


def concerns(row: Any, key: str) -> bool:
    return key in row or any(isinstance(value, str) and key in value.split() for value in row)


@pytest.fixture
def read(form: Rendering, tmp_path: Path) -> Callable[..., Reading]:
    """`read(district)` renders a district anew and reads it."""
    numbers = iter(range(100))

    def read(district: District, memory: Memory | None = None) -> Reading:
        folder = tmp_path / f"rendering-{next(numbers)}"
        folder.mkdir()
        with form.rendered(district, folder) as source:
            return Reading(source, memory)

    return read


@pytest.mark.django_db
def test_the_district_lands(form, tmp_path):
    with form.rendered(District(), tmp_path) as source:
        report = runs.land(source, at=night(1), by=BY)
    assert report.groups == []
    assert mirrored() == expected(District(), form)


@pytest.mark.django_db
def test_the_same_district_changes_nothing_the_next_night(form, tmp_path):
    with form.rendered(District(), tmp_path) as source:
        runs.land(source, at=night(1), by=BY)
        report = runs.land(source, at=night(2), by=BY)
    assert report.nothing_changed


@pytest.mark.django_db
def test_a_night_that_changes_little_leaves_the_same_as_one_that_reads_everything(form, tmp_path):
    changed = (
        District()
        .changed("guardians", "leo", phone="818-555-0118")
        .changed("students", "theo", given_name="Teo")
        .without("employees", "vera")
    )
    pairs = [replace(it, relation="parent") if it.guardian == "ana" else it for it in changed.guardianships]
    changed = replace(changed, guardianships=tuple(it for it in pairs if it.guardian != "kim"))
    for number, district in enumerate((District(), changed), start=1):
        (folder := tmp_path / str(number)).mkdir()
        with form.rendered(district, folder) as source:
            runs.land(source, at=night(number), by=BY)
    gone = ("guardian", form.id("guardian", "kim"))  # where a guardianship alone makes a guardian, she is none any more
    assert {key: facts for key, facts in mirrored().items() if key != gone} == {
        key: facts for key, facts in expected(changed, form).items() if key != gone
    }


def test_reading_is_repeatable(form, tmp_path):
    with form.rendered(District(), tmp_path) as source:
        assert Reading(source).rows == Reading(source).rows


def test_it_says_what_it_is(form, tmp_path):
    with form.rendered(District(), tmp_path) as source:
        reading = Reading(source)
        assert source.name
        assert source.written_at.utcoffset() is not None
        assert set(source.files.values()) <= {"bulk", "delta"}
        assert set(reading.memory.learnt) == set(source.files)
        assert set(reading.notices.read) == set(source.files)


def test_the_same_bytes_have_the_same_mark_and_others_have_not(form, tmp_path):
    """A source that has no bytes at hand has no mark; what it stated is then read."""
    changed = District().changed("students", "maya", given_name="May")
    marks = []
    for number, district in enumerate((District(), District(), changed)):
        (folder := tmp_path / str(number)).mkdir()
        with form.rendered(district, folder) as source:
            marks.append(source.mark())
    assert marks[0] == marks[1]
    assert marks[0] != marks[2] or not any(marks)


def test_progress_rises_to_the_size(form, tmp_path):
    with form.rendered(District(), tmp_path) as source:
        done = [count for count, _ in Reading(source).batches]
        assert done == sorted(done)
        assert 0 < done[-1] <= source.size


def test_batches_are_bounded_and_of_one_type(form, read):
    batches = [batch for _, batch in read(District().with_employees(ROWS_A_BATCH + 1)).batches]
    assert max(len(batch) for batch in batches) <= ROWS_A_BATCH
    assert all(len({type(row) for row in batch}) <= 1 for batch in batches)


def test_a_row_has_the_same_digest_every_night(form, read):
    first, second = (read(District()) for _ in range(2))
    assert [row.digest for row in first.rows] == [row.digest for row in second.rows]
    assert all(row.digest > 0 for row in first.rows)


def test_what_is_remembered_is_not_yielded_again(form, read):
    again = read(District(), read(District()).again())
    assert again.rows == []
    assert not again.memory.gone


def test_a_changed_thing_yields_what_concerns_it_alone(form, read):
    first, person = read(District()), form.id("guardian", "kim")
    second = read(District().changed("guardians", "kim", email="kim@mail.example"), first.again())
    assert second.rows
    assert second.rows == second.of(person)
    assert second.memory.gone
    assert set(second.memory.gone) <= {row.digest for row in first.of(person)}


def test_a_removed_thing_is_gone(form, read):
    first, person = read(District()), form.id("employee", "vera")
    second = read(District().without("employees", "vera"), first.again())
    assert second.rows == []
    assert set(second.memory.gone) == {row.digest for row in first.of(person)}


def test_a_bad_record_is_set_aside_alone(form, read):
    good, bad = read(District()), read(District().changed("students", "maya", birth_date=NO_DAY))
    (aside,) = bad.aside()
    assert 0 < len(aside.file) <= 60
    assert aside.line > 0
    assert aside.column_name
    assert aside.reason
    assert aside.value == NO_DAY
    bad_one = form.id("student", "maya")
    assert bad_one in {row.key for row in bad.rows if isinstance(row, Held)}
    others = ("student", "theo"), ("student", "iris"), ("guardian", "ana"), ("employee", "vera"), ("school", "oak")
    for kind, key in others:
        before, after = (
            [bare(row) for row in each.of(form.id(kind, key)) if not concerns(row, bad_one)] for each in (good, bad)
        )
        assert before == after


def bare(row: Any) -> Any:
    """A row without where it stands."""
    return type(row), [value for name, value in zip(row._fields, row, strict=True) if name not in ("line", "digest")]


def test_a_bad_record_s_value_stands_in_one_place(form, read):
    bad = read(District().changed("students", "maya", birth_date=NO_DAY))
    told = [row._replace(value="") if isinstance(row, SetAside) else row for row in bad.rows]
    assert NO_DAY not in repr((told, bad.notices.warnings, bad.notices.read))


def test_a_bad_record_is_told_of_every_night(form, read):
    district = District().changed("students", "maya", birth_date=NO_DAY)
    first = read(district)
    second = read(district, first.again())
    assert second.aside() == first.aside()
    learnt = {digest for file in second.memory.learnt for digest in second.known(file)}
    assert not learnt & {aside.digest for aside in second.aside()}
    assert not second.memory.gone


def test_no_secret_is_ever_read(form, read):
    reading = read(District())
    for secret in SECRETS:
        assert secret not in repr((reading.rows, reading.notices.warnings, reading.notices.read))


def test_a_reading_left_early_closes_its_files(form, tmp_path):
    with form.rendered(District(), tmp_path) as source:
        before = open_files()
        batches = iter(source.batches(Policy(), Notices(), Memory()))
        next(batches)
        batches.close()  # type: ignore[attr-defined]
        assert open_files() <= before
        del batches
        gc.collect()  # a file that was left open warns now, and a warning is an error


def open_files() -> set[str]:
    """The files that this process holds open; sockets and pipes are the test's own."""
    found = set()
    for number in os.listdir("/proc/self/fd") if Path("/proc/self/fd").is_dir() else ():
        try:
            found.add(os.readlink(f"/proc/self/fd/{number}"))
        except OSError:
            continue
    return {name for name in found if name.startswith("/") and not name.startswith("/dev")}


def test_what_cannot_be_read_as_a_whole_is_refused_without_a_value(form, tmp_path):
    with pytest.raises(SourceRefused) as refusal:
        form.ruined(tmp_path)
    assert not re.search(r"Lopez|Maya|555|mail\.example|" + "|".join(SECRETS), str(refusal.value))
