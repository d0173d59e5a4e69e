"""OneRoster 1.2 over REST: the same district as its files would bring in, in whatever way a provider pages it."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openhouse.district.models import Enrolment, Guardian, Guardianship, Student
from openhouse.policy.values import Policy
from openhouse.sync import runs
from openhouse.sync.batches import Held, Link, Pair, Person, Replaced, Role, SetAside
from openhouse.sync.memory import Memory
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.report import Report
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_rest import Asked, OneRosterRest
from openhouse.sync.sources.oneroster_rest.readers import UserRecords
from openhouse.sync.sources.oneroster_rest.reading import Reading as RecordsReading
from tests.sync.export import BY, Export, Sync, mirror, night, role
from tests.sync.sources.oneroster_rest import Provider, open_at, provider, spoiled, users
from tests.sync.sources.server import SECRET, Reply, reply, serving
from tests.sync.sources.server import Asked as Request

PAGINGS: list[dict[str, Any]] = [
    {},
    {"links": False},
    {"totals": False},
    {"links": False, "totals": False},
    {"most": 100},
    {"most": 1, "links": False},
]


class Reading:
    """A source read to its end."""

    def __init__(self, source: OneRosterRest, memory: Memory | None = None, policy: Policy | None = None) -> None:
        self.memory, self.notices = memory or Memory(), Notices()
        self.batches = list(source.batches(policy or Policy(), self.notices, self.memory))
        self.rows = [row for _, batch in self.batches for row in batch]

    def of(self, kind: type) -> list[Any]:
        return [row for row in self.rows if isinstance(row, kind)]

    def again(self) -> Memory:
        learnt = self.memory.learnt
        return Memory(lambda file: learnt.get(file, array("Q")))


def read(export: Export, change: Callable[[Any], Any] | None = None, path: str = "/users", **options: Any) -> Reading:
    """Read an export over REST, with one resource's answers changed."""

    def bend(asked: Request, answer: Reply) -> Reply:
        return (
            spoiled(answer, change) if change and asked.path.endswith(path) and asked.query["limit"] != "1" else answer
        )

    memory, policy = options.pop("memory", None), options.pop("policy", None)
    with serving(Provider(export, most=100, bend=bend).answer) as server:
        return Reading(open_at(server, **options), memory, policy)


def each(name: str, **properties: Any) -> Callable[[Any], None]:
    """Set properties of the record with that sourcedId."""

    def change(content: Any) -> None:
        for record in next(iter(content.values())):
            if record["sourcedId"] == name:
                record.update(properties)

    return change


def land_rest(export: Export, number: int = 1, **paging: Any) -> Report:
    """Bring it in over REST on the n-th night."""
    with serving(Provider(export, **paging).answer) as server:
        return runs.land(open_at(server), at=night(number), by=BY)


@pytest.mark.django_db
@pytest.mark.parametrize("paging", PAGINGS, ids=str)
def test_it_brings_in_what_the_files_would(export: Export, sync: Sync, paging: dict[str, Any]) -> None:
    from django.db import transaction

    export.set("guardianships.csv", "maya leo", restriction="no contact", beginDate="2020-01-01")
    export.set("roles.csv", "role-maya", beginDate="2026-08-13", endDate="2027-06-10")
    export.set("orgs.csv", "oak", **{"metadata.principal": "Sam Field", "metadata.telephone": "818-555-0142"})
    with transaction.atomic():
        report = sync(export)
        files = {name: counts.new for name, counts in report.entities.items()}
        expected = bare_facts()
        transaction.set_rollback(True)
    report = land_rest(export, **paging)
    assert {name: counts.new for name, counts in report.entities.items()} == files
    assert bare_facts() == expected
    assert (report.set_aside, report.warnings) == (0, [])


def bare_facts() -> dict[str, list[list[Any]]]:
    """The facts of the mirror, rows named by sourcedIds and not by numbers."""
    from openhouse.district import mirror as district

    found = {}
    for entity in district.ENTITIES:
        keys = (key if key == "sourced_id" else key.removesuffix("_id") for key in entity.keys)
        names = [*keys, *entity.facts]
        rows = entity.model.objects.all()
        found[entity.name] = sorted(
            [str(getattr(value, "sourced_id", value)) for value in (getattr(row, name) for name in names)]
            for row in rows
        )
    return found


