"""When two accounts look like one person's."""

import pytest

from openhouse.access import likeness
from openhouse.accounts import activity
from openhouse.accounts.models import Account
from tests import cast as make
from tests.cast import NOW, SYSTEM


@pytest.fixture
def pair(cast):
    """Two accounts in the name of Ana Reyes; the first is Ana's."""
    one, two = cast.ana_account, make.account("reyes.ana@work.example")
    Account.objects.filter(pk__in=[one.pk, two.pk]).update(given_name="Ana", family_name="Reyes")
    make.join(one, cast.ana, cast.alma)
    return one, two


def like(account):
    return likeness.of(Account.objects.get(pk=account.pk), among=Account.objects.all())


def test_a_name_alone_is_no_hint(pair):
    assert like(pair[0]) == like(pair[1]) == []


def test_the_same_name_and_a_student_in_common_is_one(pair, cast):
    make.associate(pair[1], cast.alma)
    assert (like(pair[0]), like(pair[1])) == ([pair[1]], [pair[0]])


def test_a_second_record_with_the_same_student_is_one_too(pair, cast):
    again = make.guardian("Ana", "Reyes", sourced_id="guardian-ana-again")
    make.link(cast.alma, again)
    make.tie(pair[1], again)
    assert like(pair[0]) == [pair[1]]


def test_case_and_accents_make_no_other_person(pair, cast):
    Account.objects.filter(pk=pair[1].pk).update(given_name="ÁNA ", family_name="reyes")
    make.associate(pair[1], cast.alma)
    assert like(pair[0]) == [pair[1]]


def test_the_other_parent_of_the_student_is_somebody_else(pair, cast):
    make.join(cast.arturo_account, cast.arturo, cast.alma)
    assert like(pair[0]) == like(cast.arturo_account) == []


def test_the_sis_s_email_of_the_same_name_is_a_hint_both_ways(pair, cast):
    make.change(cast.ana, at=NOW, email="Reyes.Ana@work.example")
    assert (like(pair[0]), like(pair[1])) == ([pair[1]], [pair[0]])


def test_parents_who_share_an_email_in_the_sis_are_two(pair, cast):
    make.change(cast.arturo, at=NOW, email="ana@home.example")
    make.join(cast.arturo_account, cast.arturo, cast.alma)
    assert like(pair[0]) == []


def test_a_deactivated_account_is_no_hint(pair, cast):
    make.associate(pair[1], cast.alma)
    activity.deactivate(account=pair[1], for_cause=False, by=SYSTEM, at=NOW)
    assert like(pair[0]) == []
