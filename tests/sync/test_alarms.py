"""Alarms: somebody is told once for each occasion, and once that it is over."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.environment import SisAddress
from openhouse.policy import values
from openhouse.sync import alarms
from openhouse.sync.models import Alarm, Difference, SyncRun
from tests.sync.export import BY
from tests.sync.test_watch import DAY, DUE, MINUTE, State, tried

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def told(db: None, settings: Any, tmp_path: Path) -> None:
    """A portal with a SIS, whose administrator wants to be told."""
    settings.SIS, settings.TIME_ZONE = SisAddress("oneroster-csv", str(tmp_path)), "America/Los_Angeles"
    values.choose(name="alarm_emails", text="sis@district.example, it@district.example", by=BY, at=DUE - 9 * DAY)
    values.choose(name="district_name", text="Mirasol Unified", by=BY, at=DUE - 9 * DAY)


def look(at: Any) -> list[Any]:
    """Look at that moment; the mails of this look."""
    mail.outbox.clear()
    with time_machine.travel(at, tick=False):
        alarms.look(at=at)
    return list(mail.outbox)


def land(at: Any, **facts: Any) -> SyncRun:
    return tried(1, State.LANDED, ended_at=at, due_at=None, written_at=at, **facts)


def test_a_night_that_failed_for_good_is_told_once() -> None:
    tried(5, State.FAILED, ended_at=DUE + 3 * HOUR, reason="The SIS does not answer.")
    (found,) = look(DUE + 3 * HOUR)
    assert found.to == ["sis@district.example", "it@district.example"]
    assert found.subject == "Last night's sync failed: Mirasol Unified"
    assert "Nov. 20, 2026, 2 a.m. failed at each of its 5 tries" in found.body
    assert "The SIS does not answer." in found.body
    assert look(DUE + 4 * HOUR) == []
    entry = Entry.objects.get(event=Event.ALARM_RAISED)
    assert entry.detail == {"cause": "night missed", "occasion": DUE.isoformat()}


def test_a_night_that_is_still_tried_is_no_alarm() -> None:
    tried(4, State.FAILED, ended_at=DUE)
    assert look(DUE + MINUTE) == []


def test_each_night_that_failed_is_told_and_their_end_once() -> None:
    for days in (0, 1):
        tried(5, State.DIED, ended_at=DUE + days * DAY, due_at=DUE + days * DAY)
        assert len(look(DUE + days * DAY + 5 * HOUR)) == 1
    assert look(DUE + 2 * DAY) == []
    land(DUE + 2 * DAY + HOUR)
    (found,) = look(DUE + 2 * DAY + 2 * HOUR)
    assert found.subject == "The sync works again: Mirasol Unified"
    assert look(DUE + 2 * DAY + 3 * HOUR) == []
    assert not Alarm.objects.filter(cleared_at=None)


def test_old_data_is_told_once_and_its_end_too() -> None:
    land(DUE)
    assert look(DUE + 36 * HOUR) == []
    (found,) = look(DUE + 37 * HOUR)
    assert "Nov. 20, 2026, 2 a.m., 37 hours ago" in found.body
    assert look(DUE + 60 * HOUR) == []
    land(DUE + 61 * HOUR)
    (found,) = look(DUE + 62 * HOUR)
    assert found.subject == "The portal's data is new again: Mirasol Unified"


def test_an_old_export_that_lands_night_after_night_is_still_old() -> None:
    land(DUE)
    assert len(look(DUE + 37 * HOUR)) == 1
    for hours in (48, 72):
        tried(1, State.LANDED, ended_at=DUE + hours * HOUR, due_at=DUE + hours * HOUR, written_at=DUE + MINUTE)
        assert look(DUE + (hours + 1) * HOUR) == []


def test_a_run_that_waits_is_told_with_what_waits() -> None:
    ended = {"guardianship": {"ended": 1}, "enrolment": {"ended": 1}, "student": {"ended": 1}}
    run = tried(1, State.WAITING, ended_at=DUE, report={"entities": ended})
    for entity, change, before, after in (
        ("guardianship", "changed", {"restriction": ""}, {"restriction": "no contact"}),
        ("guardianship", "changed", {"restriction": "no contact"}, {"restriction": "no contact"}),
        ("guardianship", "changed", {"restriction": "no contact"}, {"restriction": ""}),
        ("guardianship", "new", None, {"restriction": "court order"}),
        ("guardianship", "ended", {"restriction": ""}, None),
        ("enrolment", "ended", {}, None),
        ("student", "ended", {}, None),
    ):
        Difference.objects.create(run=run, entity=entity, change=change, key="maya", before=before, after=after)
    (found,) = look(DUE + MINUTE)
    assert found.subject == "A sync waits for you: Mirasol Unified"
    assert "New restrictions that wait: 2\nGuardianships and enrolments whose end waits: 2" in found.body
    assert "maya" not in found.body
    assert look(DUE + 2 * MINUTE) == []
    SyncRun.objects.update(state=State.THROWN_AWAY)
    (found,) = look(DUE + 3 * MINUTE)
    assert found.subject == "The sync that waited was decided: Mirasol Unified"


def test_where_policy_names_nobody_the_log_is_loud(caplog: pytest.LogCaptureFixture) -> None:
    values.choose(name="alarm_emails", text="", by=BY, at=DUE)
    tried(5, State.FAILED, ended_at=DUE, reason="The SIS does not answer.")
    with caplog.at_level(logging.WARNING):
        assert look(DUE + MINUTE) == []
    assert "ERROR" in caplog.text and "Last night's sync failed" in caplog.text
    assert "The SIS does not answer." in caplog.text and "alarm_emails" in caplog.text


def test_a_mail_that_did_not_leave_is_tried_again(monkeypatch: Any) -> None:
    def fail(*_: Any) -> None:
        raise OSError

    tried(5, State.FAILED, ended_at=DUE)
    with monkeypatch.context() as patched:
        patched.setattr(alarms, "send_mail", fail)
        assert look(DUE + MINUTE) == []
    assert look(DUE + 10 * MINUTE) == []
    assert len(look(DUE + 11 * MINUTE)) == 1
    assert look(DUE + 22 * MINUTE) == []


def test_a_task_that_comes_twice_tells_once() -> None:
    tried(5, State.FAILED, ended_at=DUE)
    assert len(look(DUE + MINUTE)) == 1
    alarms.tell.call(Alarm.objects.get().pk)
    assert len(mail.outbox) == 1


def test_a_portal_that_never_synced_has_no_old_data() -> None:
    assert look(DUE + MINUTE) == []
    assert not Alarm.objects.exists()
