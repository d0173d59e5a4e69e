"""A district's Ed-Fi API comes in whole, page by page, and nobody who lies gets in."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openhouse.district.models import Employee, Guardian, Guardianship, School, Student
from openhouse.policy.values import Policy
from openhouse.sync import runs
from openhouse.sync.batches import Held, Pair, Person, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.report import Report
from openhouse.sync.sources import Notices
from openhouse.sync.sources.edfi_api import EdFi, open_api, pages
from openhouse.sync.sources.edfi_api.reading import Choices
from openhouse.sync.wire import Credentials, Limits
from tests.sync.export import BY, mirror, night
from tests.sync.sources.edfi_server import Api, about, enrolment, pair, serving_api, student, word
from tests.sync.sources.server import SECRET, Asked, Reply, Server, reply

QUICK = Limits(seconds=5, tries=2)
TOTALS = {"school": 2, "student": 3, "guardian": 3, "employee": 1, "guardianship": 4, "enrolment": 3}
STUDENTS = "/data/v3/ed-fi/students"


@pytest.fixture
def api() -> Api:
    """A made-up district of Data Standard 5."""
    return Api()


@pytest.fixture
def server(api: Api) -> Iterator[Server]:
    """The server of that district."""
    with serving_api(api) as server:
        yield server


@pytest.fixture
def source(server: Server) -> Callable[..., EdFi]:
    """`source()` opens it."""

    def source(root: str = "", **options: Any) -> EdFi:
        credentials = Credentials("", "client", SECRET)
        return open_api(root or server.root, credentials, limits=QUICK, **options)

    return source


def read(source: EdFi, memory: Memory | None = None) -> list[Any]:
    """All rows of a source."""
    return [row for _, batch in source.batches(Policy(), Notices(), memory or Memory()) for row in batch]


def refusal(source: Callable[[], EdFi]) -> str:
    """Why it is refused."""
    with pytest.raises(SourceRefused) as refused:
        read(source())
    text = str(refused.value)
    assert not [secret for secret in ("Maya", "S-1", SECRET, "token-") if secret in text]
    return text


@pytest.fixture
def land(db: None, source: Callable[..., EdFi]) -> Callable[..., Report]:
    """`land()` brings it in, each time a night later."""
    nights = itertools.count(1)
    return lambda **options: runs.land(source(**options), at=night(next(nights)), by=BY)


def test_a_whole_pull_lands(land):
    report = land()
    assert {name: counts.new for name, counts in report.entities.items()} == TOTALS
    assert (report.set_aside, report.warnings) == (0, [])
    assert report.read["students"] == 3


def test_facts_come_from_several_resources(land):
    land()
    maya = Student.objects.get(sourced_id="student:S-1")
    assert (maya.number, maya.birth_date.isoformat(), maya.home_language) == ("S-1", "2014-05-01", "es")
    held = maya.enrolments.get()
    assert (held.school.code, held.grade, held.begin_date.isoformat()) == ("1001", "05", "2026-08-13")
    assert Guardian.objects.get(sourced_id="contact:C-1").email == "ana@mail.example"
    assert Employee.objects.get(sourced_id="staff:E-1").email == "vera@district.example"
    assert School.objects.count() == 2


def test_the_same_again_changes_nothing(land):
    land()
    before = mirror()
    assert land().nothing_changed
    assert mirror() == before


def test_a_restriction_arrives(api, land):
    api.change("studentContactAssociations", "S-1", "C-2", contactRestrictions="no contact", legalGuardian=None)
    land()
    leo = Guardianship.objects.get(guardian__sourced_id="contact:C-2")
    assert (leo.restriction, leo.legal, leo.relation) == ("no contact", None, "Father")


def test_a_pair_that_is_gone_ends(api, land):
    land()
    api.drop("studentContactAssociations", "S-1", "C-2")
    land()
    assert Guardianship.objects.get(guardian__sourced_id="contact:C-2").valid_until == night(2)


def test_parents_of_data_standard_4_give_the_same_mirror():
    found = []
    for standard in ("4.0.0", "5.2.0", "6.1.0"):
        with serving_api(Api(standard)) as server:
            rows = read(open_api(server.root, Credentials("", "client", SECRET), limits=QUICK))
            assert server.count("/data/v3/ed-fi/parents") == (2 if standard == "4.0.0" else 0)
        found.append(rows)
    assert found[0] == found[1] == found[2]
    assert len([row for row in found[0] if isinstance(row, Pair)]) == 4


@pytest.mark.parametrize("cursors", [True, False])
@pytest.mark.parametrize("counts", [True, False])
def test_pages_are_read_to_the_last(api, source, cursors, counts):
    api.cursors, api.counts = cursors, counts
    for number in range(40):
        api.put("students", student(f"N-{number}", "Ada"))
    rows = read(source(choices=Choices(page_size=10)))
    assert len({row.sourced_id for row in rows if isinstance(row, Person)}) == 3 + 40 + 3 + 1


def test_cursors_are_used_where_the_server_has_them(api, server, source):
    api.cursors = True
    read(source(choices=Choices(page_size=2)))
    asked = [each.query for each in server.asked if each.path == STUDENTS]
    assert {"pageToken": "at-2", "pageSize": "2"} in asked
    assert not [query for query in asked if "offset" in query]


def test_a_server_may_give_fewer_records_a_page_than_it_was_asked_for(api, source):
    api.most = 2
    assert len([row for row in read(source()) if isinstance(row, Pair)]) == 4


def test_a_page_that_fails_once_is_asked_for_again(api, server, source):
    fails = iter([True])

    def answer(asked: Asked) -> Reply:
        if asked.query.get("offset") == "2" and next(fails, False):
            return reply({"message": "busy"}, 503, Retry_After="0")
        return api.resource("students", asked.query)

    api.overrides[STUDENTS] = answer
    people = {row.number for row in read(source(choices=Choices(page_size=2))) if isinstance(row, Person)}
    assert people >= {"S-1", "S-2", "S-3"}
    assert [each.query.get("offset") for each in server.asked if each.path == STUDENTS] == [None, None, "2", "2"]


def test_a_page_that_fails_for_good_refuses_the_source(api, source):
    api.overrides[STUDENTS] = lambda asked: reply({"correlationId": "a1b2c3"}, 500)
    assert "a1b2c3" in refusal(source)


def test_a_token_that_runs_out_is_renewed(api, source):
    def expire(asked: Asked) -> Reply:
        api.token += 1
        del api.overrides["/data/v3/ed-fi/contacts"]
        return reply({"type": "urn:ed-fi:api:security:authentication"}, 401)

    opened = source()
    api.overrides["/data/v3/ed-fi/contacts"] = expire
    assert len([row for row in read(opened) if isinstance(row, Pair)]) == 4


def test_a_right_that_is_missing_is_named(api, source):
    api.overrides["/data/v3/ed-fi/staffs"] = lambda asked: reply({"correlationId": "c0ffee"}, 403)
    assert "staffs" in refusal(source)


def test_nothing_is_asked_for_that_is_not_needed(server, source):
    read(source())
    asked = {each.path.rpartition("/")[2] for each in server.asked if each.path.startswith("/data")}
    assert asked == {
        "localEducationAgencies", "schools", "students", "contacts", "studentSchoolAssociations",
        "studentEducationOrganizationAssociations", "studentContactAssociations", "staffs",
        "staffEducationOrganizationAssignmentAssociations",
    }  # fmt: skip


def test_a_bad_record_is_set_aside_and_named(api, source):
    api.change("students", "S-2", birthDate="2012-02-30")
    rows = read(source())
    (aside,) = [row for row in rows if isinstance(row, SetAside)]
    assert (aside.file, aside.line, aside.column_name, aside.value) == ("students", 2, "birthDate", "2012-02-30")
    assert Held("person", "student:S-2") in rows
    assert "student:S-2" not in {row.sourced_id for row in rows if isinstance(row, Person)}


def test_a_bad_record_keeps_yesterdays_facts(api, land):
    land()
    api.change("studentContactAssociations", "S-1", "C-2", legalGuardian="perhaps", contactRestrictions="no contact")
    assert [group.column for group in land().groups] == ["legalGuardian"]
    leo = Guardianship.objects.get(guardian__sourced_id="contact:C-2")
    assert (leo.legal, leo.restriction, leo.valid_until) == (True, "no contact", None)


def test_what_is_remembered_is_not_yielded_again(api, source):
    first = Memory()
    read(source(), first)
    again = Memory(lambda name: first.learnt.get(name, array("Q")))
    assert read(source(), again) == []
    assert not again.gone


def test_an_association_that_changed_yields_its_student_anew(api, source):
    first = Memory()
    before = read(source(), first)
    english = {"languageDescriptor": word("Language", "eng")}
    api.put("studentEducationOrganizationAssociations", about("S-2", languages=[english]))
    again = Memory(lambda name: first.learnt.get(name, array("Q")))
    rows = read(source(), again)
    assert [row.home_language for row in rows if isinstance(row, Person)] == ["en"]
    old = {
        row.digest for row in before if "student:S-2" in (getattr(row, "person", ""), getattr(row, "sourced_id", ""))
    }
    assert set(again.gone) <= old
    assert len(again.gone) == 1


def test_a_sensitive_fact_that_changed_is_no_news(api, source):
    first = Memory()
    read(source(), first)
    api.change("studentEducationOrganizationAssociations", "S-1", hispanicLatinoEthnicity=False, races=[])
    assert read(source(), Memory(lambda name: first.learnt.get(name, array("Q")))) == []


@pytest.mark.parametrize("page", [[{"studentUniqueId": "S-1"}] * 2, [{"studentUniqueId": f"S-{n}"} for n in range(2)]])
def test_a_page_that_repeats_is_refused(api, source, page):
    api.overrides[STUDENTS] = lambda asked: reply(page)
    assert "again and again" in refusal(lambda: source(choices=Choices(page_size=2)))


def test_a_token_that_repeats_is_refused(api, source):
    numbers = itertools.count()
    api.overrides[STUDENTS] = lambda asked: reply([{"studentUniqueId": f"N{next(numbers)}"}], Next_Page_Token="same")
    assert "again and again" in refusal(source)


def test_a_server_that_hands_over_less_than_it_counted_is_refused(api, source):
    api.overrides[STUDENTS] = lambda asked: (
        reply([], Total_Count="900") if asked.query["limit"] == "0" else api.resource("students", asked.query)
    )
    assert "counted 900" in refusal(source)


@pytest.mark.parametrize("bound", ["MOST_PAGES", "MOST_RECORDS"])
def test_a_server_that_never_ends_is_refused(api, source, monkeypatch, bound):
    numbers = itertools.count()
    monkeypatch.setattr(pages, bound, 20)
    api.overrides[STUDENTS] = lambda asked: reply(
        [{"studentUniqueId": f"N{next(numbers)}"} for _ in range(2)], Next_Page_Token=f"at-{next(numbers)}"
    )
    assert "without an end" in refusal(source)


def test_a_school_without_a_district_is_where_its_guardians_belong(api, land):
    api.records["localEducationAgencies"].clear()
    assert land().entities["guardian"].new == 3


@pytest.mark.parametrize("answer", [{"message": "x"}, "<html>"])
def test_an_answer_that_is_no_list_is_refused(api, source, answer):
    api.overrides[STUDENTS] = lambda asked: reply(answer)
    assert "students" in refusal(source)


def test_a_record_that_is_no_object_is_set_aside(api, source):
    api.overrides[STUDENTS] = lambda asked: reply([5, *api.records["students"]])
    rows = read(source())
    assert [row.reason for row in rows if isinstance(row, SetAside)] == ["is no object"]
    assert Held("birth", "") in rows


@pytest.mark.parametrize("name", ["oauth", "dataManagementApi", "changeQueries"])
@pytest.mark.parametrize("address", ["https://elsewhere.example/x", "http://localhost:1/x", "//elsewhere.example/x"])
def test_an_address_on_another_host_is_not_asked(api, server, source, name, address):
    api.urls[name] = address
    refusal(source)
    assert {each.path for each in server.asked} == {"/"}


@pytest.mark.parametrize(
    "content", [{}, [], {"urls": {}, "dataModels": [{"name": "Ed-Fi", "version": "5.0.0"}]}, {"urls": {"oauth": 5}}]
)
def test_a_root_that_is_no_ed_fi_is_refused(api, source, content):
    api.overrides[""] = lambda asked: reply(content)
    refusal(source)


def test_a_root_that_leaves_the_tenant_open_is_refused(api, source):
    api.urls["dataManagementApi"] = "http://127.0.0.1/{tenant}/data/v3"
    assert "tenant" in refusal(source)


@pytest.mark.parametrize("version", ["2.0.0", "", "five"])
def test_an_unknown_data_standard_is_refused(api, source, version):
    api.standard = version
    assert "Data Standard" in refusal(source)


def test_a_resource_without_records_is_refused(api, source):
    api.records["students"].clear()
    assert "as if nobody were there" in refusal(source)


def test_the_snapshot_is_read_where_the_district_wants_it(api, server, source):
    api.snapshots = True
    read(source(choices=Choices(snapshot=True)))
    data = [each for each in server.asked if each.path.startswith("/data")]
    assert {each.headers.get("Use-Snapshot") for each in data} == {"true"}


def test_without_a_snapshot_the_live_data_is_read(api, source):
    opened = source(choices=Choices(snapshot=True))
    assert read(opened)
    assert any("snapshot" in warning for warning in opened.noticed.warnings)


def test_a_source_can_be_read_twice(source):
    opened = source()
    assert read(opened) == read(opened)
    assert opened.size == sum(done for done in (1, 2, 3, 3, 3, 2, 4, 1, 1))


def test_it_says_what_it_is(api, source):
    opened = source()
    assert opened.name == "Ed-Fi ODS/API"
    assert set(opened.files.values()) == {"bulk"}
    assert opened.position == api.version
    assert opened.written_at.tzinfo


def test_a_second_enrolment_is_another_role(api, land):
    api.put("studentSchoolAssociations", enrolment("S-1", 1002))
    api.put("studentContactAssociations", pair("S-2", "C-3", "Aunt"))
    assert land().entities["enrolment"].new == 4


@pytest.mark.parametrize("system", ["SSN", "Social Security Number"])
def test_a_social_security_number_is_no_student_id(source, system):
    assert "never read" in refusal(lambda: source(choices=Choices(student_number_system=system)))
