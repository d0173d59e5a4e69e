"""Rule 9: whoever is a contact of a student does nothing for them. Every address of the console is pressed, with every key."""

from __future__ import annotations

from typing import Any

import pytest

from openhouse.access.consents import LASTS
from openhouse.access.models import Act, Association, Consent, IdentityCheck, LimitException, Pin, Tie, Try
from openhouse.accounts import activity
from openhouse.accounts.models import Account
from openhouse.policy import values
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW, SYSTEM, Cast
from tests.pages.test_every_address import filled

PRESSED = {
    "cause": "no", "document": "passport", "verified": "on", "agrees": "yes", "place": "video", "is_same": "on",
    "birth_date_0": "3", "birth_date_1": "28", "birth_date_2": "2016", "name": "Milo Chen", "grade": "4",
    "address": "1 Elm St, 91601", "phone": "(818) 555-0147", "emergency_phone": "213 555 0199",
}  # fmt: skip
TABLES = (Pin, Tie, Association, LimitException, Consent, IdentityCheck, Try)


def state() -> list[object]:
    """All that an act for a family could change."""
    rows: list[object] = [list(table.objects.order_by("pk").values_list()) for table in TABLES]
    return [*rows, list(Account.objects.order_by("pk").values_list("pk", "deactivated_at", "deactivated_for_cause"))]


def family_of_mia(cast: Cast, employee: Account) -> list[str]:
    """The key of everything of Milo's family, each in a state in which an act would change something."""
    make.join(cast.mia_account, cast.mia, cast.milo)
    other = make.account("mia.too@home.example")
    off = make.account("mia.off@home.example")
    second, third = make.guardian("Mia", "Chen", sourced_id="mia-2"), make.guardian("Mia", "Chen", sourced_id="mia-3")
    make.link(cast.milo, second)
    make.link(cast.milo, third)
    make.tie(other, third)
    make.tie(off, second)
    activity.deactivate(account=off, for_cause=False, by=SYSTEM, at=NOW)
    asked = Consent.objects.create(
        act=Act.NEW_PIN, student=cast.milo, guardian=cast.mia, asked_by=cast.otto, asked_at=NOW, expires_at=NOW + LASTS
    )
    facts = {"guardianship": cast.mia_of_milo, "employee": employee, "answers": {}}
    checks = [
        IdentityCheck.objects.create(asked_at=NOW, outcome="answered", **facts),
        IdentityCheck.objects.create(
            asked_at=NOW, outcome="verified", seen_at=NOW, place="video", document="passport", **facts
        ),
    ]
    for which in (Role.PARENT_ACCESS_ADMINISTRATOR, Role.HELP_DESK):
        code = "1001" if which != Role.HELP_DESK else ""
        Grant.objects.get_or_create(account=employee, role=which, school_code=code, defaults={"valid_from": NOW})
    values.choose(name="student_limit", text="1", by=SYSTEM, at=NOW)
    things = [cast.milo, cast.mia, cast.mia_of_milo, cast.mia_account, other, off, third, asked, *checks]
    return [str(each.key) for each in things]


def acts(cast: Cast, visit: Any, employee: Account) -> set[str]:
    """The addresses at which something changed."""
    ids, changed = family_of_mia(cast, employee), set()
    client = visit(employee)
    for address in sorted({each for each in filled(ids) if each.startswith("/staff/")}):
        if "/sync/" in address or "/reports/" in address:
            continue
        before = state()
        client.post(address, PRESSED | {"stays": ids[3]})
        if state() != before:
            changed.add(address.replace(next((key for key in ids if key in address), "-"), "…"))
    return changed


@pytest.mark.parametrize("who", ["olga", "mia_at_work"])
def test_a_colleague_does_all_of_it_and_a_contact_of_the_student_nothing(who: str, cast: Cast, visit: Any) -> None:
    found = acts(cast, visit, getattr(cast, who))
    expected = {
        "/staff/guardianships/…/show/",
        "/staff/guardianships/…/new-pin/",
        "/staff/guardianships/…/verify/",
        "/staff/identity-checks/…/",
        "/staff/identity-checks/…/pin/",
        "/staff/parents/…/activate/",
        "/staff/parents/…/deactivate/",
        "/staff/parents/…/exception/",
        "/staff/parents/…/exception/remove/",
        "/staff/requests/…/",
    }
    if who == "mia_at_work":
        assert found == set()
    else:
        assert found >= expected


def test_an_employee_whom_the_sis_restricts_does_not_find_the_student(cast: Cast, visit: Any) -> None:
    facts = {"sourced_id": cast.boris.sourced_id}
    boris = visit(make.employee("Boris", Role.PARENT_ACCESS_ADMINISTRATOR, cast.maple, **facts))
    for page in ("", "pins/", "history/", "disclosures/"):
        assert boris.get(f"/staff/students/{cast.bella.key}/{page}").status_code == 404
    for number in (cast.bella.number, "no-such-number"):
        said = boris.post("/staff/", {"student_number": number}).content.decode()
        assert "Bella" not in said
        assert 'role="alert"' in said


def test_nor_by_the_other_parent_though_they_help_the_whole_district(cast: Cast, visit: Any) -> None:
    make.join(cast.berta_account, cast.berta, cast.bella)
    boris = visit(make.employee("Boris", Role.HELP_DESK, sourced_id=cast.boris.sourced_id))
    search = {"first_name": "Berta", "last_name": "Novak"}
    assert str(cast.berta_account.email) not in boris.post("/staff/parents/", search, follow=True).content.decode()
    boris.post("/staff/parents/", {"email": cast.berta_account.email})
    page = boris.get(f"/staff/parents/{cast.berta_account.key}/students/").content.decode()
    assert cast.bella.number not in page
