"""The list that a search by name found: an address that shows the same people again without searching, while they are all there."""

from __future__ import annotations

import re
import uuid
from typing import Any, NamedTuple

import pytest
from django.db import connection

from openhouse.accounts import sessions
from openhouse.accounts.models import Account, Session
from openhouse.audit.events import Event
from openhouse.audit.models import Entry, Name
from openhouse.district.models import Guardianship, School, Student
from openhouse.pages.staff import find_by_name, typed
from openhouse.pages.staff.parents import search
from openhouse.roles.models import Grant
from openhouse.roles.roles import Role
from tests import cast as make
from tests.cast import NOW, Cast

NAMES = ("Zoe", "Zora")
SHOWN = re.compile(r"<bdi>(Zo\w+)")


class Searched(NamedTuple):
    """One kind of search: its form, what is typed, and the event that it puts on the trail."""

    address: str
    typed: dict[str, str]
    event: Event

    def by(self, client: Any) -> str:
        """Search, and give the list's address."""
        return str(client.post(self.address, self.typed).url)

    def entries(self, by: Account) -> list[dict[str, Any]]:
        """What the trail says of this employee's searches, in their order."""
        found = Entry.objects.filter(actor=str(by.key), event=self.event)
        return list(found.order_by("position").values_list("detail", flat=True))


STUDENTS = Searched("/staff/by-name/", {"given_name": "Zo", "family_name": "Zhang"}, Event.STUDENT_SEARCHED)
PARENTS = Searched("/staff/parents/", {"first_name": "Zo", "last_name": "Zhang"}, Event.PARENT_SEARCHED)


def child(name: str, school: School) -> Guardianship:
    """A student, whose guardian has the same name."""
    return make.link(make.student(name, "Zhang", school), make.guardian(name, "Zhang"))


def register(guardianship: Guardianship) -> Account:
    """The guardian's account, under the same name."""
    guardian = guardianship.guardian
    account = make.account(f"{guardian.given_name.lower()}@home.example")
    Account.objects.filter(pk=account.pk).update(given_name=guardian.given_name, family_name=guardian.family_name)
    make.join(account, guardian, guardianship.student)
    return account


@pytest.fixture(params=["students", "guardians", "accounts"])
def searched(request: pytest.FixtureRequest, cast: Cast) -> Searched:
    """Zoe and Zora Zhang of Maple: as students, as guardians without an account, or as accounts."""
    for name in NAMES:
        guardianship = child(name, cast.maple)
        if request.param == "accounts":
            register(guardianship)
    return STUDENTS if request.param == "students" else PARENTS


def shown(client: Any, address: str) -> list[str]:
    page = client.get(address).content.decode()
    return sorted(set(SHOWN.findall(page)))


def leave(name: str) -> None:
    """Whoever is enrolled under this name leaves the school."""
    make.end(Student.objects.get(given_name=name, family_name="Zhang").enrolments.get(), at=NOW)


def test_it_is_the_search_that_is_on_record_however_often_the_list_is_opened(
    cast: Cast, visit: Any, searched: Searched
) -> None:
    olga = visit(cast.olga)
    address = searched.by(olga)
    assert shown(olga, address) == shown(olga, address) == list(NAMES)
    (entry,) = searched.entries(cast.olga)
    assert entry["found"] == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite does not say which transaction wrote a row")
def test_what_is_listed_and_its_entry_are_kept_in_one_commit(cast: Cast, visit: Any, searched: Searched) -> None:
    olga = visit(cast.olga)
    answer = olga.post(searched.address, searched.typed)
    assert "session" in answer.cookies  # which lasts from now on, as after every change
    with connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM audit_entry ORDER BY position DESC LIMIT 1")
        told = cursor.fetchone()
        cursor.execute("SELECT xmin::text FROM accounts_session WHERE account_id = %s", [cast.olga.pk])
        assert cursor.fetchall() == [told]


