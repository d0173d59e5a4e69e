"""<SIS name> Lookup: from Pin Details and from the not-found message, what each row offers, and what is said when asking fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client

from openhouse.access import pins
from openhouse.access.models import Pin
from openhouse.accounts import actor
from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.district.models import Guardianship, Student
from openhouse.sync import catalogue, lookups
from openhouse.sync.batches import BirthDate, Link, Pair, Person, Role, Row
from openhouse.sync.refusals import LookupHeld, SourceRefused, SyncHeld
from openhouse.sync.wire import AnswerRefused
from tests import cast as make
from tests.cast import NOW, Cast


def person(sourced_id: str, given: str, family: str, number: str = "") -> Person:
    return Person(0, 0, sourced_id, given, "", family, number, "", "", "", "", "", "", "", "", "", "", "04")


def is_a(sourced_id: str, kind: str, org: str, end: str | None = None) -> Role:
    return Role("users", 0, 0, f"role-{sourced_id}-{org}", sourced_id, kind, kind, org, "", None, end)


class Sis:
    """A SIS that can be asked, and knows Zoe and whoever else it is told of. `fails` is raised instead of an answer."""

    name, complete, asked_at = "a SIS", False, None

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.fails: Exception | None = None
        self.numbers: list[str] = []

    def find(self, number: str, policy: Any, notices: Any, *, deadline: float) -> Iterator[Sequence[Row]]:
        self.numbers.append(number)
        if self.fails:
            raise self.fails
        yield from ([row] for row in self.rows)

    def enrols(self, student: Person, org: str, *guardians: Person, end: str | None = None, **facts: Any) -> None:
        """A student with guardians, flagged as legal unless told otherwise."""
        self.rows += [student, is_a(student.sourced_id, "student", org, end)]
        if born := facts.pop("born", "2016-03-28"):
            self.rows.append(BirthDate(0, 0, student.sourced_id, born))
        legal, restriction = facts.pop("legal", True), facts.pop("restriction", "")
        for each in guardians:
            self.rows += [
                each,
                is_a(each.sourced_id, "guardian", "district"),
                Link(0, 0, student.sourced_id, each.sourced_id),
            ]
            pair = (student.sourced_id, each.sourced_id, "mother", legal, True, None, 1, restriction, None, None)
            self.rows.append(Pair(0, 0, *pair))

    def knows_alma(self, cast: Cast, *newcomers: Person, **facts: Any) -> None:
        """Alma as the portal has her, with whoever came to her since."""
        alma = person(cast.alma.sourced_id, "Alma", "Reyes", cast.alma.number)
        self.enrols(alma, cast.maple.sourced_id, *newcomers, **facts)


@pytest.fixture
def sis(monkeypatch: pytest.MonkeyPatch) -> Sis:
    made = Sis()
    monkeypatch.setattr(catalogue, "open_lookup", lambda: made)
    return made


ZOE, ZARA = person("zoe", "Zoe", "Zamora", "Z-1"), person("zara", "Zara", "Zamora")
QA30 = person("qa30", "Quentin", "Reyes")


def look_up(client: Any, student: Student) -> str:
    return words(client.post(f"/staff/students/{student.key}/lookup/"))


def type_in(client: Any, number: str) -> str:
    return words(client.post("/staff/lookup/", {"student_number": number}))


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def row(page: str, name: str) -> str:
    """The row of the popup's table that holds a name."""
    return next(each for each in page.split("<tr>") if name in each)


def test_every_student_id_that_is_not_found_can_be_looked_up(cast: Cast, visit: Any) -> None:
    for typed in ("Z-1", cast.abel.number, cast.will.number):
        page = words(visit(cast.olga).post("/staff/", {"student_number": typed}))
        assert "the SIS Lookup" in page and f'name="student_number" value="{typed}"' in page


def test_a_family_that_enrolled_an_hour_ago_is_found_and_has_a_way_on(cast: Cast, visit: Any, sis: Sis) -> None:
    sis.enrols(ZOE, cast.maple.sourced_id, ZARA)
    olga = visit(cast.olga)
    page = type_in(olga, " z-1 ")
    zoe = Student.objects.get(sourced_id="zoe")
    assert f"/staff/found/{zoe.key}/" in page and "Add To Parent Portal" in row(page, "Zara Zamora")
    assert "Pin Details" in words(olga.get(f"/staff/found/{zoe.key}/"))
    assert sis.numbers == ["Z-1"]


