"""One PIN per family on the pages: offered at home and right after a PIN, added with one button, refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from openhouse.access.models import Association, Way
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.policy import values
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM, Cast

PAGE = "/family/more-students/"


@pytest.fixture
def family(cast: Cast) -> Cast:
    """Policy is on, and a PIN for Alma has tied Ana's account."""
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW - DAY)
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    return cast


def test_a_pin_leads_to_whom_else_it_lets_in(cast: Cast, visit: Any) -> None:
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW - DAY)
    born = cast.alma.birth_date
    typed = {
        "student_number": cast.alma.number, "code": make.give(cast.ana_of_alma),
        "birth_date_month": born.month, "birth_date_day": born.day, "birth_date_year": born.year,
    }  # fmt: skip
    answer = visit(cast.ana_account).post("/family/add-a-student/", typed)
    assert answer["Location"] == PAGE


def test_the_page_shows_name_grade_and_school_and_that_it_was_seen(family: Cast, visit: Any) -> None:
    page = visit(family.ana_account).get(PAGE).content.decode()
    assert "Abel" in page and "Cedar High" in page and "Grade 10" in page
    assert "Reyes" not in page and family.abel.number not in page and "Alma" not in page
    last = Entry.objects.latest("position")
    assert (last.event, last.detail) == (Event.SIBLINGS_OFFERED, {"students": [str(family.abel.key)]})


def test_home_offers_until_everybody_is_there(family: Cast, visit: Any) -> None:
    ana = visit(family.ana_account)
    assert b"You can add 1 more student without another PIN." in ana.get("/family/").content
    answer = ana.post(PAGE, {"student": str(family.abel.key)}, follow=True)
    assert answer.redirect_chain == [("/family/", 302)] and b"Abel was added to your account." in answer.content
    assert b"without another PIN" not in answer.content
    assert Association.objects.get(student=family.abel).way == Way.FAMILY


def test_a_student_who_was_restricted_meanwhile_is_refused_in_words(family: Cast, visit: Any) -> None:
    ana = visit(family.ana_account)
    make.change(family.ana_of_abel, at=NOW, restriction="no contact")
    answer = ana.post(PAGE, {"student": str(family.abel.key)})
    assert answer.status_code == 409 and b"cannot be added without a PIN any more" in answer.content
    assert b"Abel" not in answer.content


def test_one_too_many_is_refused_with_whom_to_ask(cast: Cast, visit: Any) -> None:
    values.choose(name="one_pin_per_family", text="true", by=SYSTEM, at=NOW - DAY)
    make.join(cast.carla_account, cast.carla, *cast.carlas_children[:4])
    answer = visit(cast.carla_account).post(PAGE, {"student": str(cast.carlas_children[4].key)})
    assert answer.status_code == 409 and b"ask for an exception" in answer.content


@pytest.mark.parametrize("key", ["", "x", "00000000-0000-4000-8000-000000000000", "milo"])
def test_nobody_else_s_student_is_there(family: Cast, visit: Any, key: str) -> None:
    key = str(family.milo.key) if key == "milo" else key
    assert visit(family.ana_account).post(PAGE, {"student": key}).status_code == 404


def test_without_the_policy_nothing_is_offered(cast: Cast, visit: Any) -> None:
    make.join(cast.ana_account, cast.ana, cast.alma)
    ana = visit(cast.ana_account)
    assert b"without another PIN" not in ana.get("/family/").content
    assert b"There is nobody to add without a PIN." in ana.get(PAGE).content


def test_new_pin_warns_that_those_whom_the_old_one_brought_need_their_own(family: Cast, visit: Any) -> None:
    olga, address = visit(family.olga), f"/staff/guardianships/{family.ana_of_alma.key}/new-pin/"
    assert b"The old PIN brought" not in olga.get(address).content
    visit(family.ana_account).post(PAGE, {"student": str(family.abel.key)})
    page = olga.get(address).content
    assert b"The old PIN brought 1 more student" in page and b"Abel" not in page
