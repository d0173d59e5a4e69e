"""The line to a SIS: bounded, going nowhere else, and silent about what it carries."""

from __future__ import annotations

import base64
import gzip
import ipaddress
import itertools
import logging
import socket
import ssl
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from openhouse.sync import wire as wire_module
from openhouse.sync.refusals import SourceRefused
from openhouse.sync.wire import AnswerRefused, Credentials, Limits, Wire
from tests.sync.sources.server import SECRET, TOKEN, Asked, Reply, Server, reply, serving
from tests.sync.sources.server import token as good_token

QUICK = Limits(seconds=0.5, tries=2, largest_body=100_000)


def wire(server: Server, limits: Limits = QUICK, **options: Any) -> Wire:
    """A wire to a server under test, which waits for nothing."""
    credentials = Credentials(f"{server.root}/token", "client", SECRET, "one two")
    return Wire(f"{server.root}/api", credentials, limits, **{"sleep": lambda seconds: None} | options)


def refusal(
    answer: Callable[[Asked], Reply], token: Callable[[Asked], Reply] = good_token, limits: Limits = QUICK
) -> str:
    """Why asking for /users is refused, well within its time."""
    began = time.monotonic()
    with serving(answer, token) as server, wire(server, limits) as asking, pytest.raises(SourceRefused) as refused:
        asking.get("/users", {"filter": "identifier='S-1'"})
    assert time.monotonic() - began < 4
    text = str(refused.value)
    assert not [word for word in (SECRET, TOKEN, "S-1", "127.0.0.1") if word in text]
    return text


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """One answer after the other; the last one for ever."""
    rest = itertools.chain(replies, itertools.repeat(replies[-1]))
    return lambda asked: next(rest)


def dripping(pause: float = 0.05) -> Iterator[bytes]:
    """A byte now and then, for ever."""
    while True:
        yield b" "
        time.sleep(pause)


def test_a_token_is_asked_for_once_and_sent_along() -> None:
    with serving(lambda asked: reply({"users": []})) as server, wire(server) as asking:
        assert asking.get("/users").json == asking.get("orgs").json == {"users": []}
        assert server.count("/token") == 1
        assert server.asked[0].body == b"grant_type=client_credentials&scope=one+two"
        assert [asked.headers["Authorization"] for asked in server.asked[1:]] == [f"Bearer {TOKEN}"] * 2


def test_a_token_is_renewed_before_its_end() -> None:
    moment = itertools.count(0, 500)
    short = in_turn(reply({"access_token": TOKEN, "token_type": "bearer", "expires_in": 4000}))
    with (
        serving(lambda asked: reply([]), short) as server,
        wire(server, Limits(seconds=9999), clock=lambda: next(moment)) as asking,
    ):
        for _ in range(4):
            asking.get("/users")
        assert 2 <= server.count("/token") <= 4


def test_a_token_that_is_not_taken_is_renewed_once() -> None:
    with serving(in_turn(reply({}, 401), reply({"a": 1}))) as server, wire(server) as asking:
        assert asking.get("/users").json == {"a": 1}
        assert server.count("/token") == 2
    assert "token" in refusal(lambda asked: reply({}, 401))


@pytest.mark.parametrize("takes", ["a%2Bb%2F%3D", "a+b/="])
def test_a_secret_is_sent_as_the_rfc_has_it_and_then_as_it_is(takes: str) -> None:
    def choosy(asked: Asked) -> Reply:
        sent = base64.b64decode(asked.headers["Authorization"].removeprefix("Basic ")).decode()
        return good_token(asked) if sent == f"client:{takes}" else reply({"error": "invalid_client"}, 401)

    with serving(lambda asked: reply([1]), choosy) as server:
        asking = Wire(server.root, Credentials(f"{server.root}/token", "client", "a+b/="), QUICK)
        with asking:
            assert asking.get("/users").json == [1]


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_client_is_told_where_to_look(status: int) -> None:
    text = refusal(lambda asked: reply({}), lambda asked: reply({"error": SECRET}, status))
    assert "POST /token" in text
    assert f"answered {status}" in text


@pytest.mark.parametrize(
    "answer",
    [
        {},
        [],
        {"access_token": 7},
        {"access_token": "a\nb"},
        {"access_token": "x", "token_type": "mac"},
    ],
)
def test_a_token_that_is_none_is_refused(answer: Any) -> None:
    assert "no bearer token" in refusal(lambda asked: reply({}), lambda asked: reply(answer))


def test_a_token_endpoint_that_hangs_ends_in_time() -> None:
    assert "no answer came" in refusal(lambda asked: reply({}), lambda asked: Reply(pieces=dripping()))


