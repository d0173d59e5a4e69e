"""Find a Student: by number, by name, by name and birth date; and whom one opened last."""

from __future__ import annotations

import re
from typing import Any

import pytest

from openhouse.audit.events import Event
from openhouse.audit.models import Entry
from openhouse.pages.staff import find_by_name
from tests import cast as make
from tests.cast import NOW, Cast

BY_NAME = "/staff/by-name/"
GIVEN = re.compile(r'data-label="First Name"><a [^>]*><bdi>([^<]*)')


def search(client: Any, **typed: str) -> Any:
    answer = client.post(BY_NAME, {"given_name": "", "family_name": "", "birth_date": ""} | typed)
    is_list = answer.status_code == 302 and answer.url.startswith(BY_NAME)
    return client.get(answer.url) if is_list else answer


def names(answer: Any) -> list[str]:
    return GIVEN.findall(answer.content.decode())


@pytest.mark.parametrize(
    "typed", [{"family_name": "dÍaz"}, {"family_name": "Di"}, {"family_name": "DIAZ", "given_name": "c" + "É"}]
)
def test_accents_and_case_do_not_matter(cast: Cast, visit: Any, typed: dict[str, str]):
    found = names(search(visit(cast.olga), **typed))
    assert found == ["Celia", "Cesar"] if "given_name" in typed else len(found) == 6


def test_one_found_is_opened_and_on_record(cast: Cast, visit: Any):
    answer = search(visit(cast.olga), given_name="alm", family_name="reyes")
    assert answer.url == f"/staff/found/{cast.alma.key}/"
    assert Entry.objects.latest("position").student == str(cast.alma.key)


def test_a_birth_date_narrows_a_name_and_is_no_search_of_its_own(cast: Cast, visit: Any):
    make.student("Cora", "Diaz", cast.maple, birth_date=cast.alma.birth_date.replace(year=2012))
    one = search(visit(cast.olga), given_name="Cora", birth_date="2012-" + f"{cast.alma.birth_date:%m-%d}")
    assert one.status_code == 302
    assert b"at least 2 characters" in search(visit(cast.olga), birth_date="2012-03-28").content


def test_a_birth_date_that_does_not_fit_is_not_said_of_the_name(cast: Cast, visit: Any):
    page = search(visit(cast.olga), given_name="Alma", birth_date="2001-01-01").content
    assert b"No student of this name and date of birth" in page and b"search without it" in page


@pytest.mark.parametrize(
    "typed", [{}, {"given_name": "A"}, {"family_name": " R "}, {"given_name": "Al", "family_name": "R"}]
)
def test_two_characters_at_least(cast: Cast, visit: Any, typed: dict[str, str]):
    answer = search(visit(cast.olga), **typed)
    assert answer.status_code == 200 and b"Enter at least 2 characters" in answer.content and not names(answer)


def test_only_students_of_their_own_schools_are_found(cast: Cast, visit: Any):
    assert b"No student of this name" in search(visit(cast.ben), given_name="Alma").content
    assert search(visit(cast.hank), given_name="Alma", family_name="Reyes").status_code == 302
    assert search(visit(cast.rhea), given_name="Alma").status_code == 404


def test_two_hundred_of_one_name_are_cut_and_it_says_so(cast: Cast, visit: Any):
    for number in range(find_by_name.MOST + 1):
        make.student(f"Gil{number:03}", "García", cast.maple)
    answer = search(visit(cast.olga), family_name="garcia")
    assert len(names(answer)) == find_by_name.MOST and b"type more of the name" in answer.content


def test_whom_one_opened_last_stand_below_the_search(cast: Cast, visit: Any):
    olga = visit(cast.olga)
    assert names(olga.get("/staff/")) == []
    for student in (cast.alma, cast.bella, cast.alma):
        olga.get(f"/staff/students/{student.key}/pins/")
    assert names(olga.get("/staff/")) == ["Alma", "Bella"]
    assert names(visit(cast.otto).get("/staff/")) == []
    make.end(cast.bella.enrolments.get(), at=NOW)
    assert names(olga.get("/staff/")) == ["Alma"]


def test_a_search_that_finds_nobody_shows_nobody_whom_one_opened_before(cast: Cast, visit: Any):
    olga = visit(cast.olga)
    olga.get(f"/staff/students/{cast.alma.key}/pins/")
    by_number = olga.post("/staff/", {"student_number": "no such number"})
    for answer, says in (
        (by_number, b"No student with this Student ID"),
        (search(olga, family_name="zz"), b"No student of this name"),
    ):
        assert says in answer.content and names(answer) == []


def test_no_name_stands_in_the_trail(cast: Cast, visit: Any):
    search(visit(cast.olga), family_name="diaz")
    last = Entry.objects.latest("position")
    assert (last.event, last.student, last.detail) == (Event.STUDENT_SEARCHED, "", {"found": 6})


def test_a_list_has_an_address_of_its_own_that_says_nothing_and_opens_for_who_searched(cast: Any, visit: Any) -> None:
    client = visit(cast.hank)
    typed = {"given_name": "", "family_name": "Diaz", "birth_date": ""}
    address = client.post(BY_NAME, typed).url
    assert names(client.get(address)) == names(client.get(address)) != []
    assert "iaz" not in address and visit(cast.hank).get(address).url == "/staff/"


def test_the_last_five_lists_stay(cast: Any, visit: Any) -> None:
    client = visit(cast.hank)
    made = [client.post(BY_NAME, {"given_name": "", "family_name": "Di", "birth_date": ""}).url for _search in range(6)]
    assert [client.get(each).status_code for each in made] == [302, 200, 200, 200, 200, 200]
