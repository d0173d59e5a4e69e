"""Two persons press at the same moment: a request is decided once, a role renewed once, and one administrator stays."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from openhouse.accounts import actor
from openhouse.accounts.models import Identity
from openhouse.accounts.single_sign_on.statement import Statement
from openhouse.policy import values
from openhouse.roles import arrival, grants, refusals, requests
from openhouse.roles.models import Grant, RoleRequest
from openhouse.roles.places import Place
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return make.Cast()


def at_once(doings: Iterable[Callable[[], object]]) -> Counter[str]:
    """Do all at the same moment, each on a connection of its own: the kinds of what each returned, or of its refusal."""
    doings = list(doings)
    gate = threading.Barrier(len(doings))

    def do(doing: Callable[[], object]) -> str:
        try:
            connection.ensure_connection()
            gate.wait(timeout=20)
            return type(doing()).__name__
        except refusals.Refused as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doings)) as threads:
        return Counter(threads.map(do, doings))


def ask(account):
    place = Place(school_code="1001")
    return requests.ask(
        account=account, role=Role.REPORTING, place=place, why="Figures", actor=actor.of(account), at=NOW
    )


def test_a_request_sent_four_times_at_once_is_there_once(cast):
    theo = make.employee("Theo", None)
    at_once([lambda: ask(theo)] * 4)
    assert RoleRequest.objects.count() == 1


def test_of_four_decisions_at_once_one_counts(cast):
    theo = make.employee("Theo", None)
    asked, _new = ask(theo)
    deciders = [make.employee(f"Sam{number}", Role.SITE_ADMINISTRATOR, cast.maple) for number in range(4)]
    found = at_once(
        [lambda by=each: requests.approve(request=asked, by=by, actor=actor.of(by), at=NOW) for each in deciders]
    )
    assert found == {"Grant": 1, "NoLongerOpen": 3}
    assert Grant.objects.filter(account=theo).count() == 1


def test_of_four_first_sign_ins_at_once_all_come_in_as_one_employee(cast):
    make.employee("Nell", None, number="E-9").delete()
    said = Statement("district", "https://login.example", "nell", "E-9", frozenset({"Help"}), frozenset({"otp"}), NOW)
    mapping = ({"group": "Help", "role": "help desk", "school_code": ""},)
    policy = replace(values.at(NOW), group_roles=mapping)
    found = at_once([lambda: arrival.arrive(statement=said, policy=policy, address="", at=NOW)] * 4)
    assert found == {"Account": 4}
    assert (Identity.objects.count(), Grant.objects.filter(origin="group").count()) == (1, 1)


def test_of_four_renewals_at_once_one_counts(cast):
    grant = cast.olga.grants.get()
    Grant.objects.filter(pk=grant.pk).update(expires_at=NOW + timedelta(days=5))
    dora = cast.dora
    found = at_once([lambda: grants.renew(grant=grant, by=dora, actor=actor.of(dora), at=NOW)] * 4)
    assert found == {"Grant": 1, "EndedAlready": 3}


def test_two_administrators_who_revoke_each_other_at_once_leave_one(cast):
    iris = make.employee("Iris", Role.DISTRICT_ADMINISTRATOR)
    pairs = [(cast.dora, iris.grants.get()), (iris, cast.dora.grants.get())]
    found = at_once(
        [
            lambda by=by, grant=grant: grants.revoke(grant=grant, reason="No.", by=by, actor=actor.of(by), at=NOW)
            for by, grant in pairs
        ]
    )
    assert found == {"Grant": 1, "LastAdministrator": 1}
    assert Grant.objects.filter(role=Role.DISTRICT_ADMINISTRATOR, valid_until=None).count() == 1
