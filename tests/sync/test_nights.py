"""Nights of a made-up district: what is new, changed and ended is exactly the difference of the files."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from openhouse.demo.district import DistrictPlan, write
from openhouse.district import mirror
from openhouse.district.models import Guardian
from tests.sync.export import land

LAST = 4


@pytest.fixture
def nights(tmp_path: Path) -> list[Path]:
    """The exports of some nights."""
    exports = [tmp_path / f"night-{number}.zip" for number in range(1, LAST + 1)]
    for number, path in enumerate(exports, start=1):
        write(path, plan=DistrictPlan(students=200, seed=7, on=date(2026, 11, 20), night=number))
    return exports


def current() -> dict[str, set[Any]]:
    """The current facts of every entity, with sourcedIds for keys."""
    found: dict[str, set[Any]] = {}
    for entity in mirror.ENTITIES:
        keys = [f"{end}__sourced_id" for end in entity.ends] or ["sourced_id"]
        rows = entity.model.objects.filter(valid_until=None)  # type: ignore[attr-defined]
        found[entity.name] = set(rows.values_list(*keys, *entity.facts))
    return found


def test_after_some_nights_the_mirror_is_what_the_last_file_alone_would_make(db: None, nights: list[Path]) -> None:
    for number, path in enumerate(nights, start=1):
        assert land(path, number).set_aside == 0
    after = current()
    for entity in reversed(mirror.ENTITIES):
        entity.past.objects.all().delete()  # type: ignore[attr-defined]
        entity.model.objects.all().delete()  # type: ignore[attr-defined]
    land(nights[-1], LAST + 1, whole=True)
    assert current() == after


def test_the_counts_of_a_night_are_the_difference_of_the_facts(db: None, nights: list[Path]) -> None:
    land(nights[0], 1)
    before = current()
    report = land(nights[-1], 2)
    after = current()
    for entity in mirror.ENTITIES:
        width = len(entity.keys)
        old, new = ({row[:width]: row for row in rows[entity.name]} for rows in (before, after))
        counts = report.entities[entity.name]
        assert (counts.new, counts.ended) == (len(new.keys() - old.keys()), len(old.keys() - new.keys()))
        assert counts.changed == sum(old[key] != new[key] for key in old.keys() & new.keys())
    assert report.total("changed") and report.total("ended") and report.total("new")


def test_no_two_versions_of_a_thing_overlap(db: None, nights: list[Path]) -> None:
    for number, path in enumerate([*nights, nights[0], nights[2]], start=1):
        land(path, number)
    for entity in mirror.ENTITIES:
        for row in entity.model.objects.all():  # type: ignore[attr-defined]
            spans = sorted((past.valid_from, past.valid_until) for past in row.past.all())
            spans.append((row.valid_from, row.valid_until))
            assert all(begin < end for begin, end in spans if end)
            assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


def test_on_a_first_night_namesakes_go_in_side_by_side(db: None, nights: list[Path]) -> None:
    land(nights[0])
    names = [*Guardian.objects.order_by("pk").values_list("family_name", "given_name")]
    assert names == sorted(names, key=lambda name: (name[0][:2], name[1], name[0]))
    assert len({family for family, _given in names}) < len(names)