@pytest.mark.django_db
def test_the_same_district_changes_nothing_the_next_night(export: Export) -> None:
    land_rest(export)
    before = mirror()
    assert land_rest(export, 2).nothing_changed
    assert mirror() == before


@pytest.mark.django_db
def test_it_goes_on_from_where_the_files_stood(export: Export, sync: Sync) -> None:
    sync(export)
    before = mirror()
    with provider(export) as source:
        assert runs.land(source, at=night(2), by=BY).nothing_changed
    assert mirror() == before


@pytest.mark.django_db
def test_a_restriction_set_in_metadata_restricts(export: Export) -> None:
    land_rest(export)
    land_rest(export.set("guardianships.csv", "maya ana", restriction="no contact"), 2)
    assert Guardianship.objects.get(student__sourced_id="maya", guardian__sourced_id="ana").restriction == "no contact"


@pytest.mark.django_db
def test_who_is_gone_is_ended(export: Export) -> None:
    land_rest(export)
    export.drop("users.csv", "leo").drop("roles.csv", "role-leo").drop("guardianships.csv", "maya leo")
    land_rest(export.set("users.csv", "maya", agentSourcedIds="ana"), 2)
    assert Guardian.objects.get(sourced_id="leo").valid_until == night(2)


def test_it_says_what_it_states(export: Export) -> None:
    with provider(export) as source:
        reading = Reading(source)
    assert source.name == "OneRoster 1.2 REST"
    assert source.files == dict.fromkeys(("orgs.csv", "users.csv", "demographics.csv", "guardianships.csv"), "bulk")
    assert set(reading.memory.learnt) == set(source.files)
    assert reading.notices.read == {"orgs.csv": 3, "users.csv": 7, "demographics.csv": 3, "guardianships.csv": 4}
    assert (source.size, reading.batches[-1][0]) == (13, 13)


@pytest.mark.parametrize("paging", [{}, {"totals": False}])
def test_progress_rises_to_the_size(export: Export, paging: dict[str, Any]) -> None:
    with serving(Provider(export, **paging).answer) as server:
        source = open_at(server)
        done = [count for count, _ in Reading(source).batches]
    assert done == sorted(done)
    assert 0 < done[-1] <= source.size


def test_what_is_remembered_is_not_yielded_again(export: Export) -> None:
    first = read(export)
    again = read(export, memory=first.again())
    assert (again.rows, set(again.memory.gone)) == ([], set())


def test_a_new_instant_of_change_alone_is_no_news(export: Export) -> None:
    first = read(export)
    assert read(export, each("ana", dateLastModified="2026-11-19T00:00:00.000Z"), memory=first.again()).rows == []


def test_a_changed_person_yields_what_concerns_them_alone(export: Export) -> None:
    first = read(export)
    second = read(export.set("users.csv", "kim", email="kim@mail.example"), memory=first.again())
    assert {type(row) for row in second.rows} == {Person, Role, Link}
    assert len({row.digest for row in second.rows}) == len(second.memory.gone) == 1


def test_no_password_is_read(export: Export) -> None:
    reading = read(export)
    assert SECRET not in repr((reading.rows, reading.notices.warnings))
    assert "078-05-1120" not in repr((reading.rows, reading.notices.warnings))
    with pytest.raises(SourceRefused, match="never read"):
        read(export, policy=Policy(student_number_column="password"))


