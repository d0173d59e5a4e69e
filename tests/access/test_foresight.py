"""A run's differences as gains and losses of access: the same standings that come to be once it lands."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from openhouse.access import associations, foresight
from openhouse.access.foresight import Foresight
from openhouse.access.models import Association, Way
from openhouse.access.standing import Standing
from openhouse.district.models import Guardian, Student
from openhouse.sync.models import SyncRun
from tests import cast as make
from tests.sync.export import Export, land, night
from tests.sync.trouble import crowd, leaves, restricted, stepfather, troubled

SINCE = night(1) - timedelta(days=100)


class Nights:
    """One night after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.numbers, self.number = folder, itertools.count(1), 1

    def land(self, export: Export, **options: Any) -> SyncRun:
        self.number = next(self.numbers)
        path = export.zip(self.folder / f"{self.number}.zip")
        return SyncRun.objects.get(pk=land(path, self.number, **options).run)

    def rehearse(self, export: Export, **options: Any) -> Foresight:
        run = self.land(export, rehearse=True)
        return foresight.of(run=run, at=night(self.number), **options)


@pytest.fixture
def nights(db: None, tmp_path: Path) -> Nights:
    return Nights(tmp_path)


def join(guardian: str, *students: str, way: Way = Way.PIN) -> Any:
    """A family's account, since long."""
    account = make.account(f"{guardian}@home.example")
    account.email_confirmed_at = SINCE
    account.save()
    who = Guardian.objects.get(sourced_id=guardian)
    make.join(account, who, *Student.objects.filter(sourced_id__in=students), way=way, at=SINCE)
    return account


def pairs(found: Foresight) -> set[tuple[str, str, bool]]:
    return {(each.student, each.guardian, each.gains) for each in found.pairs}


def shifts(found: Foresight) -> list[tuple[str, Standing, Standing]]:
    return [(each.student_name.split()[0], each.before, each.after) for each in found.shifts]


def test_a_night_without_differences_gives_and_takes_nothing(nights: Nights) -> None:
    nights.land(restricted())
    found = nights.rehearse(restricted())
    assert found == Foresight([], [], 0, 0, 0, 0, 0, 0, complete=True)


def test_who_becomes_a_legal_guardian_gains_and_could_get_a_pin(nights: Nights) -> None:
    nights.land(restricted())
    found = nights.rehearse(stepfather(restricted()))
    (otto,) = found.pairs
    assert (otto.student, otto.guardian, otto.gains, otto.restricted) == ("maya", "otto", True, True)
    assert (otto.student_name, otto.guardian_name) == ("Maya Lopez", "Otto Lopez")
    assert (otto.student_key, otto.guardian_key) == (Student.objects.get(sourced_id="maya").key, None)
    assert (otto.before, otto.after, otto.account) == (None, Standing.ACTIVE, None)
    assert (found.gains, found.losses, found.could_get_pin, found.restricted_students) == (1, 0, 1, 1)


def test_who_has_an_account_gains_without_a_pin(nights: Nights) -> None:
    nights.land(restricted())
    account = join("leo", "maya")
    found = nights.rehearse(restricted().set("guardianships.csv", "maya leo", restriction=""))
    assert [(each.account, each.before, each.after) for each in found.pairs] == [
        (account.key, Standing.RESTRICTED, Standing.ACTIVE)
    ]
    assert (found.gains, found.could_get_pin, found.associations_gain) == (1, 0, 1)
    assert shifts(found) == [("Maya", Standing.RESTRICTED, Standing.ACTIVE)]
    (shift,) = found.shifts
    assert (shift.account, shift.association) == (account.key, Association.objects.get().key)


@pytest.mark.parametrize(
    ("bend", "after"),
    [
        (lambda e: e.set("guardianships.csv", "theo ana", restriction="no contact"), Standing.RESTRICTED),
        (lambda e: e.set("guardianships.csv", "theo ana", restriction="ask us"), Standing.HELD),
        (lambda e: e.set("guardianships.csv", "theo ana", legal="false"), Standing.ENDED),
        (lambda e: e.set("guardianships.csv", "theo ana", endDate="2026-11-01"), Standing.ENDED),
        (lambda e: e.set("roles.csv", "role-theo", endDate="2026-11-01"), Standing.ENDED),
        (lambda e: e.set("demographics.csv", "theo", birthDate="2000-01-01"), Standing.ELIGIBLE_STUDENT),
        (lambda e: leaves(e, "theo"), Standing.ENDED),
    ],
    ids=["restricted", "held", "not legal", "guardianship over", "enrolment over", "18", "gone"],
)
def test_whatever_takes_access_is_a_loss(nights: Nights, bend: Callable[[Export], Export], after: Standing) -> None:
    nights.land(Export())
    join("ana", "theo")
    found = nights.rehearse(bend(Export()))
    assert shifts(found) == [("Theo", Standing.ACTIVE, after)]
    assert (found.losses, found.associations_lose, found.gains) == (1, 1, 0)


