"""One student, asked for now over REST: whom the record names, and nobody else."""

from __future__ import annotations

import time
from typing import Any

import pytest

from openhouse.policy.values import Policy
from openhouse.sync.batches import BirthDate, Held, Link, Org, Pair, Person, Role, SetAside
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_rest import Asked
from openhouse.sync.sources.oneroster_rest.lookup import open_lookup
from openhouse.sync.wire import Credentials, Limits
from tests.sync.export import Export, person, role
from tests.sync.sources.oneroster_rest import BASE, EVERYTHING, Provider, spoiled
from tests.sync.sources.server import SECRET, Reply, Server, reply, serving
from tests.sync.sources.server import Asked as Request


class Found:
    """What a lookup brought, and what it asked for."""

    def __init__(self, server: Server, number: str, seconds: float, asked: Asked, policy: Policy) -> None:
        self.notices = Notices()
        lookup = open_lookup(server.root + BASE, Credentials(f"{server.root}/token", "client", SECRET), asked=asked)
        batches = list(lookup.find(number, policy, self.notices, deadline=time.monotonic() + seconds))
        assert all(len({type(row) for row in batch}) == 1 for batch in batches)
        self.rows: list[Any] = [row for batch in batches for row in batch]
        self.asked = [it.path.removeprefix(BASE) for it in server.asked]

    def of(self, kind: type) -> list[Any]:
        return [row for row in self.rows if isinstance(row, kind)]


def find(
    export: Export, number: str = "S-1", seconds: float = 5, asked: Asked = EVERYTHING, policy: Policy | None = None, **options: Any
) -> Found:  # fmt: skip
    """Look a student up at an honest provider."""
    with serving(Provider(export, **options).answer) as server:
        return Found(server, number, seconds, asked, policy or Policy())


def test_a_student_comes_with_guardians_birth_date_and_school(export: Export) -> None:
    found = find(export)
    assert [row.sourced_id for row in found.of(Person)] == ["maya", "ana", "leo"]
    assert {(row.person, row.kind, row.org) for row in found.of(Role)} == {
        ("maya", "student", "oak"), ("ana", "guardian", "district"), ("leo", "guardian", "district"),
    }  # fmt: skip
    assert {(row.owner, row.agent) for row in found.of(Link)} == {
        ("maya", "ana"), ("maya", "leo"), ("ana", "maya"), ("leo", "maya"),
    }  # fmt: skip
    assert [(row.guardian, row.legal) for row in found.of(Pair)] == [("ana", True), ("leo", False)]
    assert [row.birth_date for row in found.of(BirthDate)] == ["2014-05-01"]
    assert {row.sourced_id for row in found.of(Org)} == {"oak", "district"}
    assert {row.digest for row in found.rows} == {0}


def test_few_calls_are_made_and_nobody_else_is_asked_for(export: Export) -> None:
    assert find(export).asked == [
        "/token", "/students", "/users/ana", "/users/leo", "/demographics/maya", "/orgs/oak", "/orgs/district",
    ]  # fmt: skip


def test_a_number_that_nobody_has_brings_nothing(export: Export) -> None:
    found = find(export, "S-9")
    assert (found.rows, found.asked) == ([], ["/token", "/students"])


def test_a_quote_in_a_number_is_doubled(export: Export) -> None:
    assert find(export, "S' OR identifier='S-1").rows == []
    assert find(export.set("users.csv", "maya", identifier="O'1"), "O'1").of(Person)[0].sourced_id == "maya"


def test_a_provider_that_heeds_no_filter_tells_nothing_of_others(export: Export) -> None:
    def bend(asked: Request, answer: Reply) -> Reply:
        return reply({"users": Provider(export).collections["users"]}) if asked.path.endswith("/students") else answer

    assert find(export, "S-9", bend=bend).rows == []
    assert [row.sourced_id for row in find(export, "s-2", bend=bend).of(Person)] == ["theo", "ana"]
    assert find(export, "E-1", bend=bend).rows == []  # an employee's number


def test_several_students_with_one_number_are_refused(export: Export) -> None:
    with pytest.raises(SourceRefused, match="several students") as refused:
        find(export.set("users.csv", "theo", identifier="S-1"))
    assert "S-1" not in str(refused.value)


def test_a_link_of_one_side_is_followed_and_told(export: Export) -> None:
    found = find(export.set("users.csv", "leo", agentSourcedIds=""))
    assert [row.sourced_id for row in found.of(Person)] == ["maya", "ana", "leo"]
    assert [count for text, count in found.notices.warnings.items() if "does not name the student back" in text] == [1]


