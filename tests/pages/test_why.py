"""Why? on the console: a moment is chosen, the answer is a sentence, and each look is on record."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.cast import NOW, SYSTEM, Cast


def why(client: Any, cast: Cast, at: str = "") -> Any:
    return client.get(f"/staff/guardianships/{cast.ana_of_alma.key}/why/", {"at": at} if at else {})


def test_the_answer_stands_in_a_sentence(cast: Cast, visit: Any):
    olga = visit(cast.olga)
    assert b"No: Ana Reyes could not see Alma Reyes." in why(olga, cast).content
    make.join(cast.ana_account, cast.ana, cast.alma)
    assert b"Yes: Ana Reyes could see Alma Reyes." in why(olga, cast).content
    assert b"No: Ana Reyes could not see" in why(olga, cast, "2020-01-01T08:00").content


@pytest.mark.parametrize("typed", ["2026-11-31T10:00", "tomorrow", "2027-01-01T10:00", "", "9999-99-99T99:99"])
def test_a_moment_that_is_none_or_to_come_is_refused(cast: Cast, visit: Any, typed: str):
    answer = visit(cast.olga).get(f"/staff/guardianships/{cast.ana_of_alma.key}/why/", {"at": typed})
    assert answer.status_code == 200 and b"There is a problem" in answer.content and b"could" not in answer.content


def test_each_look_is_on_record_with_its_moment(cast: Cast, visit: Any):
    why(visit(cast.olga), cast, "2026-03-08T01:30")
    last = Entry.objects.latest("position")
    assert (last.event, last.student) == (Event.ACCESS_EXPLAINED, str(cast.alma.key))
    assert last.detail["moment"] == "2026-03-08T01:30-08:00"


def test_another_school_s_staff_and_who_sees_figures_alone_find_nothing(cast: Cast, visit: Any):
    for employee in (cast.ben, cast.rhea, cast.dora):
        assert why(visit(employee), cast).status_code == 404


def test_an_employee_reads_nothing_of_their_own_family(cast: Cast, visit: Any):
    pair = cast.milo.guardianships.first()
    answer = visit(cast.mia_at_work).get(f"/staff/guardianships/{pair.key}/why/")
    assert answer.status_code == 409 and Entry.objects.latest("position").event == Event.ACTION_REFUSED


def test_an_account_is_explained_student_by_student_and_one_elsewhere_without_evidence(cast: Cast, visit: Any):
    make.join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    page = visit(cast.olga).get(f"/staff/parents/{cast.ana_account.key}/why/").content.decode()
    assert "could see Alma Reyes." in page and "could see Abel Reyes." not in page and "Cedar High" in page
    assert page.count("Legal guardians") == 0 and page.count("<table") == 1


def test_an_account_without_students_could_see_nobody(cast: Cast, visit: Any):
    page = visit(cast.hank).get(f"/staff/parents/{cast.ana_account.key}/why/")
    assert b"had added no student by then" in page.content


def test_the_sis_has_its_name_of_today_at_every_moment(cast: Cast, visit: Any):
    values.choose(name="sis_name", text="MiSiS", by=SYSTEM, at=NOW)
    page = why(visit(cast.olga), cast, "2026-11-01T08:00").content
    assert b"MiSiS" in page and b"the SIS" not in page


def test_students_elsewhere_cost_no_more_questions_than_one(cast: Cast, visit: Any):
    make.join(cast.ana_account, cast.ana, cast.alma, cast.abel)
    olga, address = visit(cast.olga), f"/staff/parents/{cast.ana_account.key}/why/"
    olga.get(address)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as counted:
            assert olga.get(address).status_code == 200
        asked.append(len(counted))
        for name in ("Aura", "Ada", "Aldo"):
            make.associate(cast.ana_account, make.student(name, "Reyes", cast.cedar))
    assert asked[0] == asked[1]