def test_a_change_that_touches_nobodys_access_is_not_shown(nights: Nights) -> None:
    nights.land(Export())
    join("ana", "theo", "maya")
    moved = Export().set("users.csv", "ana", phone="213-555-0100").set("guardianships.csv", "maya ana", priority="2")
    found = nights.rehearse(moved.set("roles.csv", "role-theo", orgSourcedId="oak"))
    assert (found.pairs, found.shifts) == ([], [])


def test_an_account_of_two_records_stays_restricted_by_the_other(nights: Nights) -> None:
    nights.land(stepfather(restricted(), legal="false"))
    account = join("leo", "maya")
    make.tie(account, Guardian.objects.get(sourced_id="otto"), Way.STAFF, SINCE)
    found = nights.rehearse(stepfather(restricted()))
    assert pairs(found) == {("maya", "otto", True)}
    assert found.shifts == []


def test_inactive_accounts_and_other_standings_do_not_shift(nights: Nights) -> None:
    nights.land(Export())
    account = join("ana", "theo", way=Way.IMPORTED)
    Association.objects.update(revalidate_since=SINCE)
    ended = Export().set("guardianships.csv", "theo ana", legal="false")
    assert shifts(nights.rehearse(ended)) == [("Theo", Standing.REVALIDATE, Standing.ENDED)]
    account.deactivated_at, account.deactivated_for_cause = SINCE, False
    account.save()
    found = nights.rehearse(ended)
    assert (found.shifts, found.losses) == ([], 1)


def test_newcomers_gain_and_returning_families_gain_again(nights: Nights) -> None:
    nights.land(Export())
    join("kim", "iris")
    nights.land(leaves(Export(), "iris"))
    export = crowd(count=1).set("guardianships.csv", "iris kim", legal="true")
    found = nights.rehearse(export)
    assert pairs(found) == {("iris", "kim", True), ("child-0", "parent-0", True)}
    assert [(each.student_key, each.student_name) for each in found.pairs if each.student == "child-0"] == [
        (None, "Child Lopez")
    ]
    assert shifts(found) == [("Iris", Standing.ENDED, Standing.ACTIVE)]


def test_restricted_students_come_first_and_numbers_count_all(nights: Nights) -> None:
    nights.land(restricted())
    found = nights.rehearse(crowd(stepfather(restricted()), count=5), most=2)
    assert [each.student for each in found.pairs] == ["maya", "child-0"]
    assert (found.gains, found.complete) == (6, True)


def test_of_a_run_that_was_counted_the_most_urgent_are_shown_with_all_numbers(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights.land(restricted())
    run = nights.land(crowd(stepfather(restricted()), count=5), rehearse=True)
    counted = foresight.count(run=run, at=night(2))
    monkeypatch.setattr(foresight, "CHUNK", 1)
    found = foresight.of(run=SyncRun.objects.get(pk=run.pk), at=night(2), most=2)
    assert [each.student for each in found.pairs] == ["maya", "child-0"]
    assert (found.gains, found.could_get_pin, found.restricted_students) == (6, 6, 1)
    assert {getattr(counted, name) == getattr(found, name) for name in foresight.NUMBERS} == {True}


def test_where_a_run_kept_a_part_the_numbers_say_so(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    from openhouse.sync import rehearsal

    monkeypatch.setattr(rehearsal.keep, "__kwdefaults__", {"most": 2})
    nights.land(restricted())
    assert not nights.rehearse(crowd(restricted())).complete


BENT = {"troubled": troubled, "left": lambda: leaves(troubled(), "theo"), "crowded": lambda: crowd(troubled())}


@pytest.mark.parametrize("bend", BENT.values(), ids=BENT)
def test_what_is_foreseen_comes_to_be(nights: Nights, bend: Callable[[], Export]) -> None:
    nights.land(restricted())
    for guardian, students in (("ana", ("maya", "theo")), ("leo", ("maya",)), ("kim", ("iris",))):
        join(guardian, *students)
    before = standings(nights)
    found = nights.rehearse(bend())
    land_anyway(nights, bend())
    after = standings(nights)
    assert {each.association: (each.before, each.after) for each in found.shifts} == {
        key: (before[key], after[key]) for key in after if before[key] != after[key]
    }


def land_anyway(nights: Nights, export: Export) -> None:
    from openhouse.sync import waiting
    from tests.sync.trouble import ADMINISTRATOR, later

    run = nights.land(export)
    if run.state == SyncRun.State.WAITING:
        waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))
        run = nights.land(export)
    assert run.state == SyncRun.State.LANDED


def standings(nights: Nights) -> dict[Any, Standing]:
    rows = associations.with_standing(Association.objects.filter(valid_until=None), at=night(nights.number))
    return {row.key: Standing(row.standing) for row in rows}
