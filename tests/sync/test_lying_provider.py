"""A provider that lies costs a night its time limit and no more: the sync is refused, and the mirror stays as it was."""

from __future__ import annotations

import itertools
import json
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from openhouse.audit.models import Entry
from openhouse.sync import runs
from openhouse.sync.models import SyncRun
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.oneroster_rest import Asked, Bounds
from openhouse.sync.wire import Limits
from tests.sync.export import BY, Export, mirror, night
from tests.sync.sources.oneroster_rest import Provider, open_at, provider, spoiled
from tests.sync.sources.server import SECRET, TOKEN, Reply, reply, serving
from tests.sync.sources.server import Asked as Request

LIMITS = Limits(seconds=0.4, tries=2, largest_body=100_000, longest_wait=0.05)
SECONDS = 5
"""Within which each lie is found out."""

type Lie = Callable[[Request, Reply], Reply]


def of_users(lie: Lie) -> Lie:
    """A lie told once the pages of /users are asked for; the question before the sync is answered honestly."""

    def bend(asked: Request, answer: Reply) -> Reply:
        is_page = asked.path.endswith("/users") and asked.query.get("limit") != "1"
        return lie(asked, answer) if is_page else answer

    return bend


def later(lie: Lie) -> Lie:
    """Told from the second page on."""
    return of_users(lambda asked, answer: lie(asked, answer) if asked.query["offset"] != "0" else answer)


def headed(**headers: str) -> Lie:
    """Other headers."""

    def lie(asked: Request, answer: Reply) -> Reply:
        named = {
            name.replace("_", "-"): text.format(root=asked.root, path=asked.path) for name, text in headers.items()
        }
        return Reply(answer.status, answer.body, answer.headers | named)

    return lie


def with_json(change: Callable[[Any], Any]) -> Lie:
    """Other content."""
    return lambda asked, answer: spoiled(answer, change)


def dripping() -> Iterator[bytes]:
    while True:
        yield b" "
        time.sleep(0.05)


def first_again(asked: Request, answer: Reply) -> Reply:
    return reply(
        FIRST, X_Total_Count="7", Link=f"<{asked.path}?limit=2&offset={len(asked.query)}&n={next(N)}>; rel=next"
    )


