"""A page asks the database the same number of questions, however many rows it shows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.counting import TRANSACTION_CONTROL
from openhouse.accounts import actor
from openhouse.audit import trail
from openhouse.audit.events import Event
from tests import cast as make
from tests.cast import Cast


def questions(client: Any, address: str) -> int:
    """How many a page asks whose names the trail knows already."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_pin_details_asks_as_much_for_five_guardians_as_for_one(cast: Cast, visit: Any) -> None:
    address, olga = f"/staff/students/{cast.milo.key}/pins/", visit(cast.olga)
    before = questions(olga, address)
    for name in ("Una", "Vera", "Wilma", "Xenia"):
        make.give(make.link(cast.milo, make.guardian(name, "Chen")))
    assert questions(olga, address) == before


def test_a_family_s_home_asks_as_much_for_five_children_as_for_one(cast: Cast, visit: Any) -> None:
    make.join(cast.carla_account, cast.carla, cast.carlas_children[0])
    carla = visit(cast.carla_account)
    before = questions(carla, "/family/")
    for child in cast.carlas_children[1:]:
        make.associate(cast.carla_account, child)
    assert questions(carla, "/family/") == before


MOST = 8
"""Statements of a page at the counter, its audit entry counted, transaction control not; the first look at somebody included."""


def asks_little(ask: Callable[[], Any]) -> Any:
    """The answer, to which no more statements than that have led."""
    with CaptureQueriesContext(connection) as asked:
        answer = ask()
    assert answer.status_code in (200, 302)
    counted = [each["sql"] for each in asked if not each["sql"].upper().startswith(TRANSACTION_CONTROL)]
    assert len(counted) <= MOST, "\n".join(counted)
    return answer


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/staff/", None),
        ("/staff/", {"student_number": "ALMA"}),
        ("/staff/found/{alma}/", None),
        ("/staff/by-name/", {"family_name": "Diaz"}),
        ("/staff/by-name/", {"given_name": "Alma", "family_name": "Reyes"}),
        ("/staff/students/{alma}/pins/", None),
        ("/staff/parents/", {"email": "ana@home.example"}),
        ("/staff/parents/", {"first_name": "Ana", "last_name": "Reyes"}),
        ("/staff/parents/", {"first_name": "An", "last_name": "Re"}),
        ("/staff/parents/", {"first_name": "Re", "last_name": "Re"}),
        ("/staff/parents/{account}/found/", None),
    ],
)
def test_a_page_at_the_counter_asks_little(cast: Cast, visit: Any, address: str, typed: dict[str, str] | None) -> None:
    make.give(cast.ana_of_alma)
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.link(cast.alma, make.guardian("Anabel", "Reyna"))  # so some names find several
    make.link(cast.alma, make.guardian("", "Reyhan"))
    make.link(cast.alma, make.guardian("Rea", "Reyhan"))
    by = actor.of(cast.ana_account)
    trail.record(
        event=Event.GUARDIAN_REGISTERED, by=by, at=make.NOW
    )  # so an account is there under its name from the first
    client, places = visit(cast.olga), {"alma": cast.alma.key, "account": cast.ana_account.key}
    if typed and "student_number" in typed:
        typed = {"student_number": cast.alma.number}
    visit(cast.olga).get(f"/staff/students/{cast.bella.key}/pins/")  # whom one opened before stands on the first page
    address, method = address.format(**places), client.get if typed is None else client.post
    answer = asks_little(lambda: method(address, typed))
    if answer.status_code == 302:  # where it leads to is a page of its own
        assert asks_little(lambda: client.get(answer.url)).status_code == 200
