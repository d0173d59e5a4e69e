"""When a run must wait for a person: over the policy's shares, and wherever a restriction is concerned."""

from __future__ import annotations

import pytest

from openhouse.district.models import Guardianship, Student
from openhouse.sync.models import SyncRun
from tests.sync.export import Export, Sync, mirror
from tests.sync.trouble import CROWD, choose, codes, crowd, leaves, restricted, stepfather

State = SyncRun.State


def test_a_quiet_night_lands(export: Export, sync: Sync) -> None:
    sync(export)
    report = sync(export.set("users.csv", "ana", email="new@mail.example"))
    assert (report.state, report.brakes) == ("landed", [])


def test_over_the_share_of_students_a_run_waits_and_nothing_changes(sync: Sync) -> None:
    sync(crowd())
    before = mirror()
    report = sync(leaves(crowd(), *(f"child-{number}" for number in range(21))))
    assert report.state == State.WAITING
    assert codes(report) == {"students": 21, "guardianships": 21}
    assert mirror() == before


def test_up_to_the_floor_shares_do_not_count(sync: Sync) -> None:
    sync(crowd())
    assert sync(leaves(crowd(), *(f"child-{number}" for number in range(20)))).state == "landed"


def test_one_of_a_village_schools_children_may_leave(sync: Sync, export: Export) -> None:
    sync(export)
    assert sync(leaves(export, "iris")).state == "landed"


def test_most_of_a_village_school_never_vanishes_unseen(sync: Sync, export: Export) -> None:
    sync(export)
    assert codes(sync(leaves(export, "iris", "theo"))) == {"students": 2}


def test_shares_and_floor_are_the_districts_own(sync: Sync) -> None:
    choose(brake_students="60", brake_guardianships="0", brake_floor="0")
    sync(crowd())
    assert codes(sync(leaves(crowd(), "child-1"))) == {"guardianships": 1}


def test_too_many_rows_set_aside_wait_on_the_first_night_too(sync: Sync) -> None:
    export = crowd()
    for number in range(25):
        export.set("users.csv", f"parent-{number}", familyName="")
    assert codes(sync(export))["set aside"] == 25
    assert not Student.objects.exists()


def test_the_first_sync_does_not_wait_for_restrictions(sync: Sync) -> None:
    assert sync(restricted()).state == "landed"


def test_students_who_stay_without_any_enrolment_stop_a_run(sync: Sync) -> None:
    choose(brake_enrolments="0", brake_floor="0")
    sync(crowd())
    moved = crowd().set("roles.csv", "role-child-1", orgSourcedId="elm")
    assert sync(moved).state == "landed"
    assert codes(sync(moved.set("roles.csv", "role-child-1", orgSourcedId="district"))) == {"enrolments": 1}


def test_everybody_becoming_a_legal_guardian_at_once_stops_a_run(sync: Sync) -> None:
    export = crowd()
    for number in range(CROWD):
        export.set("guardianships.csv", f"child-{number} parent-{number}", legal="false")
    sync(export)
    assert codes(sync(crowd())) == {"gains": CROWD}


def test_newcomers_are_no_gains(sync: Sync, export: Export) -> None:
    sync(export)
    newcomers = crowd().set("guardianships.csv", "child-1 parent-1", restriction="no contact")
    stepfather(newcomers, "child-1")
    assert sync(newcomers).state == "landed"


@pytest.mark.parametrize(
    ("cells", "waits"),
    [
        ({"legal": "true"}, True),
        ({"legal": "false"}, False),
        ({"legal": ""}, False),
        ({"legal": "true", "restriction": "no contact"}, False),
        ({"legal": "true", "restriction": "see the file"}, False),
        ({"legal": "true", "restriction": "None "}, True),
        ({"legal": "true", "beginDate": "2027-01-01"}, True),
        ({"legal": "true", "endDate": "2026-11-01"}, False),
    ],
)
def test_a_restricted_student_who_would_gain_a_guardian_stops_a_run(
    sync: Sync, cells: dict[str, str], waits: bool
) -> None:
    sync(restricted())
    report = sync(stepfather(restricted(), **cells))
    assert codes(report) == ({"restricted": 1} if waits else {})


