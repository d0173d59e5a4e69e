"""What a person decides about a run that waits: what lands is what was seen, and endings can go in alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.audit.trail import Actor
from openhouse.district.models import Enrolment, Guardian, Guardianship
from openhouse.sync import waiting
from openhouse.sync.models import SyncRun
from tests.access.test_races import at_once
from tests.sync.export import BY, NIGHT, Sync, mirror
from tests.sync.trouble import (
    ADMINISTRATOR,
    codes,
    crowd,
    later,
    leaves,
    restricted,
    run_of,
    stepfather,
    troubled,
)  # fmt: skip

State = SyncRun.State


def test_what_was_accepted_lands(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))
    report = sync(stepfather(restricted()))
    assert (report.state, codes(report)) == ("landed", {"restricted": 1})
    assert Guardian.objects.filter(sourced_id="otto").exists()
    events = Entry.objects.filter(event__startswith="sync").order_by("position").values_list("event", "actor")
    assert list(events) == [
        ("sync landed", "sync"), ("sync waits", "sync"), ("sync accepted", ADMINISTRATOR.key), ("sync landed", "sync"),
    ]  # fmt: skip


def test_other_differences_than_those_accepted_wait_anew(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))
    report = sync(stepfather(restricted()).set("users.csv", "ana", email="new@mail.example"))
    assert report.state == State.WAITING
    assert run_of(report).differences != run.differences


def test_an_acceptance_is_for_one_landing(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))
    sync(stepfather(restricted()))
    found = [waiting.decision(found=[], differences=run.differences, at=later(run) + waiting.DECISION_HOLDS / 2)]
    assert found == [None]


def test_an_acceptance_does_not_hold_for_ever(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    waiting.accept(run=run, by=ADMINISTRATOR, at=later(run) - waiting.DECISION_HOLDS)
    assert sync(stepfather(restricted())).state == State.WAITING


def test_an_acceptance_does_not_cover_a_brake_that_nobody_saw(sync: Sync) -> None:
    sync(crowd(stepfather(restricted(), legal="false")))
    run = run_of(sync(crowd(stepfather(restricted()))))
    waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))
    export = crowd(stepfather(restricted()))
    for number in range(25):
        export.set("users.csv", f"parent-{number}", familyName="")
    report = sync(export)
    assert (report.state, report.differences) == (State.WAITING, run.differences)
    assert set(codes(report)) == {"restricted", "set aside"}


def test_what_was_thrown_away_waits_anew(sync: Sync) -> None:
    sync(restricted())
    before = mirror()
    run = run_of(sync(stepfather(restricted())))
    waiting.throw_away(run=run, by=ADMINISTRATOR, at=later(run), reason="The registrar says it is a mistake.")
    assert sync(stepfather(restricted())).state == State.WAITING
    assert mirror() == before


def test_a_run_is_decided_once(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    waiting.throw_away(run=run, by=ADMINISTRATOR, at=later(run), reason="")
    for decide in (waiting.accept, waiting.let_in):
        with pytest.raises(waiting.NotWaiting, match="Somebody decided before"):
            decide(run=run, by=BY, at=later(run))
    assert (run.state, run.decided_by) == (State.THROWN_AWAY, ADMINISTRATOR.key)
    assert Entry.objects.filter(event=Event.SYNC_ACCEPTED).count() == 0


def test_a_landed_run_is_not_decided_about(sync: Sync) -> None:
    run = run_of(sync(restricted()))
    with pytest.raises(waiting.NotWaiting, match="does not wait"):
        waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))


@pytest.mark.parametrize("bend", [restricted, lambda: stepfather(restricted(), livesWith="false")])
def test_a_later_run_takes_the_place_of_one_that_waits(sync: Sync, bend: Any) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    sync(bend())
    with pytest.raises(waiting.NotWaiting, match="took its place"):
        waiting.accept(run=run, by=ADMINISTRATOR, at=later(run))


def test_a_rehearsal_takes_nobodys_place(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(stepfather(restricted())))
    sync(stepfather(restricted()), rehearse=True)
    assert waiting.accept(run=run, by=ADMINISTRATOR, at=later(run)).state == State.ACCEPTED


def test_endings_and_restrictions_are_let_in_alone(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(troubled()))
    waiting.let_in(run=run, by=ADMINISTRATOR, at=later(run))
    report = sync(troubled())
    assert (report.state, report.narrowed) == ("landed", True)
    assert {name: (each.new, each.changed, each.ended) for name, each in report.entities.items()} == {
        "school": (0, 0, 0), "student": (0, 0, 0), "guardian": (0, 0, 0), "employee": (0, 0, 0),
        "guardianship": (0, 1, 1), "enrolment": (0, 0, 0),
    }  # fmt: skip
    assert Guardianship.objects.get(student__sourced_id="theo").restriction == "no contact"
    assert set(Guardianship.objects.filter(valid_until=None).values_list("student__sourced_id", "guardian__sourced_id")) == {
        ("maya", "leo"), ("theo", "ana"), ("iris", "kim"),
    }  # fmt: skip


def test_what_is_left_after_endings_waits_anew_and_can_be_accepted(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(troubled()))
    waiting.let_in(run=run, by=ADMINISTRATOR, at=later(run))
    sync(troubled())
    rest = run_of(sync(troubled()))
    assert rest.state == State.WAITING
    waiting.accept(run=rest, by=ADMINISTRATOR, at=later(rest))
    assert sync(troubled()).state == "landed"
    assert sync(troubled()).nothing_changed
    assert Enrolment.objects.filter(valid_until=None).count() == 4


def test_a_restricted_newcomer_among_guardians_is_let_in(sync: Sync) -> None:
    sync(restricted())
    export = stepfather(restricted(), restriction="court order").set("guardianships.csv", "maya leo", restriction="")
    assert sync(export).state == State.WAITING
    report = sync(export, only_restrictions=True)
    assert (report.entities["guardian"].new, report.entities["guardianship"].new) == (1, 1)
    assert Guardianship.objects.get(guardian__sourced_id="leo").restriction == "no contact"


def test_the_end_of_a_restriction_is_not_let_in(sync: Sync) -> None:
    sync(restricted())
    gone = restricted().drop("guardianships.csv", "maya leo").drop("users.csv", "leo").drop("roles.csv", "role-leo")
    report = sync(gone.set("users.csv", "maya", agentSourcedIds="ana"), only_restrictions=True)
    assert report.nothing_changed
    assert Guardian.objects.get(sourced_id="leo").valid_until is None


def test_a_student_who_leaves_is_let_out_with_everything(sync: Sync) -> None:
    sync(restricted())
    report = sync(leaves(stepfather(restricted(), "theo"), "maya"), only_restrictions=True)
    assert {name: each.ended for name, each in report.entities.items() if each.ended} == {
        "student": 1, "guardianship": 2, "enrolment": 1,
    }  # fmt: skip
    assert report.total("new") == 0


def test_a_guardianship_that_is_no_longer_legal_and_an_enrolment_that_is_over_are_let_in(sync: Sync) -> None:
    sync(restricted())
    export = restricted().set("guardianships.csv", "theo ana", legal="false")
    export.set("roles.csv", "role-iris", endDate="2026-11-01").set("users.csv", "ana", phone="213-555-0100")
    report = sync(export, only_restrictions=True)
    assert Guardianship.objects.get(student__sourced_id="theo").legal is False
    assert Enrolment.objects.get(student__sourced_id="iris").end_date == date(2026, 11, 1)
    assert report.total("changed") == 2


def test_of_a_first_night_nobody_is_let_in(sync: Sync) -> None:
    assert sync(restricted(), only_restrictions=True).nothing_changed
    assert not any(mirror().values())
    report = sync(restricted())
    assert report.state == "landed" and report.entities["guardianship"].new == Guardianship.objects.count() > 0


def test_the_alarm_knows_what_waits_and_takes_access_away(sync: Sync) -> None:
    sync(restricted())
    run = run_of(sync(troubled()))
    assert waiting.pending(run=run, at=later(run)) == waiting.Pending(
        students=0, guardianships=1, enrolments=1, restrictions=1
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_has_decided(transactional_db: None) -> None:
    run = SyncRun.objects.create(
        state=State.WAITING,
        source="tests",
        snapshot=date(2026, 11, 20),
        actor="tests",
        started_at=NIGHT,
        ended_at=NIGHT,
    )

    def decide(by: Actor, verb: Any, **more: str) -> Callable[[], object]:
        def doing() -> object:
            try:
                return verb(run=SyncRun.objects.get(pk=run.pk), by=by, at=NIGHT, **more).state
            except waiting.NotWaiting:
                return None

        return doing

    people = [Actor("employee", f"key-{number}") for number in range(6)]
    verbs = [(waiting.accept, {}), (waiting.throw_away, {"reason": "no"}), (waiting.let_in, {})] * 2
    found = at_once([decide(by, verb, **more) for by, (verb, more) in zip(people, verbs, strict=True)])
    run.refresh_from_db()
    assert [state for state in found if state] == [run.state]
    assert run.decided_by == people[found.index(run.state)].key
    assert Entry.objects.filter(event__startswith="sync").count() == 1
