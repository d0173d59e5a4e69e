"""What changed since, asked for over REST and landed on what was stated before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from openhouse.district.models import Enrolment, Guardian, Guardianship, School, Student
from openhouse.sync import runs
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.report import Report
from tests.sync.export import BY, Export, mirror, night, role
from tests.sync.sources.oneroster_rest import Provider, open_at
from tests.sync.sources.server import serving

pytest.importorskip("openhouse.sync.statement", reason="deltas need the statement to be remembered")
pytestmark = pytest.mark.django_db
CHANGED = "2026-11-20T12:00:00.000Z"


def land(export: Export, number: int = 1, changed: tuple[str, ...] = (), **options: Any) -> Report:
    """Bring it in on the n-th night: everything the first time, then what changed since the night before."""
    provided = Provider(export, changed=dict.fromkeys(changed, CHANGED), **options)
    with serving(provided.answer) as server:
        since = night(number - 1) if number > 1 else None
        return runs.land(open_at(server, at=night(number) - timedelta(minutes=1), since=since), at=night(number), by=BY)


def test_a_delta_changes_what_it_names_and_nothing_else(export: Export) -> None:
    land(export)
    report = land(export.set("users.csv", "ana", email="new@mail.example"), 2, ("ana",))
    assert (report.total("changed"), report.total("new"), report.total("ended")) == (1, 0, 0)
    assert Guardian.objects.get(sourced_id="ana").email == "new@mail.example"


def test_a_delta_of_nothing_changes_nothing(export: Export) -> None:
    land(export)
    before = mirror()
    assert land(export, 2).nothing_changed
    assert mirror() == before


def test_who_is_to_be_deleted_is_ended(export: Export) -> None:
    land(export)
    export.set("users.csv", "maya", agentSourcedIds="ana").drop("guardianships.csv", "maya leo")
    land(export, 2, ("leo", "maya"), removed={"leo"})
    assert Guardian.objects.get(sourced_id="leo").valid_until == night(2)
    assert Guardianship.objects.get(guardian__sourced_id="leo").valid_until == night(2)
    assert Student.objects.get(sourced_id="maya").valid_until is None


def test_a_students_record_restates_their_pairs(export: Export) -> None:
    land(export)
    export.set("guardianships.csv", "maya ana", restriction="no contact").drop("guardianships.csv", "maya leo")
    land(export, 2, ("maya",))
    found = {
        row.guardian.sourced_id: (row.restriction, row.legal)
        for row in Guardianship.objects.filter(student__sourced_id="maya")
    }
    assert found["ana"] == ("no contact", True)
    assert found["leo"] == ("", None)


def test_a_restriction_in_a_record_set_aside_restricts(export: Export) -> None:
    land(export)
    export.set("users.csv", "maya", enabledUser="perhaps")
    land(export.set("guardianships.csv", "maya ana", restriction="no contact"), 2, ("maya",))
    assert Guardianship.objects.get(student__sourced_id="maya", guardian__sourced_id="ana").restriction == "no contact"


def test_a_move_in_a_delta_ends_one_enrolment_and_begins_another(export: Export) -> None:
    land(export)
    export.drop("roles.csv", "role-maya").add("roles.csv", role("maya", "student", "elm"))
    land(export, 2, ("maya",))
    found = {row.school.code: row.valid_until for row in Enrolment.objects.filter(student__sourced_id="maya")}
    assert found == {"1001": night(2), "1002": None}


def test_a_school_s_record_restates_it(export: Export) -> None:
    land(export)
    export.row("orgs.csv", "oak")["name"] = "Oak Academy"
    land(export, 2, ("oak",))
    assert School.objects.get(sourced_id="oak").name == "Oak Academy"


def test_a_delta_of_what_was_never_stated_is_refused(export: Export) -> None:
    with pytest.raises(SourceRefused, match="bulk"):
        land(export, 2)


def test_a_delta_then_everything_is_the_same_as_everything(export: Export) -> None:
    land(export)
    land(export.set("users.csv", "ana", email="new@mail.example"), 2, ("ana",))
    before = mirror()
    with serving(Provider(export).answer) as server:
        assert runs.land(open_at(server, at=night(3)), at=night(3), by=BY).nothing_changed
    assert mirror() == before
