"""When a night is due: at an hour on the wall, also in the two nights a year in which the wall's clock jumps."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhouse.policy import readings
from openhouse.policy.values import Policy
from openhouse.sync import schedule
from openhouse.sync.schedule import due, instant, retry_at

ZONES = [
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hour", "utc"),
    [
        ("America/Los_Angeles", "2026-01-15", "02:00", "2026-01-15 10:00"),
        ("America/Los_Angeles", "2026-07-15", "02:00", "2026-07-15 09:00"),
        ("America/Los_Angeles", "2026-03-08", "01:59", "2026-03-08 09:59"),
        (
            "America/Los_Angeles",
            "2026-03-08",
            "02:00",
            "2026-03-08 10:00",
        ),  # there is no 2 o'clock: 3 o'clock comes at once
        ("America/Los_Angeles", "2026-03-08", "02:30", "2026-03-08 10:00"),
        ("America/Los_Angeles", "2026-03-08", "03:00", "2026-03-08 10:00"),
        ("America/Los_Angeles", "2026-11-01", "01:30", "2026-11-01 08:30"),  # twice: the first
        ("America/Los_Angeles", "2026-11-01", "02:00", "2026-11-01 10:00"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30"),
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25 02:00"),
        ("Asia/Kolkata", "2026-03-29", "02:00", "2026-03-28 20:30"),
        ("America/Sao_Paulo", "2018-11-04", "00:00", "2018-11-04 03:00"),  # there was no midnight
        ("America/Sao_Paulo", "2018-11-04", "00:30", "2018-11-04 03:00"),
        ("America/Sao_Paulo", "2018-02-17", "23:30", "2018-02-18 01:30"),  # twice
        ("America/Sao_Paulo", "2018-02-18", "00:00", "2018-02-18 03:00"),
        ("America/Sao_Paulo", "2026-11-01", "00:00", "2026-11-01 03:00"),  # no summer time any more
        ("Australia/Lord_Howe", "2026-10-04", "02:00", "2026-10-03 15:30"),  # half an hour
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),
        ("Pacific/Apia", "2011-12-30", "02:00", "2011-12-30 10:00"),  # a day that never was
    ],
)
def test_an_hour_on_the_wall_is_one_instant(zone: str, day: str, hour: str, utc: str) -> None:
    found = instant(date.fromisoformat(day), time.fromisoformat(hour), ZoneInfo(zone))
    assert f"{found:%Y-%m-%d %H:%M}" == utc
    assert found.tzinfo is UTC


@pytest.mark.parametrize("zone", ZONES)
@given(hour=st.times(), day=st.dates(date(1970, 1, 1), date(2037, 12, 31)))
def test_one_night_for_each_day_each_after_the_one_before(zone: str, hour: time, day: date) -> None:
    hour = hour.replace(second=0, microsecond=0, tzinfo=None)
    tonight, tomorrow = (instant(day + timedelta(days=days), hour, ZoneInfo(zone)) for days in (0, 1))
    assert timedelta(0) <= tomorrow - tonight <= timedelta(hours=26)


@pytest.mark.parametrize("zone", ZONES)
@given(hour=st.times(), seconds=st.integers(365 * 86400, 2_140_000_000))
def test_the_night_that_is_due_is_the_newest_that_has_begun(zone: str, hour: time, seconds: int) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    policy = Policy(sync_time=f"{hour:%H:%M}")
    found = due(now, policy, ZoneInfo(zone))
    assert found is not None
    assert found <= now
    assert now - found <= timedelta(hours=26)
    assert due(found, policy, ZoneInfo(zone)) == found


def test_a_year_has_as_many_nights_as_days() -> None:
    zone, policy = ZoneInfo("America/Los_Angeles"), Policy(sync_time="01:30")
    start = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
    nights = {due(start + timedelta(minutes=15) * each, policy, zone) for each in range(365 * 96)}
    assert len(nights) == 366  # the one that had begun, and those of the year


def test_without_a_time_there_is_no_night() -> None:
    assert due(NOW, Policy(sync_time=""), ZoneInfo("Europe/Berlin")) is None


def test_each_try_waits_twice_as_long_until_the_last() -> None:
    policy = Policy(sync_tries=4, sync_retry_minutes=10)
    found = [retry_at(policy, attempt, NOW) for attempt in (1, 2, 3, 4, 5)]
    assert [each and (each - NOW).total_seconds() / 60 for each in found] == [10, 20, 40, None, None]


def test_a_night_knows_its_try() -> None:
    assert schedule.Night(NOW, 1) != schedule.Night(NOW, 2)


@pytest.mark.parametrize("text", ["24:00", "2:00", "02:60", "two", "02:00:00", "٠٢:٠٠"])
def test_a_time_of_the_day_is_hours_and_minutes(text: str) -> None:
    assert readings.time_of_day(" 23:59 ") == "23:59"
    assert readings.time_of_day("") == ""
    with pytest.raises(ValueError, match="such as 02:00"):
        readings.time_of_day(text)


def test_who_is_told_is_a_list_of_addresses() -> None:
    assert readings.emails("a@district.example, B.c+d@it.district.example") == (
        "a@district.example",
        "B.c+d@it.district.example",
    )
    assert readings.emails("") == ()
    for text in ("a", "a@b", "a@b.example;c@d.example", "a@b.example\nBcc: c@d.example"):
        with pytest.raises(ValueError, match="such as sis@district"):
            readings.emails(text)
