"""The console's smaller promises."""

from typing import Any

import pytest

from openhouse.access import pins
from tests import cast as make
from tests.cast import NOW, Cast


def test_a_student_who_was_found_has_an_address_to_come_back_to(cast: Cast, visit: Any) -> None:
    answer = visit(cast.olga).post("/staff/", {"student_number": f" {cast.alma.number.lower()} "})
    assert (answer.status_code, answer.url) == (302, f"/staff/found/{cast.alma.key}/")


def test_a_school_that_the_student_has_left_shows_nowhere(cast: Cast, visit: Any) -> None:
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.enrol(cast.alma, make.school("1003", "Former School"), end_date=NOW.date() - make.DAY)
    for account, address in (
        (cast.olga, "staff/found"),
        (cast.olga, "staff/students"),
        (cast.ana_account, "family/students"),
    ):
        assert b"Former School" not in visit(account).get(f"/{address}/{cast.alma.key}/").content
    assert b"Former School" not in visit(cast.ana_account).get("/family/").content


def test_a_second_tab_s_new_pin_replaces_nothing(cast: Cast, visit: Any) -> None:
    make.give(cast.ana_of_alma)
    stale = {"replaces": str(pins.newest(cast.ana_of_alma).pk)}
    olga, address = visit(cast.olga), f"/staff/guardianships/{cast.ana_of_alma.key}/new-pin/"
    assert olga.post(address, stale).url.endswith(f"/pins/#print-{cast.ana_of_alma.key}")
    first = pins.newest(cast.ana_of_alma)
    assert b"a moment ago" in olga.post(address, stale, follow=True).content
    assert pins.newest(cast.ana_of_alma) == first


def test_new_pin_warns_of_what_it_does_and_only_whom_it_serves(cast: Cast, visit: Any) -> None:
    olga, address = visit(cast.olga), f"/staff/guardianships/{cast.ana_of_alma.key}/new-pin/"
    assert olga.get(address).url.endswith(f"/pins/#print-{cast.ana_of_alma.key}")  # no PIN yet: Print makes it
    code = make.give(cast.ana_of_alma)
    assert b"stops working at once" in olga.get(address).content
    make.redeem(cast.ana_account, cast.alma, code)
    assert b"does not work any more" in olga.get(address).content
    make.give(cast.mia_of_milo)
    own = visit(cast.mia_at_work).get(f"/staff/guardianships/{cast.mia_of_milo.key}/new-pin/")
    assert (
        own.status_code == 409
        and b"You are a contact of this student" in own.content
        and b"Continue" not in own.content
    )


def test_a_restriction_is_in_sight_before_anything_is_pressed(cast: Cast, visit: Any) -> None:
    page = visit(cast.olga).get(f"/staff/students/{cast.bella.key}/pins/").content.decode()
    assert "A restriction stands" in page and page.count("Restricted in") == 1


@pytest.mark.parametrize("address", ["/staff/nothing-here/", "/staff/students/00000000-0000-4000-8000-000000000000/"])
def test_an_employee_who_is_lost_is_led_back_to_the_console(cast: Cast, visit: Any, address: str) -> None:
    answer = visit(cast.olga).get(address)
    page = answer.content.decode()
    assert answer.status_code == 404 and 'href="/staff/">Back to the console' in page and "Staff console" in page
    family = visit(cast.ana_account).get("/nothing-here/").content.decode()
    assert "Go to the start page" in family and "console" not in family


def test_history_says_a_language_by_its_name(cast: Cast, visit: Any) -> None:
    make.change(cast.alma, at=make.NOW, home_language="es")
    page = visit(cast.olga).get(f"/staff/students/{cast.alma.key}/history/").content.decode()
    assert "<bdi>Spanish</bdi>" in page and "<bdi>es</bdi>" not in page