@pytest.mark.parametrize("school", ["cedar", None])
def test_of_another_school_or_nowhere_reads_as_not_found(cast: Cast, visit: Any, sis: Sis, school: str | None) -> None:
    if school:
        sis.enrols(ZOE, getattr(cast, school).sourced_id, ZARA)
    page = type_in(visit(cast.olga), "Z-1")
    assert "No student with this Student ID is enrolled at your schools." in page and "Zara" not in page
    assert not Student.objects.filter(sourced_id="zoe").exists()


def test_a_student_who_left_meanwhile_reads_as_not_found(cast: Cast, visit: Any, sis: Sis) -> None:
    sis.knows_alma(cast, QA30, end=NOW.date().isoformat())
    page = look_up(visit(cast.olga), cast.alma)
    assert "No student with this Student ID" in page and "Quentin" not in page


def test_the_help_desk_looks_up_anywhere_and_adds_nobody(cast: Cast, visit: Any, sis: Sis) -> None:
    sis.enrols(ZOE, cast.cedar.sourced_id, ZARA)
    assert "The school adds them" in row(type_in(visit(cast.hank), "Z-1"), "Zara")
    added = Guardianship.objects.get(guardian__sourced_id="zara")
    assert visit(cast.hank).post(f"/staff/guardianships/{added.key}/add/").status_code == 404


def test_who_had_a_pin_made_or_is_registered_is_in_the_portal(cast: Cast, visit: Any, sis: Sis) -> None:
    sis.knows_alma(cast, QA30)
    make.give(cast.ana_of_alma)
    make.join(cast.arturo_account, cast.arturo, cast.alma)
    page = look_up(visit(cast.olga), cast.alma)
    for name in ("Ana Reyes", "Arturo Reyes"):
        assert "Parent in Parent Portal" in row(page, name) and "Add To" not in row(page, name)
    assert "Add To Parent Portal" in row(page, "Quentin Reyes")


def test_an_account_that_has_another_child_is_not_registered_for_this_one(cast: Cast, visit: Any, sis: Sis) -> None:
    sis.knows_alma(cast)
    make.join(cast.ana_account, cast.ana, cast.abel)
    make.associate(cast.arturo_account, cast.alma)
    page = look_up(visit(cast.olga), cast.alma)
    assert "Add To Parent Portal" in row(page, "Ana Reyes")
    assert "Add To Parent Portal" in row(page, "Arturo Reyes")


def test_adding_makes_the_pin_and_leads_to_the_new_row(cast: Cast, visit: Any, sis: Sis) -> None:
    sis.knows_alma(cast, QA30)
    olga = visit(cast.olga)
    look_up(olga, cast.alma)
    quentin = Guardianship.objects.get(guardian__sourced_id="qa30")
    answer = olga.post(f"/staff/guardianships/{quentin.key}/add/")
    assert answer.url == f"/staff/students/{cast.alma.key}/pins/#print-{quentin.key}"
    page = words(olga.get(answer.url))
    assert "Quentin Reyes was added" in page and f'id="print-{quentin.key}"' in page
    assert pins.state(pins.newest(quentin), NOW) is pins.State.LIVE
    events = list(Entry.objects.order_by("-position").values_list("event", "guardian")[:3])
    assert (Event.GUARDIAN_ADDED, str(quentin.guardian.key)) in events
    assert "Parent in Parent Portal" in row(look_up(olga, cast.alma), "Quentin")


def test_pressing_add_twice_makes_one_pin(cast: Cast, visit: Any) -> None:
    olga, address = visit(cast.olga), f"/staff/guardianships/{cast.ana_of_alma.key}/add/"
    olga.post(address)
    assert "is in the Parent Portal already" in words(olga.post(address, follow=True))
    assert Pin.objects.filter(guardianship=cast.ana_of_alma).count() == 1
    assert Entry.objects.filter(event=Event.GUARDIAN_ADDED).count() == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"legal": False}, "not flagged as legal guardian"),
        ({"legal": None}, "not flagged as legal guardian"),
        ({"restriction": "no contact"}, "restricted in the SIS"),
        ({"restriction": "see file 12-B"}, "a restriction that the portal cannot read"),
        ({"born": "2008-01-01"}, "18 and holds the rights"),
        ({"born": ""}, "no date of birth"),
    ],
    ids=["not legal", "blank", "restricted", "held", "eighteen", "no birth date"],
)
def test_who_may_get_no_pin_says_why(cast: Cast, visit: Any, sis: Sis, facts: dict[str, Any], said: str) -> None:
    sis.enrols(ZOE, cast.maple.sourced_id, ZARA, **facts)
    page = type_in(visit(cast.olga), "Z-1")
    assert said in row(page, "Zara Zamora") and "Add To Parent Portal" not in page
    added = Guardianship.objects.get(guardian__sourced_id="zara")
    answer = visit(cast.olga).post(f"/staff/guardianships/{added.key}/add/")
    assert (answer.status_code, Pin.objects.count()) == (409, 0)
    assert Entry.objects.filter(event=Event.ACTION_REFUSED).count() == 1


