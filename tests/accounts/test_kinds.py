"""Guardians and employees: two kinds of sign-in that never mix."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from openhouse.accounts.backends import EmployeeBackend, GuardianBackend
from openhouse.accounts.models import Account
from tests import cast as make
from tests.cast import NOW, PASSWORD

ALLAUTH = ["/accounts/email/", "/accounts/password/set/", "/accounts/password/change/"]


@pytest.mark.parametrize(
    "facts",
    [
        {"email": "both@home.example", "employee_key": "both", "password": "!"},
        {"email": None, "employee_key": None, "password": "!"},
        {"email": None, "employee_key": "e", "password": "argon2$x"},
        {"email": None, "employee_key": "e", "password": ""},
    ],
)
def test_the_table_refuses_an_account_of_both_kinds_or_of_none(db, facts):
    with pytest.raises(IntegrityError, match="guardian_or_employee"), transaction.atomic():
        Account.objects.create(**facts)


def test_an_employee_has_one_account(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(employee_key=cast.olga.employee_key, email=None, password="!")
    assert Account.objects.filter(employee_key=None).count() > 1


def test_a_deactivation_is_whole_or_not_at_all(db):
    with pytest.raises(IntegrityError, match="deactivation_is_whole"), transaction.atomic():
        Account.objects.create(email="a@home.example", deactivated_at=NOW)


def test_each_backend_knows_its_own_kind_only(cast):
    olga, ana = cast.olga, cast.ana_account
    assert (GuardianBackend().get_user(ana.pk), EmployeeBackend().get_user(olga.pk)) == (ana, olga)
    assert (GuardianBackend().get_user(olga.pk), EmployeeBackend().get_user(ana.pk)) == (None, None)


def test_no_credentials_ever_open_an_employees_account(cast, rf):
    given = {"username": "", "email": "olga@district.example", "password": "!"}
    assert authenticate(rf.post("/"), **given) is None
    assert EmployeeBackend().authenticate(rf.post("/"), **given) is None


def test_an_employee_has_no_password(cast):
    with pytest.raises(PermissionDenied):
        cast.olga.set_password(PASSWORD)


def test_an_employee_has_no_email_to_sign_in_with(cast):
    with pytest.raises(PermissionDenied):
        EmailAddress.objects.create(user=cast.olga, email="olga@home.example")


@pytest.mark.parametrize("address", ALLAUTH)
def test_an_employee_changes_nothing_on_a_guardians_pages(cast, visit, address):
    typed = {
        "email": "olga@home.example",
        "action_add": "1",
        "oldpassword": "!",
        "password1": PASSWORD,
        "password2": PASSWORD,
    }
    assert visit(cast.olga).post(address, typed).status_code < 500
    assert not EmailAddress.objects.filter(user=cast.olga).exists()
    assert Account.objects.get(pk=cast.olga.pk).password == "!"


def test_an_employee_is_no_guest_in_the_family_pages_nor_a_guardian_in_the_console(cast, visit):
    for address in ("/family/", "/accounts/login/", "/accounts/email/", "/accounts/password/change/"):
        assert visit(cast.olga).get(address).status_code == 404
    assert visit(cast.ana_account).get("/staff/").status_code == 302


def test_a_person_who_is_both_has_two_accounts_and_two_sessions(cast, visit):
    assert visit(cast.mia_at_work).get("/staff/").status_code == 200
    assert visit(cast.mia_account).get("/family/").status_code == 200
    assert cast.mia_at_work.pk != cast.mia_account.pk


@pytest.mark.parametrize("account", ["ana_account", "olga"])
def test_a_deactivated_accounts_session_ends_at_its_next_request(cast, visit, account):
    who = getattr(cast, account)
    client, address = visit(who), "/family/" if who.is_guardian else "/staff/"
    assert client.get(address).status_code == 200
    Account.objects.filter(pk=who.pk).update(deactivated_at=NOW, deactivated_for_cause=False)
    assert client.get(address).status_code == 302


def test_an_accounts_name_in_logs_is_its_random_key(cast):
    assert str(cast.ana_account) == f"account {cast.ana_account.key}"
    assert "ana" not in repr(make.account("ana.two@home.example"))