@pytest.mark.parametrize(
    ("column", "properties"),
    [
        ("userMasterIdentifier", {"userMasterIdentifier": "S-77"}),
        ("metadata.localId", {"metadata": {"localId": "S-77"}}),
        ("userIds", {"userIds": [{"type": "local", "identifier": "S-77"}]}),
    ],
)
def test_the_student_id_may_stand_elsewhere(export: Export, column: str, properties: dict[str, Any]) -> None:
    reading = read(export, each("maya", **properties), policy=Policy(student_number_column=column))
    assert next(row for row in reading.of(Person) if row.sourced_id == "maya").number == "S-77"


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"email": 7}, "email", "7"),
    ({"givenName": ["Ana"]}, "givenName", ""),
    ({"familyName": "a" * 256}, "familyName", "a" * 255),
    ({"familyName": "Lo\npez"}, "familyName", "Lo\npez"),
    ({"familyName": "\ud800"}, "familyName", "?"),
    ({"familyName": ""}, "familyName", ""),
    ({"identifier": True}, "identifier", "true"),
    ({"enabledUser": "perhaps"}, "enabledUser", "perhaps"),
    ({"status": "gone"}, "status", "gone"),
    ({"metadata": "text"}, "metadata", ""),
    ({"metadata": {"addressCity": {}}}, "metadata.addressCity", ""),
    ({"roles": None}, "roles", ""),
    ({"roles": {}}, "roles", ""),
    ({"roles": [7]}, "roles", ""),
    ({"roles": [{"role": "parent"}]}, "roles.org", ""),
    ({"roles": [{"role": "king", "org": {"sourcedId": "oak"}}]}, "roles.role", "king"),
    ({"roles": [{"role": "parent", "org": {"sourcedId": "oak"}, "endDate": "2026-02-30"}]}, "roles.endDate", "2026-02-30"),
    ({"agents": "maya,theo,"}, "agents", "maya,theo,"),
    ({"agents": [{"sourcedId": 5}]}, "agents", ""),
]  # fmt: skip


@pytest.mark.parametrize(("properties", "column", "value"), FAULTS, ids=lambda it: str(it)[:40])
def test_a_record_that_breaks_a_rule_is_set_aside_whole(
    export: Export, properties: dict[str, Any], column: str, value: str
) -> None:
    reading = read(export, each("ana", **properties))
    (aside,) = reading.of(SetAside)
    assert (aside.file, aside.line, aside.column_name, aside.value) == ("users.csv", 4, column, value)
    assert reading.of(Held)[0] == Held("person", "ana")
    assert not [row for row in reading.rows if getattr(row, "digest", 0) == aside.digest and row != aside]
    assert aside.digest not in reading.memory.learnt["users.csv"]
    assert len(reading.of(Person)) == 6


def guardianships(*pairs: Any) -> Callable[[Any], None]:
    """Maya's record with these pairs."""
    return each("maya", metadata={"guardianships": list(pairs)})


@pytest.mark.parametrize(
    ("found", "column", "held"),
    [
        ({"guardianSourcedId": "ana", "priority": "first", "restriction": "no contact"}, "priority", "no contact"),
        ({"guardianSourcedId": "ana", "restriction": ["no contact"]}, "restriction", "unreadable"),
        ({"guardianSourcedId": "ana", "restriction": True}, "restriction", "unreadable"),
        ({"guardianSourcedId": "ana", "restriction": "\ud800"}, "restriction", "unreadable"),
        ({"guardianSourcedId": "ana", "restriction": "x" * 300}, "restriction", "unreadable"),
        ({"guardianSourcedId": "ana", "legal": "perhaps"}, "legal", ""),
        ({"guardianSourcedId": "ana", "studentSourcedId": "theo"}, "studentSourcedId", ""),
    ],
)
def test_a_pair_that_breaks_a_rule_restricts_all_the_same(export: Export, found: Any, column: str, held: str) -> None:
    reading = read(export, guardianships(found))
    (aside,) = reading.of(SetAside)
    assert aside.column_name == f"metadata.guardianships.{column}"
    assert reading.of(Held) == [Held("person", "maya"), Held("pair", "maya", "ana", held)]


@pytest.mark.parametrize("found", [7, "no contact", None, {"restriction": "no contact"}, {"guardianSourcedId": 5}])
def test_a_pair_without_a_guardian_may_be_any_of_the_student(export: Export, found: Any) -> None:
    held = read(export, guardianships(found)).of(Held)[1]
    assert held[:3] == ("pair", "maya", "")
    assert held.restriction == ("unreadable" if not isinstance(found, dict) else found.get("restriction", ""))


def test_guardianships_that_are_no_list_restrict_the_student_s_guardians(export: Export) -> None:
    for metadata in ({"guardianships": {"a": 1}}, {"guardianships": "no"}, "no contact"):
        held = read(export, each("maya", metadata=metadata)).of(Held)
        assert held == [Held("person", "maya"), Held("pair", "maya", "", "unreadable")]


def test_guardianships_that_nobody_spoke_of_are_refused(export: Export) -> None:
    with pytest.raises(SourceRefused, match="was not told to read it"):
        read(export, asked=Asked())


def test_guardianships_that_are_all_gone_are_refused(export: Export) -> None:
    export.rows["guardianships.csv"] = []
    with pytest.raises(SourceRefused, match="as if no restriction were left"):
        read(export)


