"""Two processes that read an export find what one finds."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import re
import time
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from openhouse.policy.values import Policy
from openhouse.sync import beside
from openhouse.sync.batches import Packed
from openhouse.sync.memory import Memory
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import Elsewhere, SourceRefused, SyncRefused, kind_and_place
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_csv import open_package
from tests.sync.export import Export, land, mirror, person, to_1_1

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core reads with one process")


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """However small, an export is read by two."""
    monkeypatch.setattr(beside, "LARGE", 0)


class Reading:
    """An export read to its end, by one process or by two. A row is told by its type and facts."""

    def __init__(self, path: Path, before: Reading | None = None, *, by_two: bool) -> None:
        self.notices = Notices()
        self.memory = Memory(before.recall if before else None)
        source = open_package(path)
        if by_two:
            batches: Iterable[Any] = beside.batches(source, Policy(), self.notices, self.memory, "sqlite")
        else:
            batches = source.batches(Policy(), self.notices, self.memory)
        found = [(done, getattr(batch, "content", batch), isinstance(batch, Packed)) for done, batch in batches]
        self.packed = sum(is_packed for _done, _rows, is_packed in found)
        self.dones = [done for done, _rows, _is_packed in found]
        self.size = source.size
        self.rows = sorted(repr(row) for _done, rows, _is_packed in found for row in rows)

    def recall(self, file: str) -> array[int]:
        """What is remembered of a file after this reading."""
        return self.memory.kept(file, forgotten=set(), replaced=set()) if file in self.memory.learnt else array("Q")

    def told(self) -> tuple[Any, ...]:
        """All that may depend on who read it, and must not."""
        kept = {file: self.recall(file) for file in self.memory.learnt}
        return self.rows, self.notices.warnings, self.notices.read, kept, sorted(self.memory.gone), self.memory.lines


def troubled() -> Export:
    """An export with rows set aside and tolerances in several files."""
    export = Export().set("users.csv", "theo", email="  theo@mail.example", enabledUser="TRUE")
    export.set("guardianships.csv", "maya", priority="first").set("demographics.csv", "iris", birthDate="2015-02-29")
    return export.add("roles.csv", {"sourcedId": "r-99", "userSourcedId": "maya", "role": "?", "orgSourcedId": ""})


@pytest.mark.parametrize("form", ["1.2", "1.1", "delta"])
def test_two_processes_read_what_one_reads(tmp_path: Path, form: str) -> None:
    export = to_1_1(troubled()) if form == "1.1" else troubled()
    first = [Reading(export.zip(tmp_path / "first.zip"), by_two=each) for each in (False, True)]
    assert first[0].told() == first[1].told()
    assert (first[0].packed, first[1].packed > 0) == (0, True)
    assert first[1].dones[-1] == first[1].size and first[1].dones == sorted(first[1].dones)
    changed = troubled().set("users.csv", "maya", givenName="Mayita")
    if form == "1.1":
        changed = to_1_1(changed)
    elif form == "delta":
        changed.delta("users.csv", "demographics.csv")
    next_night = changed.folder(tmp_path / "next")
    second = [Reading(next_night, first[0], by_two=each) for each in (False, True)]
    assert second[0].told() == second[1].told()


@pytest.mark.django_db
def test_a_night_that_two_processes_read_lands_whole(tmp_path: Path) -> None:
    found = land(troubled().zip(tmp_path / "first.zip"), 1)
    assert found.state == SyncRun.State.LANDED and found.read["users.csv"] == 7
    land(troubled().set("users.csv", "theo", givenName="Teo").zip(tmp_path / "second.zip"), 2)
    assert {row["given_name"] for row in mirror()["Student"]} == {"Maya", "Teo", "Iris"}
    assert [row["given_name"] for row in mirror()["PastStudent"]] == ["Theo"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["users.csv", "roles.csv"])
def test_whichever_process_cannot_read_its_file_nothing_changes(tmp_path: Path, name: str) -> None:
    export = Export()
    export.rows[name] = []
    with pytest.raises(SourceRefused, match=f"{name} has a header and no rows"):
        land(export.zip(tmp_path / "export.zip"))
    assert not any(mirror().values()) and not multiprocessing.active_children()


@pytest.mark.parametrize("in_a_message", [False, True])
def test_where_the_other_process_is_killed_the_night_is_refused(
    tmp_path: Path, in_a_message: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "ROOM", 4096)
    export = Export()
    for number in range(1000 if in_a_message else 0):
        export.add("users.csv", person(f"p-{number}", "Somebody"))
    source = open_package(export.zip(tmp_path / "export.zip"))
    batches = beside.batches(source, Policy(), Notices(), Memory(), "sqlite")
    next(batches)
    (other,) = multiprocessing.active_children()
    if in_a_message:
        time.sleep(3)  # by then it waits for room in the pipe
    other.kill()
    with pytest.raises(SyncRefused, match="ended before it was done"):
        list(batches)
    assert not multiprocessing.active_children()


def test_an_error_that_nobody_foresaw_comes_over_by_its_kind_and_place_alone(tmp_path: Path) -> None:
    source = open_package(Export().folder(tmp_path / "export"))
    (tmp_path / "export" / "users.csv").unlink()  # it was there when the run began
    with pytest.raises(Elsewhere) as caught:
        list(beside.batches(source, Policy(), Notices(), Memory(), "sqlite"))
    assert "users" not in str(caught.value)
    assert re.fullmatch(r"FileNotFoundError in package\.py, line \d+", kind_and_place(caught.value))


def test_the_other_process_ends_when_nobody_takes_over(tmp_path: Path) -> None:
    source = open_package(Export().zip(tmp_path / "export.zip"))
    batches = beside.batches(source, Policy(), Notices(), Memory(), "sqlite")
    next(batches)
    batches.close()
    assert not multiprocessing.active_children()
    task = pickle.dumps((source, Policy(), Memory().part(source.files), "sqlite"))
    spawning = multiprocessing.get_context("spawn")
    ours, theirs = spawning.Pipe(duplex=False)
    orphan = spawning.Process(target=beside._read, args=(theirs, task, settings.SETTINGS_MODULE))
    orphan.start()
    for end in (ours, theirs):
        end.close()
    orphan.join(30)
    assert orphan.exitcode == 0


@pytest.mark.parametrize(
    ("share", "others"),
    [(beside.FOR_NEW_ROWS, {"users.csv", "demographics.csv"}), (beside.FOR_KNOWN_ROWS, {"users.csv"})],
)
def test_the_other_process_reads_its_share(share: float, others: set[str], tmp_path: Path) -> None:
    source = open_package(Export().zip(tmp_path / "export.zip"))
    sizes = {"users.csv": 278, "roles.csv": 118, "guardianships.csv": 70, "demographics.csv": 29, "orgs.csv": 1}
    source._package.sizes, source.size = sizes, sum(sizes.values())
    own, other = source.parts(share)
    assert other.files.keys() == others
    assert own.files.keys() | others == source.files.keys() and own.files.keys().isdisjoint(others)
