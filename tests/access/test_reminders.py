"""Notices before an 18th birthday: the right ones, to those who see the student, each once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from openhouse.access import adulthood, notices, reminders, reminding
from openhouse.access.models import AdultNotice, Way
from openhouse.access.standing import adult_since
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from openhouse.policy.values import Policy
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM

TODAY = NOW.date()


def born(days: int) -> date:
    """A birth date whose bearer turns 18 so many days from today."""
    day = TODAY + timedelta(days=days)
    return day.replace(year=day.year - 18)


@pytest.fixture
def family(cast):
    """Ana's account sees Abel, who turns 18 in 90 days."""
    make.change(cast.abel, at=NOW - DAY, birth_date=born(90))
    make.join(cast.ana_account, cast.ana, cast.abel)
    return cast


@pytest.fixture
def send(django_capture_on_commit_callbacks, clock):
    """Send what is due so many days from now; which notices went."""

    def send(days: int = 0) -> list[int]:
        before = set(AdultNotice.objects.values_list("pk", flat=True))
        clock.move_to(NOW + days * DAY)
        with django_capture_on_commit_callbacks(execute=True):
            count = reminders.send(by=SYSTEM, at=NOW + days * DAY)
        made = AdultNotice.objects.exclude(pk__in=before).order_by("pk")
        assert made.count() == count
        return [each.days for each in made]

    return send


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)))
def test_the_day_is_the_first_on_which_the_rule_calls_somebody_18(birth_date):
    day = adulthood.adult_on(birth_date)
    assert adult_since(day) >= birth_date > adult_since(day - DAY)


def test_each_notice_goes_once_on_its_day(family, send):
    days = [send(day) for day in range(92)]
    assert {day: went for day, went in enumerate(days) if went} == {0: [90], 60: [30], 83: [7]}
    assert [each.to for each in mail.outbox] == [["ana@home.example"]] * 3


def test_nights_that_were_missed_are_caught_up_with_the_nearest_alone(family, send):
    assert (send(85), send(86), len(mail.outbox)) == ([7], [], 1)


def test_the_mail_says_the_day_and_what_the_school_can_record(family, send):
    send()
    text = " ".join(mail.outbox[0].body.split())
    assert "Abel turns 18 on Feb. 18, 2027." in text and "still depends on you" in text and "agrees in writing" in text
    assert "Abel" not in mail.outbox[0].subject


def test_each_notice_is_on_record(family, send):
    send()
    entry = Entry.objects.get(event=Event.ADULT_NOTICE_SENT)
    assert (entry.account, entry.student) == (str(family.ana_account.key), str(family.abel.key))
    assert entry.detail == {"days": 90}


def dependent(cast):
    make.change(cast.abel, at=NOW, eligible_ground="dependent")


def policy_is_off(cast):
    values.choose(name="rights_pass_at_18", text="false", by=SYSTEM, at=NOW)


def restricted(cast):
    make.change(cast.ana_of_abel, at=NOW, restriction="no contact")


def withdrawn(cast):
    make.end(cast.abel.enrolments.get(), at=NOW)


def no_birth_date(cast):
    make.change(cast.abel, at=NOW, birth_date=None)


CHANGES = [dependent, policy_is_off, restricted, withdrawn, no_birth_date]


@pytest.mark.parametrize("change", CHANGES)
def test_nobody_is_told_whose_access_does_not_end_then(family, send, change):
    change(family)
    assert (send(), mail.outbox) == ([], [])


@pytest.mark.parametrize("change", CHANGES)
def test_a_mail_that_waited_is_not_sent_once_it_is_no_longer_true(family, clock, change):
    notice = AdultNotice.objects.create(
        account=family.ana_account, student=family.abel, adult_date=TODAY + 90 * DAY, days=90, made_at=NOW
    )
    change(family)
    notices.student_turns_18.func(notice.pk)
    assert mail.outbox == []


def test_each_guardian_s_account_is_told(family, send):
    make.link(family.abel, family.arturo)
    make.join(family.arturo_account, family.arturo, family.abel)
    assert send() == [90, 90]
    assert {each.to[0] for each in mail.outbox} == {"ana@home.example", "arturo@home.example"}


def test_a_corrected_birth_date_brings_its_own_notices(family, send):
    assert send() == [90]
    make.change(family.abel, at=NOW, birth_date=born(20))
    assert send(1) == [30]
    assert "Dec. 10, 2026" in mail.outbox[-1].body


def test_a_new_pin_on_the_way_tells_nothing_again(family, send):
    assert send() == [90]
    make.redeem(family.ana_account, family.abel, make.give(family.ana_of_abel))
    assert send(1) == []


def test_a_student_in_grace_is_told_of_too(family, send):
    family.ana_account.associations.update(way=Way.IMPORTED, valid_from=NOW - DAY)
    assert send() == [90]


@pytest.mark.parametrize(("days", "says"), [(0, None), (1, 1), (90, 90), (91, None)])
def test_pages_say_a_day_that_is_near(cast, days, says):
    cast.abel.birth_date = born(days)
    found = adulthood.coming(cast.abel, Policy(), TODAY)
    assert found == (TODAY + timedelta(days=says) if says else None)


def test_the_command_counts_in_numbers_alone(family, clock, capsys):
    for dry, says in (
        (True, "1 notices before an 18th birthday would go out"),
        (False, "1 notices"),
        (True, "0 notices"),
    ):
        assert reminding.run(type("Options", (), {"dry_run": dry})) == 0
        assert capsys.readouterr().out.startswith(says)
