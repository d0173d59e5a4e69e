"""Ending sessions from the command line: one person's, or everybody's."""

from openhouse import cli
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Employee


def is_in(client, address):
    return client.get(address).status_code == 200


def test_an_employee_or_a_guardian_is_signed_out_everywhere_and_nobody_else(cast, visit, capsys):
    Employee.objects.filter(sourced_id=cast.olga.employee_key).update(email="olga@district.example")
    olga, ana, otto = visit(cast.olga), visit(cast.ana_account), visit(cast.otto)
    assert is_in(olga, "/staff/") and is_in(ana, "/family/") and is_in(otto, "/staff/")
    assert cli.main(["sign-out", " OLGA@district.example"]) == 0
    assert not is_in(olga, "/staff/") and is_in(ana, "/family/") and is_in(otto, "/staff/")
    assert cli.main(["sign-out", cast.ana_account.email]) == 0
    assert not is_in(ana, "/family/") and is_in(otto, "/staff/")
    found = Entry.objects.filter(event=Event.SESSIONS_CUT).order_by("position").values_list("account", "detail")
    assert list(found) == [
        (str(cast.olga.key), {"sessions": 1, "employee": str(cast.olga.key)}),
        (str(cast.ana_account.key), {"sessions": 1}),
    ]


def test_everybody_is_signed_out_at_once_and_may_come_back(cast, visit, capsys):
    clients = [(visit(cast.olga), "/staff/"), (visit(cast.ana_account), "/family/")]
    assert cli.main(["sign-out", "--everybody"]) == 0
    assert not any(is_in(client, address) for client, address in clients)
    assert is_in(visit(cast.olga), "/staff/")
    assert Entry.objects.get(event=Event.SESSIONS_CUT).detail == {"sessions": 2, "whose": "everybody"}


def test_an_email_of_nobody_is_refused_and_not_repeated(cast, capsys):
    assert cli.main(["sign-out", "nobody@home.example"]) == 1
    assert cli.main(["sign-out", " "]) == 1
    assert "nobody@home" not in capsys.readouterr().err