def test_it_is_told_that_some_guardians_cannot_be_found(export: Export) -> None:
    found = find(export.set("users.csv", "maya", agentSourcedIds="leo").drop("guardianships.csv", "maya ana"))
    assert [row.sourced_id for row in found.of(Person)] == ["maya", "leo"]
    assert any("only the nightly sync finds them" in text for text in found.notices.warnings)


def test_a_guardian_whom_a_pair_alone_names_is_followed(export: Export) -> None:
    found = find(export.set("users.csv", "maya", agentSourcedIds=""))
    assert [row.sourced_id for row in found.of(Person)] == ["maya", "ana", "leo"]


def test_a_guardian_who_is_not_there_is_told(export: Export) -> None:
    found = find(export.drop("users.csv", "leo"))
    assert [row.sourced_id for row in found.of(Person)] == ["maya", "ana"]
    assert found.notices.warnings["named, and not found in /users"] == 1


def test_a_bad_guardian_s_record_is_set_aside(export: Export) -> None:
    found = find(export.set("users.csv", "leo", enabledUser="perhaps"))
    assert found.of(Held) == [Held("person", "leo")]
    assert [(row.file, row.column_name, row.digest) for row in found.of(SetAside)] == [("users.csv", "enabledUser", 0)]


def test_more_guardians_than_can_be_asked_for_are_refused(export: Export) -> None:
    crowd = [f"g{number}" for number in range(21)]
    for name in crowd:
        export.add("users.csv", person(name, "Sam")).add("roles.csv", role(name, "guardian", "district"))
    with pytest.raises(SourceRefused, match="more than 20 people"):
        find(export.set("users.csv", "maya", agentSourcedIds=",".join(crowd)))


@pytest.mark.parametrize("key", ["..", "a/b", "a?b", "ä"])
def test_an_id_that_cannot_stand_in_an_address_is_not_asked_for(export: Export, key: str) -> None:
    found = find(export.set("users.csv", "maya", agentSourcedIds=f"ana,{key}").drop("guardianships.csv", "maya leo"))
    assert [path for path in found.asked if path.startswith("/users/")] == ["/users/ana"]


def test_another_record_than_the_one_asked_for_is_refused(export: Export) -> None:
    def bend(asked: Request, answer: Reply) -> Reply:
        return (
            spoiled(answer, lambda content: content["user"].update(sourcedId="kim"))
            if "/users/leo" in asked.path
            else answer
        )

    with pytest.raises(SourceRefused, match=r"GET /users/\{sourcedId\}: the answer is not the user") as refused:
        find(export, bend=bend)
    assert "leo" not in str(refused.value)


def test_birth_dates_that_are_withheld_are_told(export: Export) -> None:
    def bend(asked: Request, answer: Reply) -> Reply:
        return reply({}, 403) if "demographics" in asked.path else answer

    found = find(export, bend=bend)
    assert found.of(BirthDate) == []
    assert found.notices.warnings["GET /demographics is not allowed: birth dates are not stated"] == 1


def test_the_student_id_may_stand_elsewhere(export: Export) -> None:
    export.set("users.csv", "maya", userMasterIdentifier="M-1")
    policy = Policy(student_number_column="userMasterIdentifier")
    assert find(export, "M-1", policy=policy).of(Person)[0].number == "M-1"


@pytest.mark.parametrize("path", ["/students", "/users/leo", "/demographics/maya", "/orgs/oak", "/token"])
def test_a_slow_sis_is_given_up_in_time(export: Export, path: str) -> None:
    def slow(asked: Request) -> Reply:
        if asked.path.endswith(path):
            time.sleep(1)
        return Provider(export).answer(asked)

    began = time.monotonic()
    with serving(slow, lambda asked: slow(asked) if path == "/token" else _token(asked)) as server:
        with pytest.raises(SourceRefused) as refused:
            Found(server, "S-1", 0.4, EVERYTHING, Policy())
        assert time.monotonic() - began < 1
    assert "S-1" not in str(refused.value)


def _token(asked: Request) -> Reply:
    from tests.sync.sources.server import token

    return token(asked)


def test_its_limits_are_those_given() -> None:
    with pytest.raises(SourceRefused, match="must begin with https"):
        lookup = open_lookup(
            "http://sis.example", Credentials("https://sis.example", "client", SECRET), limits=Limits()
        )
        list(lookup.find("S-1", Policy(), Notices(), deadline=time.monotonic() + 1))