@pytest.mark.django_db(transaction=True)
def test_a_session_that_is_ended_meanwhile_keeps_no_list_but_the_search_is_on_record(
    cast: Cast, visit: Any, searched: Searched, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = visit(cast.olga)

    kept = typed.keep

    def keep(*told: Any, **found: Any) -> uuid.UUID:
        sessions.end_all(cast.olga)
        return kept(*told, **found)

    monkeypatch.setattr(typed, "keep", keep)
    assert olga.post(searched.address, searched.typed).status_code == 400
    (entry,) = searched.entries(cast.olga)
    assert entry["found"] == 2 and not Session.objects.filter(account=cast.olga)


def test_whoever_is_out_of_reach_is_off_the_list_which_searched_anew(
    cast: Cast, visit: Any, searched: Searched
) -> None:
    olga = visit(cast.olga)
    address = searched.by(olga)
    child("Zola", cast.maple)
    leave("Zora")
    assert shown(olga, address) == ["Zoe", "Zola"]
    assert [each["found"] for each in searched.entries(cast.olga)] == [2, 2]


def test_it_is_the_list_of_the_schools_where_somebody_works_now(cast: Cast, visit: Any, searched: Searched) -> None:
    Grant.objects.create(
        account=cast.olga, role=Role.PARENT_ACCESS_ADMINISTRATOR, school_code=cast.cedar.code, valid_from=NOW
    )
    child("Zoltan", cast.cedar)
    olga = visit(cast.olga)
    olga.post("/staff/schools/", {"school": str(cast.maple.key)})
    address = searched.by(olga)
    assert shown(olga, address) == list(NAMES)
    olga.post("/staff/schools/all/")
    assert shown(olga, address) == ["Zoe", "Zoltan", "Zora"]
    olga.post("/staff/schools/", {"school": str(cast.cedar.key)})
    assert shown(olga, address) == ["Zoltan"]


def test_a_list_is_nobody_else_s(cast: Cast, visit: Any, searched: Searched) -> None:
    address = searched.by(visit(cast.olga))
    answer = visit(cast.otto).get(address)
    assert answer.status_code == 302 and answer.url in ("/staff/", "/staff/parents/")


def test_one_account_is_led_to_and_stands_on_the_trail_by_its_name(cast: Cast, visit: Any) -> None:
    account = register(child("Zoe", cast.maple))
    assert PARENTS.by(visit(cast.olga)) == f"/staff/parents/{account.key}/found/"
    entry = Entry.objects.get(actor=str(cast.olga.key), event=Event.PARENT_SEARCHED)
    assert (entry.account, Name.objects.get(subject=entry.account).name) == (str(account.key), "Zoe Zhang")


def test_a_list_of_accounts_is_cut_where_they_are_too_many(cast: Cast, visit: Any) -> None:
    for number in range(search.MOST + 1):
        register(child(f"Zo{number:03}", cast.maple))
    olga = visit(cast.olga)
    address = PARENTS.by(olga)
    page = olga.get(address).content.decode()
    assert len(shown(olga, address)) == search.MOST and "Type more of the name" in page


def test_a_list_that_was_cut_says_so_when_one_of_them_left(cast: Cast, visit: Any) -> None:
    for number in range(find_by_name.MOST + 3):
        make.student(f"Zo{number:03}", "Zhang", cast.maple)
    olga = visit(cast.olga)
    address = STUDENTS.by(olga)
    leave("Zo000")
    page = olga.get(address).content.decode()
    assert len(shown(olga, address)) == find_by_name.MOST and "type more of the name" in page


def test_who_registers_at_the_counter_is_on_the_list_as_an_account_then(cast: Cast, visit: Any) -> None:
    zoe, _zora = (child(name, cast.maple) for name in NAMES)
    olga = visit(cast.olga)
    address = PARENTS.by(olga)
    assert olga.get(address).content.decode().count("Not registered") == 2
    register(zoe)
    page = olga.get(address).content.decode()
    assert "zoe@home.example" in page and page.count("Not registered") == 1


def test_who_lost_a_wrong_tie_is_on_the_list_as_a_guardian_then(cast: Cast, visit: Any) -> None:
    zoe, _zora = (child(name, cast.maple) for name in NAMES)
    account = register(zoe)
    olga = visit(cast.olga)
    address = PARENTS.by(olga)
    assert olga.get(address).content.decode().count("Not registered") == 1
    account.ties.update(valid_until=NOW)
    account.associations.update(valid_until=NOW)
    page = olga.get(address).content.decode()
    assert page.count("Not registered") == 2 and "zoe@home.example" not in page


def test_a_list_by_email_sees_an_account_that_was_made_meanwhile(cast: Cast, visit: Any) -> None:
    make.link(cast.milo, make.guardian("Zoe", "Zhang", email="zoe@home.example"))
    olga = visit(cast.olga)
    address = str(olga.post(PARENTS.address, {"email": "zoe@home.example"}).url)
    assert "Not registered" in olga.get(address).content.decode()
    make.account("zoe@home.example")
    page = olga.get(address).content.decode()
    assert "Not registered" not in page and "zoe@home.example" in page
