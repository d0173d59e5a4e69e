"""Restrictions and endings that a lookup, a delta or a small night could hide, and must not."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from openhouse.district.models import Employee, Guardianship, Student
from openhouse.sync import catalogue, lookups, runs
from openhouse.sync.batches import Link, Pair
from openhouse.sync.refusals import LookupHeld, NothingRemembered, SyncHeld
from tests.sync.export import BY, NIGHT, WRITTEN, Export, Sync, night, pair, person, role
from tests.sync.test_lookups import CLERK, Sis, ask, is_a, said


def guardianship(student: str, guardian: str) -> Guardianship:
    """As the mirror has it."""
    return Guardianship.objects.get(student__sourced_id=student, guardian__sourced_id=guardian)


def maya(*, with_pair: bool = True, restriction: str = "") -> Sis:
    """What the SIS answers about one of two siblings."""
    facts = Pair(0, 0, "maya", "ana", "mother", True, True, None, 1, restriction, None, None)
    rows = (said("maya", "Maya", "S-1"), said("ana", "Ana"), is_a("maya", "student", "oak"))
    rows = (*rows, is_a("ana", "guardian", "district"), Link(0, 0, "maya", "ana"))
    return Sis(*rows, *([facts] if with_pair else []), complete=False)


def delta(**rows: list[dict[str, str]]) -> Export:
    """An export that says what changed, by file."""
    export = Export()
    for name in list(export.rows):
        if name.removesuffix(".csv") in rows:
            export.rows[name] = rows[name.removesuffix(".csv")]
        else:
            del export.rows[name]
    export.delta(*export.rows)
    return export


@pytest.mark.parametrize("whole", [False, True])
def test_a_lookup_hides_no_restriction_of_a_sibling(export: Export, sync: Sync, whole: bool) -> None:
    sync(export)
    ask(maya(), "S-1")
    sync(export.set("guardianships.csv", "theo ana", restriction="no contact"), whole=whole)
    assert guardianship("theo", "ana").restriction == "no contact"


def test_a_lookup_hides_no_ending_of_a_sibling(export: Export, sync: Sync) -> None:
    sync(export)
    ask(maya(), "S-1")
    export.set("users.csv", "theo", agentSourcedIds="").set("users.csv", "ana", agentSourcedIds="maya")
    sync(export.drop("guardianships.csv", "theo ana"))
    assert guardianship("theo", "ana").valid_until is not None


def test_a_lookup_hides_no_restriction_that_it_cannot_tell(export: Export, sync: Sync) -> None:
    sync(export)
    ask(maya(with_pair=False), "S-1")
    sync(export.set("guardianships.csv", "maya ana", restriction="no contact"))
    assert guardianship("maya", "ana").restriction == "no contact"


def test_a_lookup_lifts_no_restriction(export: Export, sync: Sync) -> None:
    sync(export.set("guardianships.csv", "maya ana", restriction="no contact"))
    with pytest.raises(LookupHeld, match="a person decide"):
        ask(maya(), "S-1")
    assert guardianship("maya", "ana").restriction == "no contact"


def test_an_answer_that_a_sync_overtook_is_not_brought_in(export: Export, sync: Sync) -> None:
    sync(export)

    class Slow(Sis):
        def find(self, number: str, policy: Any, notices: Any, *, deadline: float) -> Iterator[Sequence[Any]]:
            """A night lands before the answer is in."""
            sync(export.set("guardianships.csv", "maya ana", restriction="no contact"))
            yield from super().find(number, policy, notices, deadline=deadline)

    asked_at = WRITTEN - timedelta(hours=1)
    with pytest.raises(SyncHeld, match="Something newer"):
        lookups.look_up(
            number="S-1", lookup=Slow(*maya().rows, complete=False), school_codes=None, by=CLERK, at=asked_at
        )
    assert guardianship("maya", "ana").restriction == "no contact"


def test_an_answer_that_another_overtook_is_not_brought_in(export: Export, sync: Sync) -> None:
    sync(export)
    later = NIGHT + timedelta(hours=14, seconds=3)
    lookups.look_up(number="S-1", lookup=maya(restriction="no contact"), school_codes=None, by=CLERK, at=later)
    with pytest.raises(SyncHeld):
        ask(maya(), "S-1")
    assert guardianship("maya", "ana").restriction == "no contact"


def test_a_delta_after_one_that_failed_is_refused(export: Export, sync: Sync) -> None:
    sync(export)

    def fail(step: str, done: int, total: int) -> None:
        raise ZeroDivisionError

    lost = delta(guardianships=[pair("maya", "ana", restriction="no contact")])
    with pytest.raises(ZeroDivisionError):
        sync(lost, progress=fail)
    change = {"users": [person("vera", "Vera-Ann", identifier="E-1")]}
    with pytest.raises(NothingRemembered, match="before this one"):
        sync(delta(**change), on=date(2026, 11, 20))
    sync(lost)
    sync(delta(**change), on=date(2026, 11, 20))
    assert guardianship("maya", "ana").restriction == "no contact"


def test_a_delta_may_leave_out_what_did_not_change(export: Export, sync: Sync) -> None:
    sync(export)
    sync(delta(users=[person("vera", "Vera-Ann", identifier="E-1")]))
    assert (Student.objects.filter(valid_until=None).count(), guardianship("maya", "ana").valid_until) == (3, None)


def test_a_manifest_alone_ends_nobody_where_nothing_is_remembered(export: Export, sync: Sync) -> None:
    with pytest.raises(NothingRemembered):
        sync(delta())


def test_a_rehearsed_delta_can_still_be_brought_in(export: Export, sync: Sync) -> None:
    sync(export)
    everybody = [person(name, name.title() + "-2") for name in ("ana", "leo", "kim", "vera")]
    assert sync(delta(users=everybody), rehearse=True).state == "rehearsed"
    assert sync(delta(users=everybody)).state == "landed"


def test_a_delta_s_role_set_aside_holds_nobody_once_it_is_mended(export: Export, sync: Sync) -> None:
    for name in ("ana", "leo", "kim"):
        export.set("users.csv", name, agentSourcedIds="")
    sync(export)
    sync(delta(roles=[role("ana", "parent", "nowhere")]))
    sync(delta(roles=[role("ana", "parent", "district")]))
    gone = delta(
        users=[export.row("users.csv", "maya") | {"agentSourcedIds": "leo"}], guardianships=[pair("maya", "ana")]
    )
    sync(gone.set("guardianships.csv", "maya ana", status="tobedeleted"))
    assert guardianship("maya", "ana").valid_until is not None


def test_whoever_becomes_a_student_tonight_shares_no_student_id(export: Export, sync: Sync) -> None:
    export.add("users.csv", person("pat", "Pat", identifier="S-1")).add("roles.csv", role("pat", "teacher", "oak"))
    sync(export)
    sync(export.add("roles.csv", role("pat", "student", "oak") | {"sourcedId": "role-pat-2"}))
    assert Student.objects.filter(number="S-1", valid_until=None).count() == 1


def test_of_deltas_in_a_drop_folder_none_is_left_out(
    export: Export, tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    sis = catalogue.SisAddress("oneroster-csv", str(folder), {})
    monkeypatch.setattr(catalogue.settings, "SIS", sis)
    rows = [pair("maya", "ana", restriction="no contact")], [person("vera", "Vera-Ann", identifier="E-1")]
    packages = (export, delta(guardianships=rows[0]), delta(users=rows[1]))
    for number, package in enumerate(packages):
        monkeypatch.setattr("tests.sync.export.WRITTEN", WRITTEN + timedelta(hours=number))
        path = package.zip(folder / f"{number}.zip")
        os.utime(path, (WRITTEN.timestamp() + 3600 * number,) * 2)
        if not number:
            runs.land(catalogue.open_configured(), at=night(1), by=BY)
    for number in (2, 3):
        runs.land(catalogue.open_configured(), at=night(number), by=BY)
    assert guardianship("maya", "ana").restriction == "no contact"
    assert Employee.objects.get(sourced_id="vera").given_name == "Vera-Ann"