def test_a_student_with_a_restriction_waits_for_a_second_person(cast: Cast, visit: Any) -> None:
    answer = visit(cast.olga).post(f"/staff/guardianships/{cast.berta_of_bella.key}/add/")
    assert answer.status_code == 409 and "a colleague has to agree first" in words(answer)
    assert Pin.objects.count() == 0


def test_nobody_adds_for_their_own_family(cast: Cast, visit: Any) -> None:
    answer = visit(cast.mia_at_work).post(f"/staff/guardianships/{cast.mia_of_milo.key}/add/")
    assert answer.status_code == 409 and "ask a colleague" in words(answer)


def test_a_guardian_of_another_school_s_student_is_not_added(cast: Cast, visit: Any) -> None:
    assert visit(cast.olga).post(f"/staff/guardianships/{cast.ana_of_abel.key}/add/").status_code == 404
    assert visit(cast.olga).post(f"/staff/students/{cast.abel.key}/lookup/").status_code == 404


@pytest.mark.parametrize(
    ("fails", "said"),
    [
        (AnswerRefused("GET /students: no answer came", 0), "the SIS did not answer"),
        (AnswerRefused("GET /students: answered 500", 500), "GET /students: answered 500"),
        (SyncHeld("A sync is bringing in the SIS's data. Try again in a minute."), "Try again in a minute"),
        (LookupHeld("The next sync has a person decide."), "has a person decide"),
    ],
)
def test_when_asking_fails_the_page_says_so_and_offers_the_mirror(
    cast: Cast, visit: Any, sis: Sis, fails: Exception, said: str
) -> None:
    sis.fails = fails
    answer = visit(cast.olga).post(f"/staff/students/{cast.alma.key}/lookup/")
    page = words(answer)
    assert answer.status_code == 409 and said in page.replace("&#x27;", "'") and "Ask again" in page
    assert f"/staff/students/{cast.alma.key}/pins/" in page


def test_a_slow_sis_is_said_to_be_slow(cast: Cast, visit: Any, sis: Sis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "SECONDS", 0.0)
    sis.fails = SourceRefused("It did not come in time.")
    page = type_in(visit(cast.olga), "Z-1")
    assert "gave no answer within 0 seconds" in page and 'value="Z-1"' in page


def test_without_a_sis_to_ask_the_page_says_so(cast: Cast, visit: Any) -> None:
    page = look_up(visit(cast.olga), cast.alma)
    assert "The SIS could not be asked" in page or "the SIS could not be asked" in page
    assert "Ask again" not in page


def test_an_empty_student_id_leads_back(cast: Cast, visit: Any, sis: Sis) -> None:
    assert visit(cast.olga).post("/staff/lookup/", {"student_number": " "}).url == "/staff/"
    assert sis.numbers == []


def test_looking_is_on_record_found_or_not(cast: Cast, visit: Any, sis: Sis) -> None:
    type_in(visit(cast.olga), "Z-1")
    sis.knows_alma(cast)
    look_up(visit(cast.olga), cast.alma)
    entries = Entry.objects.filter(event=Event.STUDENT_LOOKED_UP).order_by("position")
    assert [(each.actor, each.student) for each in entries] == [
        (str(cast.olga.key), ""), (str(cast.olga.key), str(cast.alma.key)),
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_one_student_looked_up_twice_at_once_comes_in_once(sis: Sis, transactional_db: None) -> None:
    cast = Cast()
    sis.enrols(ZOE, cast.maple.sourced_id, ZARA)
    gate, clients = threading.Barrier(2), [Client(), Client()]
    with mock.patch.object(actor, "address_of", return_value=""):
        for client, account in zip(clients, (cast.olga, cast.otto), strict=True):
            client.force_login(account, backend="openhouse.accounts.backends.EmployeeBackend")

    def ask(client: Client) -> int:
        try:
            gate.wait(timeout=20)
            return int(client.post("/staff/lookup/", {"student_number": "Z-1"}).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(ask, clients))
    assert set(answers) <= {200, 409} and 200 in answers
    assert Student.objects.filter(sourced_id="zoe").count() == 1
    assert Guardianship.objects.filter(guardian__sourced_id="zara").count() == 1
    assert Entry.objects.filter(event=Event.STUDENT_LOOKED_UP).count() == 2
