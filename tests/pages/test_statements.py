"""A page asks the database the same number of questions, however many rows it shows."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

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