@pytest.mark.parametrize("text", ["No Contact", "see the file"])
def test_a_hold_counts_as_a_restriction(sync: Sync, export: Export, text: str) -> None:
    sync(export.set("guardianships.csv", "maya leo", restriction=text))
    assert codes(sync(stepfather(export))) == {"restricted": 1}


def test_a_restriction_that_comes_the_same_night_counts(sync: Sync, export: Export) -> None:
    sync(export)
    assert codes(sync(stepfather(restricted()))) == {"restricted": 1}


def test_a_sibling_without_a_restriction_may_gain_a_guardian(sync: Sync) -> None:
    sync(restricted())
    assert sync(stepfather(restricted(), "theo")).state == "landed"


def test_a_blank_flag_that_policy_reads_as_legal_counts(sync: Sync) -> None:
    choose(blank_legal_flag="legal_for_relations", legal_relations="stepfather")
    sync(restricted())
    assert codes(sync(stepfather(restricted(), legal=""))) == {"restricted": 1}


def test_who_becomes_legal_is_gained(sync: Sync) -> None:
    sync(stepfather(restricted(), legal="false"))
    assert codes(sync(stepfather(restricted(), legal="true"))) == {"restricted": 1}


def test_an_end_that_is_taken_back_is_a_gain(sync: Sync) -> None:
    sync(stepfather(restricted(), endDate="2026-11-01"))
    assert codes(sync(stepfather(restricted()))) == {"restricted": 1}


def test_other_facts_of_a_restricted_students_guardian_may_change(sync: Sync) -> None:
    sync(restricted())
    report = sync(restricted().set("guardianships.csv", "maya ana", priority="2", livesWith="false"))
    assert (report.state, report.total("changed")) == ("landed", 1)


def test_a_lifted_restriction_stops_a_run(sync: Sync) -> None:
    sync(restricted())
    lifted = restricted().set("guardianships.csv", "maya leo", restriction="")
    assert codes(sync(lifted)) == {"restricted": 1, "lifted": 1}


def test_a_restriction_that_vanishes_with_its_row_stops_a_run(sync: Sync) -> None:
    sync(restricted())
    gone = restricted().drop("guardianships.csv", "maya leo").set("users.csv", "maya", agentSourcedIds="ana")
    assert codes(sync(gone.set("users.csv", "leo", agentSourcedIds=""))) == {"lifted": 1}


def test_other_words_that_restrict_too_lift_nothing(sync: Sync) -> None:
    sync(restricted())
    assert sync(restricted().set("guardianships.csv", "maya leo", restriction="court order")).state == "landed"


def test_a_restricted_student_may_leave_and_come_back_as_before(sync: Sync) -> None:
    sync(restricted())
    assert sync(leaves(restricted(), "maya")).state == "landed"
    assert not Guardianship.objects.filter(student__sourced_id="maya", valid_until=None).exists()
    assert sync(restricted()).state == "landed"


def test_who_comes_back_with_a_restriction_less_stops_a_run(sync: Sync, export: Export) -> None:
    sync(restricted())
    sync(leaves(restricted(), "maya"))
    report = sync(export.set("guardianships.csv", "maya leo", legal="true"))
    assert codes(report) == {"restricted": 1, "lifted": 1}


def test_who_comes_back_with_a_guardian_more_stops_a_run(sync: Sync) -> None:
    sync(restricted())
    sync(leaves(restricted(), "maya"))
    assert codes(sync(stepfather(restricted()))) == {"restricted": 1}


def test_policy_may_let_some_pass(sync: Sync) -> None:
    choose(brake_restricted="1")
    sync(restricted())
    assert sync(stepfather(restricted())).state == "landed"


def test_reasons_say_how_many_of_how_many_and_no_names(sync: Sync) -> None:
    sync(restricted())
    (brake,) = sync(stepfather(restricted())).brakes
    assert (brake.count, brake.of, brake.share) == (1, 1, 100.0)
    assert brake.what == "students with a restriction on record would gain a guardian"
