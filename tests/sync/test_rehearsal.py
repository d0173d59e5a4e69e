"""A rehearsal shows everything and changes nothing; its digest is the same for the same differences alone."""

from __future__ import annotations

import random

import pytest

from openhouse.audit.models import Entry
from openhouse.sync import rehearsal
from openhouse.sync.models import Difference, SetAsideRow, SyncRun
from tests.sync.export import Export, Sync, mirror
from tests.sync.trouble import crowd, leaves, restricted, stepfather, troubled


def kept(entity: str) -> list[tuple[str, str, str]]:
    return list(Difference.objects.filter(entity=entity).order_by("pk").values_list("change", "key", "other"))


def digest(sync: Sync, export: Export) -> str:
    return sync(export, rehearse=True).differences


def test_a_rehearsal_changes_nothing_and_lands_later_as_it_said(sync: Sync) -> None:
    sync(restricted())
    before, entries = mirror(), Entry.objects.count()
    said = sync(crowd(restricted()), rehearse=True)
    assert (said.state, mirror(), Entry.objects.count()) == (SyncRun.State.REHEARSED, before, entries)
    assert sync(crowd(restricted())).entities == said.entities


def test_a_rehearsal_says_where_the_brake_would_hold(sync: Sync) -> None:
    sync(restricted())
    report = sync(stepfather(restricted()), rehearse=True)
    run = SyncRun.objects.get(pk=report.run)
    assert (run.state, [each["code"] for each in run.brakes]) == ("rehearsed", ["restricted"])
    assert (report.gains, report.losses, report.restricted) == (1, 0, 1)


def test_a_rehearsal_of_a_first_sync_is_one_of_newcomers(sync: Sync, export: Export) -> None:
    report = sync(export, rehearse=True)
    assert report.kept == {"guardianship": 4, "enrolment": 3, "student": 3, "guardian": 3, "school": 2, "employee": 1}
    assert set(Difference.objects.values_list("change", flat=True)) == {"new"}


def test_differences_have_the_facts_before_and_after(sync: Sync, export: Export) -> None:
    sync(export)
    sync(leaves(export.set("guardianships.csv", "maya leo", legal="", beginDate="2026-01-31"), "iris"), rehearse=True)
    leo = Difference.objects.get(entity="guardianship", change="changed")
    assert (leo.key, leo.other) == ("maya", "leo")
    assert (leo.before["legal"], leo.before["lives_with"], leo.before["begin_date"]) == (False, True, None)
    assert (leo.after["legal"], leo.after["lives_with"], leo.after["begin_date"]) == (None, True, "2026-01-31")
    iris = Difference.objects.get(entity="student")
    assert (iris.change, iris.key, iris.other, iris.after) == ("ended", "iris", "", None)
    assert (iris.before["number"], iris.before["birth_date"]) == ("S-3", "2010-12-31")


def test_what_returns_shows_its_last_facts(sync: Sync, export: Export) -> None:
    sync(export)
    sync(leaves(Export(), "iris"))
    sync(export.set("guardianships.csv", "iris kim", relation="aunt"), rehearse=True)
    assert kept("guardianship") == [("returned", "iris", "kim")]
    kim = Difference.objects.get(entity="guardianship")
    assert (kim.before["relation"], kim.after["relation"]) == ("parent", "aunt")


def test_restricted_students_come_first_then_gains_and_losses_then_endings(sync: Sync) -> None:
    sync(crowd(restricted(), count=9))
    export = leaves(crowd(restricted(), count=9), "child-2").set("guardianships.csv", "child-3 parent-3", priority="2")
    export.set("guardianships.csv", "child-4 parent-4", legal="false").set(
        "guardianships.csv", "maya ana", priority="3"
    )
    sync(export, rehearse=True)
    assert kept("guardianship")[0][1] == "maya"
    assert {key for _change, key, _other in kept("guardianship")[1:3]} == {"child-2", "child-4"}


def test_no_more_than_so_many_are_kept_of_each_entity(
    sync: Sync, export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rehearsal.keep, "__kwdefaults__", {"most": 2})
    report = sync(export, rehearse=True)
    assert report.kept["guardianship"] == 2 < report.entities["guardianship"].new
    assert Difference.objects.filter(entity="guardianship").count() == 2


def test_rows_set_aside_are_kept_too(sync: Sync, export: Export) -> None:
    report = sync(export.set("demographics.csv", "maya", birthDate="2015-02-29"), rehearse=True)
    assert SetAsideRow.objects.get().run_id == report.run


def test_the_same_differences_in_another_order_have_the_same_digest(sync: Sync) -> None:
    sync(restricted())
    found, shuffled = digest(sync, troubled()), troubled()
    for rows in shuffled.rows.values():
        random.Random(3).shuffle(rows)
    assert digest(sync, shuffled) == found != ""


@pytest.mark.parametrize(
    ("name", "key", "cells"),
    [
        ("users.csv", "otto", {"email": "otto@mail.example"}),
        ("guardianships.csv", "maya otto", {"livesWith": "false"}),
        ("guardianships.csv", "theo ana", {"restriction": ""}),
        ("roles.csv", "role-iris", {"orgSourcedId": "elm"}),
        ("demographics.csv", "maya", {"birthDate": "2014-05-02"}),
    ],
)
def test_other_differences_have_another_digest(sync: Sync, name: str, key: str, cells: dict[str, str]) -> None:
    sync(restricted())
    assert digest(sync, troubled()) != digest(sync, troubled().set(name, key, **cells))


def test_another_mirror_gives_the_same_file_another_digest(sync: Sync) -> None:
    sync(restricted())
    found = digest(sync, troubled())
    sync(restricted().set("users.csv", "kim", email="old@mail.example"))
    assert digest(sync, troubled()) != found
