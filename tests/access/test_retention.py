"""`openhouse prune`: each kind goes when policy keeps it no longer, in small transactions, and what must stay stays."""

from datetime import timedelta

import pytest

from openhouse import cli
from openhouse.access import retention
from openhouse.access.models import Pin, Slip, Try
from openhouse.access.tries import TRIES_BEFORE_LOCK, turned_away
from openhouse.accounts.models import Session
from openhouse.audit import trail
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Name
from openhouse.audit.trail import Actor
from openhouse.policy import values
from openhouse.sync import retention as of_the_sync
from tests.cast import DAY, NOW, SYSTEM, give

Counted = Try.Counted


def tries(cast, counted, days, many=1):
    for _number in range(many):
        Try.objects.create(account=cast.ana_account, at=NOW - days * DAY, counted=counted, address_digest="a" * 64)


def prune():
    return {each.what: each.count for each in retention.prune(by=SYSTEM, at=NOW) if each.count}


def test_old_tries_go_and_young_ones_stay(cast):
    for counted in (Counted.NOBODY, Counted.PIN):
        tries(cast, counted, 91), tries(cast, counted, 89)
    assert prune() == {"tries": 2} and Try.objects.count() == 2


def test_an_account_that_wrong_tries_locked_stays_locked_and_their_addresses_go(cast):
    tries(cast, Counted.ACCOUNT, 91, TRIES_BEFORE_LOCK)
    assert prune() == {"network addresses of wrong tries": TRIES_BEFORE_LOCK}
    assert turned_away(cast.ana_account, NOW).until is None and not Try.objects.exclude(address_digest="")


def test_the_code_of_an_expired_pin_is_destroyed_and_the_pin_stays(cast):
    give(cast.ana_of_alma, at=NOW - 100 * DAY)
    assert prune() == {"codes of expired PINs": 1}
    assert Pin.objects.values_list("sealed", "end", "ended_at").get() == (None, "expired", NOW)


def test_slips_go_some_time_after_their_pins(cast):
    give(cast.ana_of_alma, at=NOW - 300 * DAY), give(cast.ana_of_abel)
    old, young = Pin.objects.order_by("made_at")
    for pin in (old, young):
        Slip.objects.create(pin=pin, made_at=pin.made_at)
    retention.prune(by=SYSTEM, at=NOW - 100 * DAY)
    assert prune() == {"slips of ended PINs": 1} and Slip.objects.get().pin == young


def test_expired_sessions_go(db):
    for number in (-1, 1):
        Session.objects.create(session_key=f"s{number}", session_data="", expire_date=NOW + number * DAY)
    assert prune() == {"expired sessions": 1} and Session.objects.get().session_key == "s1"


def test_names_go_only_where_policy_says_so_and_nothing_was_recorded_since(db):
    trail.record(event=Event.SIGNED_IN, by=Actor("guardian", "a-1", "Ana Reyes"), at=NOW - 8 * 366 * DAY)
    trail.record(event=Event.SIGNED_IN, by=Actor("guardian", "a-2", "Ben Roe"), at=NOW - 6 * 365 * DAY)
    assert prune() == {} and Name.objects.count() == 2
    values.choose(name="trail_name_years", text="7", by=SYSTEM, at=NOW - DAY)
    assert prune() == {"names in the trail": 1} and Name.objects.get().subject == "a-2"
    assert trail.verify().broken_at is None


def test_rows_go_in_small_transactions_each_with_its_entry(cast, monkeypatch):
    monkeypatch.setattr(of_the_sync, "AT_ONCE", 2)
    tries(cast, Counted.NOBODY, 91, many=5)
    assert prune() == {"tries": 5}
    entries = Entry.objects.filter(event=Event.RECORDS_PRUNED).order_by("position")
    assert [each.detail for each in entries] == [{"tries": 2}, {"tries": 2}, {"tries": 1}]


def test_a_dry_run_says_how_many_of_each_and_deletes_nothing(cast, clock, capsys):
    tries(cast, Counted.NOBODY, 91)
    assert cli.main(["prune", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert f"{'tries':<36}{1:>11}" in told and f"{NOW - 90 * DAY:%Y-%m-%d}" in told and "Never deleted: entries" in told
    assert Try.objects.count() == 1 and cli.main(["prune"]) == 0 and not Try.objects.exists()


@pytest.mark.parametrize("days", [13, 15])
def test_results_of_tasks_go_after_two_weeks(db, days):
    from django_tasks_db.models import DBTaskResult

    ended = NOW - timedelta(days=days)
    DBTaskResult.objects.create(
        status="SUCCESSFUL",
        finished_at=ended,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="x.y",
        backend_name="default",
    )
    assert prune() == ({"results of tasks": 1} if days > 14 else {})
