"""Appointing an employee whom the SIS knows."""

import pytest

from openhouse import cli
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee
from openhouse.roles import appointment
from openhouse.roles.appointment import AppointmentRefused
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW, SINCE, SYSTEM


@pytest.fixture
def wes(cast):
    """An employee who has never signed in."""
    return Employee.objects.create(
        sourced_id="e-wes", family_name="Wes", email="Wes@District.example", valid_from=SINCE
    )


def appoint(email="wes@district.example", role=Role.DISTRICT_ADMINISTRATOR, school_code=""):
    return appointment.appoint(email=email, role=role, school_code=school_code, by=SYSTEM, at=NOW)


def test_an_appointment_makes_the_sign_in_and_is_on_record(wes):
    grant = appoint()
    account = Account.objects.get(employee_key="e-wes")
    assert (grant.account, grant.valid_from, account.has_usable_password()) == (account, NOW, False)
    entry = Entry.objects.get(event=Event.ROLE_GRANTED)
    assert entry.detail == {"role": "district administrator", "school_code": "", "employee": str(account.key)}


def test_a_second_appointment_changes_nothing(wes):
    assert appoint() == appoint(" WES@district.example ")
    assert (Entry.objects.count(), Grant.objects.filter(account__employee_key="e-wes").count()) == (1, 1)


def test_a_role_that_ended_can_be_granted_again(wes):
    appoint()
    Grant.objects.filter(account__employee_key="e-wes").update(valid_until=NOW)
    assert appoint().valid_until is None


@pytest.mark.parametrize(
    ("email", "role", "school_code", "said"),
    [
        ("nobody@district.example", Role.HELP_DESK, "", "no employee"),
        ("ana@home.example", Role.HELP_DESK, "", "no employee"),
        ("", Role.HELP_DESK, "", "no employee"),
        ("wes@district.example", Role.HELP_DESK, "1001", "leave the school out"),
        ("wes@district.example", Role.SITE_ADMINISTRATOR, "", "name its school code"),
        ("wes@district.example", Role.REPORTING, "9999", "no school with the code"),
    ],
)
def test_a_refused_appointment_says_what_to_do_and_changes_nothing(wes, email, role, school_code, said):
    with pytest.raises(AppointmentRefused, match=said):
        appoint(email, role, school_code)
    assert not Account.objects.filter(employee_key="e-wes").exists()


def test_an_email_that_two_employees_share_is_refused(wes):
    Employee.objects.create(sourced_id="e-2", family_name="Two", email="wes@district.example", valid_from=SINCE)
    with pytest.raises(AppointmentRefused, match="more than one employee"):
        appoint()


def test_an_employee_without_an_email_is_not_found_by_none(wes):
    Employee.objects.filter(pk=wes.pk).update(email="")
    with pytest.raises(AppointmentRefused, match="no employee"):
        appoint("")


def test_an_employee_who_left_is_refused(wes):
    make.end(wes, at=NOW)
    with pytest.raises(AppointmentRefused, match="no employee"):
        appoint()


def test_the_command_grants_and_refuses(wes, capsys):
    assert cli.main(["appoint", "wes@district.example", "--role", "reporting", "--school", "1001"]) == 0
    assert "Granted: Reporting at school 1001, until 20" in capsys.readouterr().out
    assert cli.main(["appoint", "nobody@district.example"]) == 1
    assert "no employee" in capsys.readouterr().err
