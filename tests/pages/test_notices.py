"""The neutral notice: alike for restricted, held and ended, and silent about all that came after."""

import re
from typing import Any

import pytest

from tests import cast as make
from tests.cast import DAY, NOW, Cast


def page(client: Any, address: str) -> str:
    return re.sub(r'value="[^"]*"|/students/[^/]*/', "", client.get(address).content.decode())


def restrict(cast: Cast, text: str) -> None:
    make.change(cast.ana_of_alma, at=NOW - DAY, restriction=text)


@pytest.mark.parametrize("text", ["no contact", "see file 12-B"])
def test_a_notice_names_no_school_and_no_name_that_came_later(text: str, cast: Cast, visit: Any) -> None:
    make.join(cast.ana_account, cast.ana, cast.alma)
    restrict(cast, text)
    make.change(cast.alma, at=NOW - DAY, given_name="Renamed", sourced_id=cast.alma.sourced_id)
    make.enrol(cast.alma, make.school("1003", "Refuge School", telephone="(213) 555-0999"), valid_from=NOW - DAY)
    ana = visit(cast.ana_account)
    for address in (
        "/family/",
        f"/family/students/{cast.alma.key}/",
        f"/family/students/{cast.alma.key}/emergency-card/",
    ):
        shown = page(ana, address)
        assert "Renamed" not in shown and "Refuge" not in shown and "555-0999" not in shown
    assert "555-0100" in page(ana, f"/family/students/{cast.alma.key}/")


def test_restricted_held_and_ended_read_alike(cast: Cast, visit: Any) -> None:
    make.join(cast.ana_account, cast.ana, cast.alma)
    ana, address, shown = visit(cast.ana_account), f"/family/students/{cast.alma.key}/", []
    for text in ("no contact", "see file 12-B"):
        restrict(cast, text)
        shown.append(page(ana, address))
    make.end(cast.ana_of_alma, at=NOW - DAY / 2)
    make.end(cast.alma.enrolments.get(), at=NOW - DAY / 2)
    shown.append(page(ana, address))
    assert len(set(shown)) == 1


def test_the_notice_at_18_names_no_school_that_came_later(cast: Cast, visit: Any) -> None:
    make.join(cast.drew_account, cast.drew, cast.david)
    make.change(cast.david.enrolments.get(), at=NOW - 3 * DAY, end_date=NOW.date() - 3 * DAY)
    make.enrol(cast.david, cast.maple, valid_from=NOW - 3 * DAY)
    assert "555-0100" not in page(visit(cast.drew_account), f"/family/students/{cast.david.key}/")