def test_a_collection_with_nobody_in_it_is_refused(export: Export) -> None:
    for name in ("orgs", "users", "demographics"):
        bent = Export()
        bent.rows[f"{name}.csv"] = []
        with pytest.raises(SourceRefused, match=f"GET /{name}: no records"):
            read(bent)


def test_a_bad_org_and_a_bad_birth_date_are_held(export: Export) -> None:
    reading = read(export.set("demographics.csv", "maya", birthDate="2014-02-30"), each("oak", type=""), "/orgs")
    assert [(row.file, row.column_name) for row in reading.of(SetAside)] == [
        ("orgs.csv", "type"),
        ("demographics.csv", "birthDate"),
    ]
    assert reading.of(Held) == [Held("org", "oak"), Held("birth", "maya")]


def test_what_is_no_record_is_set_aside(export: Export) -> None:
    reading = read(export, lambda content: content["users"].__setitem__(0, "maya"))
    assert reading.of(SetAside)[0].reason == "is not an object"
    assert reading.of(Held) == [Held("pair", "", "", "unreadable")]


@pytest.mark.parametrize(
    ("properties", "warning"),
    [
        ({"enabledUser": True}, "enabledUser is a JSON boolean"),
        ({"status": None}, "record without a status"),
        ({"status": "tobedeleted"}, "taken as not there"),
        ({"agents": ["maya"]}, "agents: a sourcedId alone"),
        ({"roles": [{"role": "parent", "org": "district"}]}, "roles.org: a sourcedId alone"),
    ],
)
def test_what_cannot_be_mistaken_is_tolerated_and_told(
    export: Export, properties: dict[str, Any], warning: str
) -> None:
    reading = read(export, each("ana", **properties))
    assert reading.of(SetAside) == []
    assert [count for text, count in reading.notices.warnings.items() if warning in text] == [1]


