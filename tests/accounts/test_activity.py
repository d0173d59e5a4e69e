"""Deactivating and activating: once, on record, with its history."""

import pytest

from openhouse.accounts import activity
from openhouse.accounts.adapter import is_district_email
from openhouse.accounts.importing import import_account
from openhouse.accounts.models import Account, PastDeactivation
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from tests import cast as make
from tests.cast import DAY, NOW, SYSTEM


@pytest.fixture
def ana(db):
    return make.account("ana@home.example")


def deactivate(account, at=NOW, for_cause=False):
    return activity.deactivate(account=account, for_cause=for_cause, by=SYSTEM, at=at)


def activate(account, at=NOW):
    return activity.activate(account=account, by=SYSTEM, at=at)


def test_a_deactivation_is_on_record_with_its_cause(ana):
    assert deactivate(ana, for_cause=True).is_active is False
    assert Entry.objects.get(event=Event.ACCOUNT_DEACTIVATED).detail == {"for_cause": True}


def test_a_second_deactivation_changes_nothing(ana):
    deactivate(ana)
    assert deactivate(ana, at=NOW + DAY, for_cause=True).deactivated_at == NOW
    assert Entry.objects.count() == 1


def test_an_activation_keeps_the_time_that_is_over(ana):
    deactivate(ana, for_cause=True)
    assert activate(ana, at=NOW + DAY).is_active
    past = PastDeactivation.objects.get()
    assert (past.valid_from, past.valid_until, past.for_cause) == (NOW, NOW + DAY, True)


def test_activating_an_active_account_changes_nothing(ana):
    activate(ana)
    assert not Entry.objects.exists() and not PastDeactivation.objects.exists()


def test_whether_an_account_was_active_can_be_asked_of_every_moment(ana):
    account = activate(deactivate(ana, at=NOW), at=NOW + DAY)
    account = deactivate(account, at=NOW + 3 * DAY)
    found = [activity.was_active(account, NOW + days * DAY) for days in (-200, -1, 0, 1, 2, 3, 9)]
    assert found == [False, True, False, True, True, False, False]


def test_an_imported_account_has_a_confirmed_email_and_no_password(db):
    account = import_account(email="old@home.example", name=("Old", "Hand"), by=SYSTEM, at=NOW)
    assert (account.email_confirmed_at, account.has_usable_password()) == (NOW, False)
    assert account.emailaddress_set.get().verified
    assert import_account(email="old@home.example", name=("X", "Y"), by=SYSTEM, at=NOW) == account
    assert Account.objects.get().name == "Old Hand"


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("a@b.example", True),
        ("a@x.b.example", True),
        ("a@B.Example", True),
        ("a@xb.example", False),
        ("a@b.example.org", False),
        ("b.example@home.example", False),
    ],
)
def test_a_domain_is_the_districts_with_all_below_it(email, expected):
    assert is_district_email(email, ("b.example",)) is expected
