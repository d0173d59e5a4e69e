"""Retention: what policy keeps no longer goes, all the rest stays, and the trail knows how much went."""

from datetime import timedelta

import pytest

from openhouse import cli
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import PastGuardianship
from openhouse.policy import values
from openhouse.sync import retention
from openhouse.sync.models import Difference, SetAsideRow, SyncRun
from openhouse.sync.refusals import SyncHeld
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM, Cast

State = SyncRun.State


def run(days: int, state: str = State.LANDED, source: str = "OneRoster 1.2 CSV") -> SyncRun:
    started = NOW - days * DAY
    ended = None if state == State.RUNNING else started + timedelta(minutes=1)
    made = SyncRun.objects.create(
        source=source, snapshot=started.date(), actor="sync", started_at=started, ended_at=ended, state=state
    )
    SetAsideRow.objects.create(run=made, file="users.csv", line=2, reason="a reason", value="a value")
    Difference.objects.create(run=made, entity="student", change="ended", key="maya")
    return made


def prune():
    return {each.what: each.count for each in retention.prune(by=SYSTEM, at=NOW)}


def test_old_runs_go_with_what_they_set_aside_and_would_have_changed(db):
    old, young = run(91), run(1)
    assert prune() == {"sync runs": 1, "set-aside rows": 1, "differences": 1}
    assert set(SyncRun.objects.all()) == {young}
    assert not SetAsideRow.objects.filter(run=old.pk) and not Difference.objects.filter(run=old.pk)


def test_the_last_that_landed_of_each_source_stays_however_old(db):
    kept = {run(200), run(300, source="Ed-Fi 7")}
    run(250), run(100, State.FAILED)
    prune()
    assert set(SyncRun.objects.all()) == kept
    assert SetAsideRow.objects.count() == len(kept)


@pytest.mark.parametrize("state", [State.WAITING, State.RUNNING])
def test_a_run_that_somebody_still_decides_on_stays(db, state):
    waiting = run(200, state)
    run(1)
    prune()
    assert SyncRun.objects.filter(pk=waiting.pk).exists()


def test_a_run_that_was_just_decided_on_stays(db):
    decided = run(200, State.ACCEPTED)
    SyncRun.objects.filter(pk=decided.pk).update(decided_at=NOW - DAY)
    prune()
    assert SyncRun.objects.filter(pk=decided.pk).exists()


def test_policy_says_how_many_days(db):
    run(50), run(1)
    assert prune()["sync runs"] == 0
    values.choose(name="sync_run_days", text="30", by=SYSTEM, at=NOW)
    assert prune()["sync runs"] == 1


def test_past_versions_are_kept_for_good_unless_policy_says_otherwise(cast: Cast):
    make.change(cast.arturo_of_alma, at=NOW - 80 * DAY, restriction="no contact")
    PastGuardianship.objects.update(valid_until=NOW - 3000 * DAY)
    prune()
    assert PastGuardianship.objects.count() == 1


def test_past_versions_older_than_policy_s_years_go_and_younger_ones_stay(cast: Cast):
    values.choose(name="history_years", text="7", by=SYSTEM, at=NOW)
    for row, days in ((cast.arturo_of_alma, 7 * 365 + 1), (cast.ana_of_alma, 7 * 365 + 3)):
        make.change(row, at=NOW - DAY, restriction="no contact")
        PastGuardianship.objects.filter(thing=row).update(valid_until=NOW - days * DAY)
    assert prune()["past versions: guardianship"] == 1
    assert PastGuardianship.objects.get().thing == cast.arturo_of_alma


def test_a_dry_run_counts_and_deletes_nothing(db, clock, capsys):
    run(91), run(1)
    assert cli.main(["prune", "--dry-run"]) == 0
    assert "3 rows would be deleted" in capsys.readouterr().out
    assert SyncRun.objects.count() == 2 and not Entry.objects.filter(event=Event.RECORDS_PRUNED)


def test_how_much_went_is_on_record(db, clock, capsys):
    run(91), run(1)
    assert cli.main(["prune"]) == 0
    assert "3 rows were deleted" in capsys.readouterr().out
    entries = Entry.objects.filter(event=Event.RECORDS_PRUNED).order_by("position")
    assert [each.detail for each in entries] == [{"differences": 1}, {"set-aside rows": 1}, {"sync runs": 1}]


def test_nothing_to_prune_is_no_entry(db):
    prune()
    assert not Entry.objects.exists()


def test_pruning_waits_for_a_sync(db, monkeypatch):
    from contextlib import nullcontext

    from django.db import connection

    from openhouse.sync import databases

    monkeypatch.setattr(databases.of(connection), "alone", lambda _connection: nullcontext(False))
    with pytest.raises(SyncHeld):
        prune()