def test_a_server_that_fails_for_a_while_is_asked_again() -> None:
    with serving(in_turn(reply({}, 500), reply({}, 503), reply([1]))) as server:
        with wire(server, Limits(tries=3)) as asking:
            assert asking.get("/users").json == [1]
        assert server.count("/api/users") == 3


def test_a_server_that_fails_for_ever_is_given_up() -> None:
    text = refusal(lambda asked: reply({"correlationId": "abc-123"}, 500))
    assert "GET /api/users: answered 500 (abc-123), 2 times" in text


@pytest.mark.parametrize("form", ["seconds", "date", "far", "nonsense"])
def test_retry_after_is_honoured_up_to_a_limit(form: str) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=31), usegmt=True)
    said = {"seconds": "30", "date": soon, "far": "99999", "nonsense": "soon"}[form]
    waits: list[float] = []
    with (
        serving(in_turn(reply({}, 429, Retry_After=said), reply([1]))) as server,
        wire(server, Limits(longest_wait=40), sleep=waits.append) as asking,
    ):
        asking.get("/users")
    low, high = {"seconds": (30, 30), "date": (25, 31), "far": (40, 40), "nonsense": (0.2, 0.5)}[form]
    assert low <= waits[0] <= high


def test_no_time_to_wait_is_said_at_once() -> None:
    answer = in_turn(reply({}, 429, Retry_After="60"))
    assert "no time to try again" in refusal(answer, limits=Limits(deadline=time.monotonic() + 5))


@pytest.mark.parametrize("where", ["body", "headers"])
def test_a_slow_drip_ends_in_time(where: str) -> None:
    text = refusal(lambda asked: Reply(pieces=dripping(), endless_headers=where == "headers"))
    assert "no answer came within its time" in text


@pytest.mark.parametrize("packed", [False, True])
def test_a_huge_body_is_cut_early_and_without_memory(packed: bool) -> None:
    zeros = bytes(1 << 20)
    pieces = itertools.repeat(zeros, 2048)  # 2 GiB
    bomb = gzip.compress(bytes(200 << 20))
    with serving(lambda asked: reply([])) as warm, wire(warm) as asking:
        asking.get("/users")
    tracemalloc.start()
    bent = Reply(body=bomb, headers={"Content-Encoding": "gzip"}) if packed else Reply(pieces=pieces)
    assert "is larger than 100000 bytes" in refusal(lambda asked: bent, limits=Limits(largest_body=100_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


def test_gzip_is_read() -> None:
    packed = Reply(body=gzip.compress(b'{"a": 1}', mtime=0), headers={"Content-Encoding": "gzip"})
    with serving(lambda asked: packed) as server, wire(server) as asking:
        assert asking.get("/users").json == {"a": 1}


@pytest.mark.parametrize(
    ("encoding", "content", "reason"),
    [
        ("br", b"x", "not asked for"),
        ("gzip", b"no", "is not the gzip"),
        ("gzip", gzip.compress(b"[]", mtime=0)[:-5], "broke"),
        ("gzip", gzip.compress(b"[]", mtime=0) * 2, "goes on after its end"),
    ],
)
def test_a_body_packed_wrongly_is_refused(encoding: str, content: bytes, reason: str) -> None:
    assert reason in refusal(lambda asked: Reply(body=content, headers={"Content-Encoding": encoding}))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"<html>Maya Lopez</html>", "is not JSON"),
        (b"", "is not JSON"),
        (b"[NaN]", "is not JSON"),
        (b"[" * 90_000, "is not JSON"),
        (b'"Maya"', "neither an object nor a list"),
    ],
)
def test_what_is_no_json_object_is_refused(content: bytes, reason: str) -> None:
    text = refusal(lambda asked: Reply(body=content))
    assert reason in text
    assert "Maya" not in text


def test_a_body_shorter_than_promised_is_asked_for_again() -> None:
    short = Reply(headers={"Content-Length": "50", "Connection": "close"}, pieces=[b"[]"])
    with serving(in_turn(short, reply([1]))) as server, wire(server) as asking:
        assert asking.get("/users").json == [1]


def test_a_redirect_is_not_followed() -> None:
    with serving(lambda asked: reply([])) as elsewhere:
        text = refusal(lambda asked: reply({}, 302, Location=f"{elsewhere.root}/api/users"))
        assert elsewhere.asked == []
    assert "answered 302. Redirects are not followed" in text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/users",
        "http://127.0.0.1:1/users",
        "http://someone@{host}/users",
        "http:///users",
        "file:///users",
    ],
)
def test_another_host_is_not_asked(address: str) -> None:
    with serving(lambda asked: reply([])) as server, wire(server) as asking:
        host = server.root.removeprefix("http://")
        with pytest.raises(SourceRefused, match="not on its own host"):
            asking.get(address.format(host=host))
        assert server.asked == []