N = itertools.count()
FIRST = {"users": [{"sourcedId": "maya"}, {"sourcedId": "theo"}]}
LIES: dict[str, tuple[Lie, str]] = {
    "the total is too high": (of_users(headed(X_Total_Count="9")), "9 records were promised, and 7 came"),
    "pages come again": (of_users(first_again), "the same page came twice"),
    "a link leads to itself": (of_users(headed(Link='<{path}?limit=2&offset=2>; rel="next"')), "leads back|came twice"),
    "a link leads back": (later(headed(Link='<{root}{path}?limit=2&offset=2>; rel="next"')), "leads back|came twice"),
    "a link leads elsewhere": (of_users(headed(Link='<https://evil.example/users>; rel="next"')), "not on its own host"),
    "a link leads to another port": (of_users(headed(Link='<http://127.0.0.1:9/users>; rel="next"')), "not on its own host"),
    "it fails for ever": (later(lambda asked, answer: reply({"imsx_description": "Maya Lopez"}, 500)), "answered 500, 2 times"),
    "it is busy for ever": (later(lambda asked, answer: reply({}, 429, Retry_After="3600")), "answered 429, 2 times"),
    "it drips": (later(lambda asked, answer: Reply(pieces=dripping())), "no answer came within its time"),
    "its headers drip": (later(lambda asked, answer: Reply(pieces=dripping(), endless_headers=True)), "no answer came"),
    "it hangs up": (later(lambda asked, answer: Reply(headers={"Content-Length": "999"}, pieces=[b"{"])), "broke"),
    "it sends gigabytes": (
        later(lambda asked, answer: Reply(pieces=itertools.repeat(bytes(1 << 20), 2048))), "is larger than 100000 bytes",
    ),
    "it promises gigabytes": (
        later(lambda asked, answer: Reply(headers={"Content-Length": str(2 << 30)}, pieces=itertools.repeat(b" " * 65536, 2))),
        "larger than|broke",
    ),
    "it sends a page of the web": (later(lambda asked, answer: Reply(body=b"<html>Maya Lopez")), "is not JSON"),
    "it sends a list": (later(with_json(lambda content: content["users"])), "no list named users"),
    "it sends another thing": (later(with_json(lambda content: {"orgs": []})), "no list named users"),
    "it sends an object": (later(with_json(lambda content: {"users": {"sourcedId": "maya"}})), "no list named users"),
    "it is empty too soon": (later(with_json(lambda content: {"users": []})), "7 records were promised, and 2 came"),
    "it holds nobody": (of_users(lambda asked, answer: reply({"users": []})), "as if nobody were there"),
    "it leads away": (later(lambda asked, answer: reply({}, 302, Location="https://evil.example/")), "Redirects are not"),
    "it takes no token": (later(lambda asked, answer: reply({}, 401)), "does not take the token"),
    "it forbids": (later(lambda asked, answer: reply({}, 403)), "answered 403"),
    "it knows nothing": (later(lambda asked, answer: reply({}, 404)), "answered 404"),
    "it nests": (later(lambda asked, answer: Reply(body=b'{"users":' + b"[" * 50_000)), "is not JSON"),
    "it nests rightly": (
        later(lambda asked, answer: Reply(body=b'{"users": [{"agents":' + b"[" * 900 + b"]" * 900 + b"}]}")),
        "came twice",
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", LIES)
def test_a_lie_is_refused_in_time_and_changes_nothing(
    export: Export, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    for logger in ("", "httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        caplog.set_level(logging.DEBUG, logger=logger or None)
    with provider(export) as source:
        runs.land(source, at=night(1), by=BY)
    before, (lie, reason), began = mirror(), LIES[name], time.monotonic()
    export.set("users.csv", "maya", givenName="Somebody").set("guardianships.csv", "maya ana", restriction="no contact")
    links = "link" in name or "again" in name
    with (
        serving(Provider(export, bend=lie, links=links).answer) as server,
        pytest.raises(SourceRefused, match=reason) as refused,
    ):
        runs.land(open_at(server, limits=LIMITS), at=night(2), by=BY)
    assert time.monotonic() - began < SECONDS
    assert mirror() == before
    run = SyncRun.objects.latest("started_at")
    assert (run.state, run.reason) == (SyncRun.State.FAILED, str(refused.value))
    said = str(refused.value) + caplog.text + json.dumps([entry.detail for entry in Entry.objects.all()], default=str)
    assert not [word for word in (SECRET, TOKEN, "Maya", "evil.example", "127.0.0.1") if word in said]


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (lambda asked: reply({"error": "invalid_client"}, 401), "POST /token .* answered 401"),
        (lambda asked: reply({"access_token": ""}), "holds no bearer token"),
        (lambda asked: Reply(pieces=dripping()), "no answer came"),
        (lambda asked: Reply(pieces=itertools.repeat(bytes(1 << 20), 2048)), "is larger than"),
        (lambda asked: reply({}, 302, Location="https://evil.example/"), "answered 302"),
    ],
)
def test_a_source_that_gets_no_token_is_not_opened(export: Export, token: Any, reason: str) -> None:
    began = time.monotonic()
    with serving(Provider(export).answer, token) as server, pytest.raises(SourceRefused, match=reason) as refused:
        open_at(server, limits=LIMITS)
    assert time.monotonic() - began < SECONDS
    assert not [word for word in (SECRET, TOKEN) if word in str(refused.value)]


@pytest.mark.django_db
def test_a_page_that_fails_for_a_while_is_asked_for_again_and_no_other(export: Export) -> None:
    failing = {"2": 2, "4": 1}

    def bend(asked: Request, answer: Reply) -> Reply:
        offset = asked.query.get("offset", "")
        if asked.path.endswith("/users") and failing.get(offset):
            failing[offset] -= 1
            return reply({}, 429 if failing[offset] else 503, Retry_After="0")
        return answer

    with serving(Provider(export, bend=bend).answer) as server:
        runs.land(open_at(server, limits=Limits(seconds=2, tries=3)), at=night(1), by=BY)
    pages = [asked.query["offset"] for asked in server.asked if asked.path.endswith("/users")]
    assert pages == ["0", "0", "2", "2", "2", "4", "4", "6"]


def test_a_pull_ends_by_its_deadline(export: Export) -> None:
    limits = Limits(seconds=10, deadline=time.monotonic() + 0.8)
    slow = of_users(lambda asked, answer: Reply(pieces=dripping()))
    with serving(Provider(export, bend=slow).answer) as server:
        source, began = open_at(server, limits=limits), time.monotonic()
        with pytest.raises(SourceRefused, match="no time to try again"):
            read_all(source)
    assert time.monotonic() - began < 2


def read_all(source: Any) -> None:
    from openhouse.policy.values import Policy
    from openhouse.sync.memory import Memory
    from openhouse.sync.sources import Notices

    for _ in source.batches(Policy(), Notices(), Memory()):
        pass


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [(Bounds(most_pages=2), "more than 2 pages"), (Bounds(most_records=4), "more than 4 records")],
)
def test_a_collection_without_end_is_refused(export: Export, bounds: Bounds, reason: str) -> None:
    with serving(Provider(export).answer) as server, pytest.raises(SourceRefused, match=reason):
        read_all(open_at(server, asked=Asked(guardianships=True, bounds=bounds)))


def test_a_total_that_is_too_low_is_told(export: Export) -> None:
    from openhouse.policy.values import Policy
    from openhouse.sync.memory import Memory
    from openhouse.sync.sources import Notices

    notices = Notices()
    with serving(Provider(export, bend=of_users(headed(X_Total_Count="5"))).answer) as server:
        list(open_at(server).batches(Policy(), notices, Memory()))
    assert notices.warnings == {"GET /users: more records than X-Total-Count says": 2}


def test_a_total_that_is_no_number_is_not_heeded(export: Export) -> None:
    with serving(Provider(export, bend=of_users(headed(X_Total_Count="many")), links=False).answer) as server:
        read_all(open_at(server))
        assert server.asked[-1].path.endswith("/demographics")


def test_a_record_that_goes_while_pages_are_read_is_told(export: Export) -> None:
    from openhouse.policy.values import Policy
    from openhouse.sync.memory import Memory
    from openhouse.sync.sources import Notices

    def bend(asked: Request, answer: Reply) -> Reply:
        last = asked.path.endswith("/users") and asked.query["offset"] == "6"
        return Reply(200, b'{"users": []}', {"X-Total-Count": "6"}) if last else answer

    notices = Notices()
    with serving(Provider(export, bend=bend).answer) as server:
        list(open_at(server).batches(Policy(), notices, Memory()))
    assert [text for text in notices.warnings if "records went while it was read" in text]
