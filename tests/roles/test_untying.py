"""Forgetting who an employee is at the identity provider."""

import pytest

from openhouse import cli
from openhouse.accounts import identities
from openhouse.accounts.models import Identity
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee
from tests.cast import NOW


@pytest.fixture
def tied(cast):
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(number="E-1")
    return identities.tie(account=cast.olga, issuer="https://login.example", subject="s", address="", at=NOW)


def test_who_was_untied_can_be_tied_to_another_subject(cast, tied, capsys):
    with pytest.raises(identities.IdentityTaken):
        identities.tie(account=cast.olga, issuer="https://login.example", subject="t", address="", at=NOW)
    assert cli.main(["untie", " E-1 "]) == 0
    assert Entry.objects.filter(event=Event.IDENTITY_UNTIED).count() == 1
    identities.tie(account=cast.olga, issuer="https://login.example", subject="t", address="", at=NOW)
    assert Identity.objects.get().subject == "t"


def test_who_was_taken_for_the_employee_is_signed_out(cast, tied, visit):
    client = visit(cast.olga)
    assert client.get("/staff/").status_code == 200
    cli.main(["untie", "E-1"])
    assert client.get("/staff/").headers["Location"].startswith("/employee-login/")


def test_the_same_tie_again_changes_nothing(cast, tied):
    assert identities.tie(account=cast.olga, issuer="https://login.example", subject="s", address="", at=NOW) == tied


def test_a_number_of_nobody_or_of_two_is_refused(cast, tied, capsys):
    assert cli.main(["untie", "E-404"]) == 1
    Employee.objects.filter(sourced_id=cast.ben.employee_key).update(number="E-1")
    assert cli.main(["untie", "E-1"]) == 1
    assert Identity.objects.count() == 1
