"""History: what the SIS said of a student on any day, for those who may ask."""

from __future__ import annotations

from typing import Any

import pytest

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import DAY, NOW, Cast
from tests.pages.test_statements import questions


def history(client: Any, student: Any, on: str = "") -> str:
    answer = client.get(f"/staff/students/{student.key}/history/", {"on": on} if on else {})
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def day_of(page: str) -> str:
    """What stands of the day, without the changes below."""
    return page.partition('id="happened"')[0]


def test_a_day_before_the_restriction_shows_none(cast: Cast, visit: Any):
    make.change(cast.arturo_of_alma, at=NOW - DAY, restriction="no contact")
    assert "no contact" in day_of(history(visit(cast.olga), cast.alma))
    assert "no contact" not in day_of(history(visit(cast.olga), cast.alma, "2026-11-18"))
    assert "no contact" in history(visit(cast.olga), cast.alma, "2026-11-18")


def test_a_day_long_ago_says_that_the_student_was_not_named(cast: Cast, visit: Any):
    assert "Not named" in day_of(history(visit(cast.olga), cast.alma, "2020-01-01"))


@pytest.mark.parametrize("typed", ["2026-13-45", "nonsense", "2999-01-01"])
def test_a_day_that_is_none_or_not_yet_shows_today(typed: str, cast: Cast, visit: Any):
    assert "says today" in history(visit(cast.olga), cast.alma, typed)


def test_it_says_since_when_and_until_when_the_portal_knew(cast: Cast, visit: Any):
    make.end(cast.arturo_of_alma, at=NOW - DAY)
    assert "08/12/2026 until 11/19/2026" in day_of(history(visit(cast.olga), cast.alma, "2026-11-01"))


def test_another_school_s_staff_and_the_help_desk_find_nothing(cast: Cast, visit: Any):
    for employee in (cast.ben, cast.hank):
        assert visit(employee).get(f"/staff/students/{cast.alma.key}/history/").status_code == 404


def test_an_employee_reads_no_history_of_their_own_family(cast: Cast, visit: Any):
    answer = visit(cast.mia_at_work).get(f"/staff/students/{cast.milo.key}/history/")
    assert answer.status_code == 409 and b"Mia Chen</bdi></td>" not in answer.content
    assert Entry.objects.latest("position").event == Event.ACTION_REFUSED


def test_a_student_who_left_is_history_for_the_district_alone(cast: Cast, visit: Any):
    assert visit(cast.olga).get(f"/staff/students/{cast.will.key}/history/").status_code == 404
    assert "Wanda Berg" in history(visit(cast.dora), cast.will)


def test_each_look_is_on_record_with_the_day(cast: Cast, visit: Any):
    history(visit(cast.olga), cast.alma, "2026-11-18")
    entry = Entry.objects.latest("position")
    assert (entry.event, entry.student, entry.detail) == (Event.HISTORY_SEEN, str(cast.alma.key), {"on": "2026-11-18"})


def test_it_is_linked_from_pin_details_and_the_student_s_page(cast: Cast, visit: Any):
    link = f"/staff/students/{cast.alma.key}/history/".encode()
    for end in ("", "pins/"):
        assert link in visit(cast.olga).get(f"/staff/students/{cast.alma.key}/{end}").content


def test_it_asks_as_much_for_a_long_history_as_for_a_short_one(cast: Cast, visit: Any):
    olga, address = visit(cast.olga), f"/staff/students/{cast.alma.key}/history/"
    before = questions(olga, address)
    for days in range(9, 0, -1):
        make.change(cast.arturo_of_alma, at=NOW - days * DAY, restriction=f"text {days}")
        make.link(cast.alma, make.guardian(f"Aunt{days}", "Reyes"))
    assert questions(olga, address) == before
