"""What an Ed-Fi API says of what changed, and of one student."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openhouse.policy.values import Policy
from openhouse.sync.batches import BirthDate, Held, Pair, Person, Replaced, Role, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api import EdFi, changes, open_api
from openhouse.sync.sources.edfi_api.lookup import EdFiLookup, open_lookup
from openhouse.sync.sources.edfi_api.reading import Choices
from openhouse.sync.wire import Credentials, Limits
from tests.sync.sources.edfi_server import Api, about, enrolment, pair, person, school, serving_api, student, word
from tests.sync.sources.server import SECRET, Server, reply

QUICK = Limits(seconds=5, tries=2)
CLIENT = Credentials("", "client", SECRET)


@pytest.fixture(params=["5.2.0", "4.0.0"])
def api(request: pytest.FixtureRequest) -> Api:
    """A made-up district, with contacts and with parents."""
    return Api(request.param)


@pytest.fixture
def server(api: Api) -> Iterator[Server]:
    """The server of that district."""
    with serving_api(api) as server:
        yield server


@pytest.fixture
def since(server: Server, api: Api) -> Callable[..., EdFi]:
    """`since()` opens it for what changed since this fixture was made."""
    version = api.version
    return lambda version=version, **options: open_api(server.root, CLIENT, since=version, limits=QUICK, **options)


@pytest.fixture
def lookup(server: Server) -> EdFiLookup:
    """A lookup at that server."""
    return open_lookup(server.root, CLIENT, limits=QUICK)


def read(source: EdFi) -> list[Any]:
    """What a delta states; schools and agencies, which are always stated whole, left out."""
    memory = whole(source)
    return [row for _, batch in source.batches(Policy(), Notices(), memory) for row in batch]


def whole(source: EdFi) -> Memory:
    """A memory that knows the schools and agencies."""
    first = Memory()
    list(source.batches(Policy(), Notices(), first))
    known = {name: first.learnt[name] for name in changes.WHOLE}
    return Memory(lambda name: known.get(name, array("Q")))


def test_nothing_changed_and_nothing_is_said(since):
    source = since()
    assert read(source) == []
    assert {name for name, how in source.files.items() if how == "bulk"} == set(changes.WHOLE)


def test_the_position_is_where_the_next_one_begins(api, since):
    api.change("students", "S-1", firstName="Maia")
    assert since().position == api.version
    assert read(since(api.version)) == []


def test_somebody_new_is_stated(api, since):
    api.put("students", student("S-4", "Ada"))
    api.put("studentSchoolAssociations", enrolment("S-4", 1001))
    rows = read(since())
    assert [type(row) for row in rows] == [Replaced, Replaced, Person, BirthDate, Replaced, Role]
    assert rows[0] == Replaced("person", "student:S-4")


def test_a_changed_record_replaces_what_was_stated(api, since):
    api.change("studentContactAssociations", "S-1", "C-2", contactRestrictions="no contact")
    replaced, stated = read(since())
    assert replaced == Replaced("pair", "student:S-1", "contact:C-2")
    assert isinstance(stated, Pair)
    assert (stated.guardian, stated.restriction) == ("contact:C-2", "no contact")


def test_a_deleted_association_ends_the_guardianship(api, since):
    api.drop("studentContactAssociations", "S-1", "C-2")
    assert read(since()) == [Replaced("pair", "student:S-1", "contact:C-2")]


def test_what_was_deleted_and_made_again_is_there(api, since):
    api.drop("studentContactAssociations", "S-1", "C-2")
    api.put("studentContactAssociations", pair("S-1", "C-2", "Uncle"))
    *replaced, stated = read(since())
    assert set(replaced) == {Replaced("pair", "student:S-1", "contact:C-2")}
    assert stated.relation == "Uncle"


@pytest.mark.parametrize(
    ("name", "key", "replaced"),
    [
        ("contacts", ("C-2",), [Replaced("person", "contact:C-2"), Replaced("roles", "contact:C-2")]),
        ("students", ("S-3",), [Replaced("person", "student:S-3"), Replaced("birth", "student:S-3")]),
        ("staffs", ("E-1",), [Replaced("person", "staff:E-1")]),
        ("studentSchoolAssociations", ("S-1", 1001), [Replaced("role", "enrolment:S-1|1001|2026-08-13")]),
        ("staffEducationOrganizationAssignmentAssociations", ("E-1", 1001),
         [Replaced("role", "assignment:E-1|1001|Teacher|2020-08-01")]),
    ],
)  # fmt: skip
def test_a_deleted_record_ends_what_it_said(api, since, name, key, replaced):
    api.drop(name, *key)
    assert read(since()) == replaced


def test_a_role_that_ends_has_the_name_under_which_it_was_stated(api, since):
    first = open_api(since()._line.api.root, CLIENT, limits=QUICK)
    stated = {row.sourced_id for row in every(first) if isinstance(row, Role) and row.kind != "guardian"}
    api.drop("studentSchoolAssociations", "S-1")
    api.drop("staffEducationOrganizationAssignmentAssociations", "E-1")
    ended = {row.key for row in read(since()) if isinstance(row, Replaced) and row.kind == "role"}
    assert len(ended) == 2
    assert ended <= stated


def every(source: EdFi) -> list[Any]:
    """All rows."""
    return [row for _, batch in source.batches(Policy(), Notices(), Memory()) for row in batch]


@pytest.mark.parametrize("counted", [True, False])
def test_a_key_that_changed_replaces_the_old_one_and_states_the_new(api, since, counted):
    record = api.record("students", "S-3")
    api.rename("students", record, studentUniqueId="S-33")
    if counted:
        record["version"] = api.version
    rows = read(since())
    assert [row.key for row in rows if isinstance(row, Replaced) and row.kind == "person"] == [
        "student:S-3",
        "student:S-33",
    ]
    assert [row.sourced_id for row in rows if isinstance(row, Person)] == ["student:S-33"]


@pytest.mark.parametrize("counted", [True, False])
def test_an_entry_date_that_changed_is_another_role(api, since, counted):
    record = api.record("studentSchoolAssociations", "S-1")
    api.rename("studentSchoolAssociations", record, entryDate="2026-08-20")
    if counted:
        record["version"] = api.version
    *replaced, role = read(since())
    assert Replaced("role", "enrolment:S-1|1001|2026-08-13") in replaced
    assert (role.sourced_id, role.begin_date) == ("enrolment:S-1|1001|2026-08-20", "2026-08-20")


def test_an_association_that_changed_states_its_student_anew(api, since):
    english = {"languageDescriptor": word("Language", "eng")}
    api.put("studentEducationOrganizationAssociations", about("S-1", languages=[english]))
    maya = next(row for row in read(since()) if isinstance(row, Person))
    assert (maya.given_name, maya.home_language) == ("Maya", "en")


def test_a_student_who_changed_keeps_what_the_association_says(api, since):
    api.change("students", "S-1", firstName="Maia")
    maya = next(row for row in read(since()) if isinstance(row, Person))
    assert (maya.given_name, maya.home_language) == ("Maia", "es")


def test_an_association_that_is_gone_takes_its_facts_along(api, since):
    api.drop("studentEducationOrganizationAssociations", "S-1")
    maya = next(row for row in read(since()) if isinstance(row, Person))
    assert (maya.given_name, maya.home_language) == ("Maya", "")


def test_many_changed_students_are_read_from_the_whole_list(api, server, since, monkeypatch):
    monkeypatch.setattr(changes, "FEW", 1)
    for number in ("S-1", "S-2"):
        api.put("studentEducationOrganizationAssociations", about(number, languages=[]))
    people = [row for row in read(since()) if isinstance(row, Person)]
    assert {row.sourced_id: row.home_language for row in people} == {"student:S-1": "", "student:S-2": ""}
    assert not [each for each in server.asked if "studentUniqueId" in each.query]


def test_a_bad_pair_is_held_and_what_it_said_before_is_over(api, since):
    api.change("studentContactAssociations", "S-1", "C-2", legalGuardian="perhaps", contactRestrictions="no contact")
    aside, replaced, held = read(since())
    assert isinstance(aside, SetAside)
    assert replaced == Replaced("pair", "student:S-1", "contact:C-2")
    assert held == Held("pair", "student:S-1", "contact:C-2", "no contact")


def test_a_bad_person_is_held_and_not_replaced(api, since):
    api.change("contacts", "C-2", firstName="A" * 256)
    assert [type(row) for row in read(since())] == [SetAside, Held]


def test_a_bad_association_holds_its_student(api, since):
    wrong = {"educationOrganizationReference": {}}
    api.records["studentEducationOrganizationAssociations"].append(
        {**about("S-1"), **wrong, "version": api.version + 1, "id": "x"}
    )
    api.version += 1
    rows = read(since())
    assert {row.file for row in rows if isinstance(row, SetAside)} == {
        "students",
        "studentEducationOrganizationAssociations",
    }
    assert Held("person", "student:S-1") in rows
    assert not [row for row in rows if isinstance(row, Person)]


def test_an_end_that_cannot_be_read_refuses_the_source(api, since):
    api.drop("studentContactAssociations", "S-1", "C-2")
    api.told[-1][2]["keyValues"].pop("studentUniqueId")
    with pytest.raises(SourceRefused, match="Sync everything"):
        read(since())


def test_a_new_school_is_stated_with_what_changed(api, since):
    source = since()
    known = whole(source)
    api.put("schools", school(1003, "Ash School"))
    rows = [row for _, batch in source.batches(Policy(), Notices(), known) for row in batch]
    assert [row.sourced_id for row in rows] == ["school:1003"]


def test_everything_is_read_where_the_server_has_forgotten(api, since):
    api.oldest = 5
    source = since(2)
    assert set(source.files.values()) == {"bulk"}
    assert any("no longer knows" in text for text in source.noticed.warnings)


def test_everything_is_read_where_the_server_began_anew(api, since):
    assert set(since(api.version + 1).files.values()) == {"bulk"}


def test_everything_is_read_where_there_are_no_change_queries(api, since):
    api.changes = False
    source = since()
    assert (set(source.files.values()), source.position) == ({"bulk"}, None)
    assert len([row for row in every(source) if isinstance(row, Pair)]) == 4


@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("what", ["deletes", "keyChanges"])
def test_everything_is_read_where_ends_are_not_told(api, since, status, what):
    api.overrides[f"/data/v3/ed-fi/studentSchoolAssociations/{what}"] = lambda asked: reply({}, status)
    assert set(since().files.values()) == {"bulk"}


def test_a_change_while_it_is_read_is_said_now_and_the_next_time(api, since):
    api.change("contacts", "C-2", firstName="Leon")
    source = since()
    api.change("students", "S-1", firstName="Maia")
    assert [row.given_name for row in read(source) if isinstance(row, Person)] == ["Maia", "Leon"]
    assert [row.given_name for row in read(since(source.position)) if isinstance(row, Person)] == ["Maia"]


def find(lookup: EdFiLookup, number: str, seconds: float = 5) -> list[Any]:
    """What a lookup finds."""
    deadline = time.monotonic() + seconds
    return [row for batch in lookup.find(number, Policy(), Notices(), deadline=deadline) for row in batch]


def test_a_lookup_finds_one_student_with_all_that_belongs_to_them(api, server, lookup):
    api.change("studentContactAssociations", "S-1", "C-2", contactRestrictions="no contact")
    rows = find(lookup, " S-1 ")
    assert {row.sourced_id for row in rows if isinstance(row, Person)} == {"student:S-1", "contact:C-1", "contact:C-2"}
    assert {(row.person, row.org) for row in rows if isinstance(row, Role)} == {
        ("student:S-1", "school:1001"), ("contact:C-1", "lea:9"), ("contact:C-2", "lea:9"),
    }  # fmt: skip
    assert [row.restriction for row in rows if isinstance(row, Pair)] == ["", "no contact"]
    assert next(row.home_language for row in rows if isinstance(row, Person) and row.number) == "es"
    assert {row.digest for row in rows} == {0}
    assert len(server.asked) == 9  # the root, a token, four about the student, the district, two contacts


def test_a_lookup_of_nobody_finds_nothing(lookup):
    assert find(lookup, "S-9") == []
    assert find(lookup, "") == []


def test_a_lookup_takes_nobody_else_from_a_server_that_gives_everybody(api, lookup):
    for name in ("students", "studentContactAssociations", "contacts"):
        old = name.replace("contacts", "parents").replace("Contact", "Parent") if api.standard < "5" else name
        api.overrides[f"/data/v3/ed-fi/{old}"] = lambda asked, name=old: api.resource(name, {})
    rows = find(lookup, "S-3")
    assert {row.sourced_id for row in rows if isinstance(row, Person)} == {"student:S-3", "contact:C-3"}
    assert len([row for row in rows if isinstance(row, Pair)]) == 1


def test_a_lookup_holds_what_it_cannot_read(api, lookup):
    api.change("studentContactAssociations", "S-1", "C-2", legalGuardian="perhaps")
    assert Held("pair", "student:S-1", "contact:C-2") in find(lookup, "S-1")


def test_a_lookup_that_is_late_is_refused(api, lookup):
    def sleepy(asked: Any) -> Any:
        time.sleep(0.5)
        return reply([])

    api.overrides["/data/v3/ed-fi/students"] = sleepy
    with pytest.raises(SourceRefused):
        find(lookup, "S-1", seconds=0.3)


def test_a_lookup_asks_for_a_bounded_number_of_contacts(api, lookup):
    for number in range(31):
        api.put("contacts", person("contact", f"X-{number}", "Ada"))
        api.put("studentContactAssociations", pair("S-1", f"X-{number}"))
    with pytest.raises(SourceRefused, match="more than 30"):
        find(lookup, "S-1")


def test_a_local_number_cannot_be_looked_up(server):
    asking = open_lookup(server.root, CLIENT, choices=Choices(student_number_system="Local"))
    with pytest.raises(SourceRefused, match="student_number_system"):
        find(asking, "L-S-1")