def test_an_address_on_the_same_host_is_asked_with_its_query() -> None:
    with serving(lambda asked: reply([])) as server, wire(server) as asking:
        asking.get(f"{server.root}/elsewhere?offset=5")
        asking.get("//evil.example/users")
        assert [(asked.path, asked.query) for asked in server.asked[1:]] == [
            ("/elsewhere", {"offset": "5"}),
            ("/api/evil.example/users", {}),
        ]


@pytest.mark.parametrize(
    "root", ["http://sis.example/api", "sis.example", "ftp://sis.example", "https://me:it@sis.example"]
)
def test_an_address_without_encryption_is_refused(root: str) -> None:
    with pytest.raises(SourceRefused, match="must begin with https"):
        Wire(root, Credentials("https://sis.example/token", "client", SECRET))
    with pytest.raises(SourceRefused, match="must begin with https"):
        Wire("https://sis.example", Credentials(root, "client", SECRET))


def test_the_environments_proxies_have_no_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    with serving(lambda asked: reply([1])) as server, wire(server) as asking:
        assert asking.get("/users").json == [1]


def test_a_proxy_of_the_settings_is_used() -> None:
    with serving(lambda asked: reply({"by": "proxy"})) as proxy, serving(lambda asked: reply([])) as server:
        with wire(server, proxy=proxy.root) as asking:
            assert asking.get("/users").json == {"by": "proxy"}
        assert server.asked == []


def test_a_host_with_a_dead_address_is_reached_at_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda asked: reply([1])) as server:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, 0)) for host in ("127.0.0.9", "127.0.0.1")]
        known = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *a, **k: found if host == "localhost" else known(host, *a, **k)
        )
        server.root = server.root.replace("127.0.0.1", "localhost")
        with wire(server) as asking:
            assert asking.get("/users").json == [1]


def test_a_host_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror("Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    credentials = Credentials("https://sis.example/token", "client", SECRET)
    asking = Wire("https://sis.example", credentials, Limits(tries=1))
    with asking, pytest.raises(SourceRefused, match="no answer came"):
        asking.get("/users")


def certificate(folder: Path) -> Path:
    """A certificate for this machine that it signed itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sis.example")])
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(built.public_bytes(Encoding.PEM) + private)
    return path


@pytest.mark.parametrize("trusted", [False, True])
def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate(tmp_path))
    usual = wire_module._context()
    assert (usual.verify_mode, usual.check_hostname) == (ssl.CERT_REQUIRED, True)
    ours = ssl.create_default_context(cafile=str(tmp_path / "certificate.pem") if trusted else None)
    monkeypatch.setattr(wire_module, "_context", lambda: ours)
    with serving(lambda asked: reply([1]), tls=tls) as server, wire(server) as asking:
        if trusted:
            assert asking.get("/users").json == [1]
            return
        with pytest.raises(SourceRefused, match="certificate is not trusted"):
            asking.get("/users")


def test_a_404_can_be_an_answer() -> None:
    with serving(lambda asked: reply({}, 404)) as server, wire(server) as asking:
        assert asking.get("/users/x", missing_ok=True).status == 404
        with pytest.raises(AnswerRefused, match=r"GET /users/\{id\}: answered 404") as refused:
            asking.get("/users/x", shown="/users/{id}")
        assert refused.value.status == 404


@pytest.mark.parametrize(
    ("problem", "named"),
    [
        ({"correlationId": "0a1b-2c"}, True),
        ({"imsx_CodeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldValue": "server_busy"}]}}, True),
        ({"correlationId": "Maya Lopez"}, False),
        ({"correlationId": TOKEN}, False),
        ({"correlationId": f"{SECRET}-1"}, False),
        ({"imsx_CodeMinor": []}, False),
        ([1], False),
    ],
)
def test_a_failures_code_is_named_if_it_is_plain(problem: Any, named: bool) -> None:
    assert ("(" in refusal(lambda asked: reply(problem, 422))) is named


def test_nothing_of_it_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        caplog.set_level(logging.DEBUG, logger=name or None)
    refusal(lambda asked: reply({}, 400))
    assert caplog.text == ""
    assert SECRET not in repr(Credentials("https://sis.example", "client", SECRET))
