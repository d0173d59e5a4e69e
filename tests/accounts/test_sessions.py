"""How long an employee's session lasts."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.policy import values
from tests.cast import NOW, SYSTEM, Cast


def test_a_session_that_was_not_used_for_too_long_is_over(cast: Cast, visit: Any, clock: Any) -> None:
    client = visit(cast.olga)
    for minutes in (29, 58):
        clock.move_to(NOW + timedelta(minutes=minutes))
        assert client.get("/staff/").status_code == 200
    clock.move_to(NOW + timedelta(minutes=58 + 30))
    assert client.get("/staff/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_session_is_over_after_so_many_hours_however_it_is_used(cast: Cast, visit: Any, clock: Any) -> None:
    values.choose(name="employee_session_hours", text="1", by=SYSTEM, at=NOW)
    client = visit(cast.olga)
    for minutes in (20, 40, 59):
        clock.move_to(NOW + timedelta(minutes=minutes))
        assert client.get("/staff/").status_code == 200
    clock.move_to(NOW + timedelta(minutes=60))
    assert client.get("/staff/").status_code == 302


def test_a_guardian_s_session_has_no_such_limits(cast: Cast, visit: Any, clock: Any) -> None:
    client = visit(cast.ana_account)
    clock.move_to(NOW + timedelta(hours=11))
    assert client.get("/family/").status_code == 200


def test_holding_a_request_to_the_limits_asks_the_database_nothing(cast: Cast, visit: Any, clock: Any) -> None:
    client = visit(cast.olga)
    client.get("/staff/")
    clock.move_to(NOW + timedelta(seconds=59))
    with CaptureQueriesContext(connection) as asked:
        client.get("/staff/")
    assert not [each["sql"] for each in asked if each["sql"].startswith("UPDATE")]