def test_a_student_s_past_and_present_stays_are_roles_of_their_own(export: Export) -> None:
    export.add("roles.csv", role("maya", "student", "oak", sourcedId="r", beginDate="2024-08-13", endDate="2025-06-11"))
    found = [row for row in read(export).of(Role) if row.person == "maya"]
    assert [(row.sourced_id, row.kind, row.begin_date) for row in found] == [
        ("maya/0", "student", None),
        ("maya/1", "student", "2024-08-13"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("status", [403, 404])
def test_birth_dates_that_are_withheld_stay_as_they_were(export: Export, status: int) -> None:
    land_rest(export)

    def bend(asked: Request, answer: Reply) -> Reply:
        return reply({}, status) if asked.path.endswith("/demographics") else answer

    with serving(Provider(export, bend=bend).answer) as server:
        report = runs.land(open_at(server), at=night(2), by=BY, without=["demographics.csv"])
    assert report.nothing_changed
    assert ("GET /demographics is not allowed: birth dates are not stated", 1) in report.warnings
    assert Student.objects.get(sourced_id="maya").birth_date is not None


def test_the_least_is_asked_for(export: Export) -> None:
    with serving(Provider(export).answer) as server:
        Reading(open_at(server, asked=Asked(demographics=False, guardianships=True)))
    assert b"roster-core.readonly" in server.asked[0].body
    assert b"demographics" not in server.asked[0].body
    assert not [asked.path for asked in server.asked if "demographics" in asked.path]


SINCE = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)


def test_a_delta_asks_for_what_changed_since(export: Export) -> None:
    changed = {"ana": "2026-11-18T12:00:00.000Z", "leo": "2026-11-18T12:00:00.000Z", "oak": "2026-11-18T01:50:00.000Z"}
    with serving(Provider(export, changed=changed, removed={"leo"}).answer) as server:
        source = open_at(server, since=SINCE)
        reading = Reading(source)
    assert set(source.files.values()) == {"delta"}
    assert [(row.kind, row.key) for row in reading.of(Replaced)] == [
        ("org", "oak"), ("person", "ana"), ("roles", "ana"), ("person", "leo"), ("roles", "leo"),
    ]  # fmt: skip
    assert [row.sourced_id for row in reading.of(Person)] == ["ana"]
    assert not reading.memory.gone


def test_a_delta_without_changes_is_empty(export: Export) -> None:
    with provider(export, since=SINCE) as source:
        assert Reading(source).rows == []


def test_a_delta_s_bad_record_replaces_nothing(export: Export) -> None:
    export.set("guardianships.csv", "maya leo", priority="9")
    with serving(
        Provider(
            export,
            changed={"maya": "2026-11-19T00:00:00.000Z"},
            bend=lambda asked, answer: spoiled(answer, each("maya", email=7)) if "users" in asked.path else answer,
        ).answer
    ) as server:
        reading = Reading(open_at(server, since=SINCE))
    assert [row.kind for row in reading.of(Replaced)] == ["birth"]
    assert [row.column_name for row in reading.of(SetAside)] == ["email"]


def test_a_record_that_changes_under_a_delta_is_asked_for_again(export: Export) -> None:
    def twice(content: Any) -> None:
        content["users"] += [record | {"email": "other@mail.example"} for record in content["users"]]

    def bend(asked: Request, answer: Reply) -> Reply:
        return spoiled(answer, twice) if asked.path.endswith("/users") else answer

    with (
        serving(Provider(export, changed={"ana": "2026-11-19T00:00:00.000Z"}, bend=bend).answer) as server,
        pytest.raises(SourceRefused, match="changed while it was asked for"),
    ):
        Reading(open_at(server, since=SINCE))


def test_a_delta_of_pairs_replaces_them_with_the_student(export: Export) -> None:
    with serving(Provider(export, changed={"maya": "2026-11-19T00:00:00.000Z"}).answer) as server:
        reading = Reading(open_at(server, since=SINCE))
    assert {row.digest for row in reading.of(Pair)} == {row.digest for row in reading.of(Person)}
    assert len(reading.of(Pair)) == 2


@pytest.mark.django_db
def test_a_move_ends_one_enrolment_and_begins_another(export: Export) -> None:
    land_rest(export)
    land_rest(export.set("roles.csv", "role-maya", orgSourcedId="elm"), 2)
    found = {row.school.code: row.valid_until for row in Enrolment.objects.filter(student__sourced_id="maya")}
    assert found == {"1001": night(2), "1002": None}


@pytest.mark.django_db
def test_two_records_of_one_person_that_differ_are_both_set_aside(export: Export) -> None:
    land_rest(export)

    def twice(content: Any) -> None:
        content["users"].append(content["users"][0] | {"givenName": "Somebody", "agents": [], "metadata": {}})

    def bend(asked: Request, answer: Reply) -> Reply:
        bent = asked.path.endswith("/users") and asked.query["limit"] != "1"
        return Reply(200, spoiled(answer, twice).body) if bent and asked.query["offset"] == "0" else answer

    before = mirror()
    with serving(Provider(export, most=100, bend=bend, links=False, totals=False).answer) as server:
        report = runs.land(open_at(server), at=night(2), by=BY)
    assert {group.reason for group in report.groups} >= {
        "stands twice with different facts, and nobody can tell which are true"
    }
    assert mirror() == before


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
PROPERTIES = (
    "sourcedId", "status", "enabledUser", "givenName", "familyName", "identifier", "email", "grades", "roles", "agents",
    "metadata",
)  # fmt: skip


@given(name=st.sampled_from(PROPERTIES), value=ANYTHING, within=st.sampled_from(["", "pairs", "pair", "role", "org"]))
def test_whatever_a_record_holds_is_read_or_set_aside(name: str, value: Any, within: str) -> None:
    record = users(Export().rows)[0]
    match within:
        case "pairs":
            record["metadata"]["guardianships"] = value
        case "pair":
            record["metadata"]["guardianships"][0]["restriction"] = value
        case "role":
            record["roles"][0]["role"] = value
        case "org":
            record["roles"][0]["org"] = value
        case _:
            record[name] = value
    notices, memory = Notices(), Memory()
    reading = RecordsReading("users.csv", UserRecords(Policy(), notices, with_pairs=True), notices, is_delta=False)
    with memory.reading("users.csv") as remembered:
        rows = [row for batch in reading.batches([record], remembered) for row in batch]
    good = [row for row in rows if not isinstance(row, SetAside | Held)]
    assert not (good and any(isinstance(row, SetAside) for row in rows))
    if any(isinstance(row, SetAside) for row in rows) and within in ("pairs", "pair"):
        assert [row for row in rows if isinstance(row, Held) and row.kind == "pair"]
    repr(rows).encode()
