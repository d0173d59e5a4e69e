"""Every form and every parameter, by everyone who has it, with what no browser sends: nothing breaks, and nobody is led away."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any
from urllib.parse import urlencode

import pytest

from openhouse.roles.roles import Role
from tests.cast import Cast, give
from tests.cast import employee as make_employee
from tests.pages.test_every_address import everything_of_alma
from tests.scanning.forms import Form, Page, plain
from tests.scanning.visitor import LEAVES

PLAIN = "application/x-www-form-urlencoded"
EACH = 1
"""How many odd values each field gets, and odd bodies each form: the next of the list, which goes round."""
ELSEWHERE = "evil.example"
ODD: list[bytes] = [
    b"",
    b"\0",
    b"a\0b",
    b"\xff\xfe\xc3",
    "\N{ARABIC-INDIC DIGIT THREE}\N{SUPERSCRIPT TWO}\N{RIGHT-TO-LEFT OVERRIDE}\N{GRINNING FACE}".encode(),
    b"-1",
    b"0",
    b"9" * 400,
    b"99999999999999999999",
    b"1e309",
    b"NaN",
    b"0000-00-00",
    b"9999-12-31",
    b"[{]",
    b"a" * 100_000,
    b"x\r\nLocation: //evil.example/",
    b"//evil.example/",
    b"https:evil.example",
    b"/\\evil.example",
    b"../../../etc/passwd",
    b"' OR 1=1 --",
]
BODIES = [
    ("application/json", b'{"a": [1, {"b": null}]}'),
    ("application/json", b"{"),
    ("text/plain", b"\xff\0"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"a=+AGE-"),
    ("application/x-www-form-urlencoded; charset=nonsense", b"a=1"),
    ("application/x-www-form-urlencoded", b"a=%&=&&%00=%ff&a=1&a=2"),
]


def everyone(cast: Cast) -> dict[str, Any]:
    """An account of each kind; nobody is None."""
    site = make_employee("Sita", Role.SITE_ADMINISTRATOR, cast.maple)
    people = {"nobody": None, "guardian": cast.ana_account, "clerk": cast.olga, "site": site}
    return people | {"district": cast.dora, "help desk": cast.hank}


def is_file(address: str) -> bool:
    """Whether it answers with a file, which a walk leaves open."""
    return plain(address).endswith("/file/")


def forms_of(client: Any, waiting: list[str]) -> list[Form]:
    """Each kind of form on these addresses and on what they lead to, once."""
    found, seen = {}, set()
    while waiting:
        address = waiting.pop(0)
        if plain(address) in seen or not address.startswith("/") or address.startswith(LEAVES) or is_file(address):
            continue
        answer = client.get(address, follow=True)
        if answer.status_code == 200 and not answer.streaming and "html" in answer.headers["Content-Type"]:
            seen.add(plain(address))
            page = Page(address, answer.content.decode(), {})
            waiting += page.links
            found |= {
                form.kind: form
                for form in page.asked()
                if not (form.address.startswith(LEAVES) or is_file(form.address))
            }
    return list(found.values())


def sendings(form: Form, odd: Iterator[bytes]) -> Iterator[bytes]:
    """The form with some odd values in each field, then every field twice, then nothing."""
    for name in form.fields:
        for value in islice(odd, EACH):
            yield urlencode(form.fields | {name: value}).encode()
    yield urlencode([*form.fields.items(), *((name, "2") for name in form.fields)]).encode()
    yield b""


def send(client: Any, form: Form, body: bytes, content_type: str = PLAIN) -> Any:
    if form.method == "POST":
        return client.generic("POST", form.address, body, content_type=content_type)
    return client.get(form.address, QUERY_STRING=body.decode())


def starts(cast: Cast) -> list[str]:
    """Where somebody begins, and the pages that a search leads to."""
    alma, ana = cast.alma.key, cast.ana_account.key
    keyed = [f"/staff/found/{alma}/", f"/staff/parents/{ana}/found/", f"/staff/parents/{ana}/", f"/s/{alma}/"]
    return ["/", "/staff/", "/family/", "/family/security/", "/staff/parents/", "/staff/district/", *keyed]


@pytest.mark.parametrize("who", ["nobody", "guardian", "clerk", "site", "help desk", "district"])
def test_odd_input_breaks_no_page_and_leads_nobody_away(who: str, cast: Cast, visit: Any) -> None:
    give(cast.ana_of_alma)
    everything_of_alma(cast)
    account, odd, bodies = everyone(cast)[who], cycle(ODD), cycle(BODIES)
    forms = forms_of(visit(account), starts(cast))
    assert len(forms) >= 3
    client = visit(account)
    for form in forms:
        others = islice(bodies, EACH) if form.method == "POST" else []
        for content_type, body in [*((PLAIN, body) for body in sendings(form, odd)), *others]:
            answer = send(client, form, body, content_type)
            assert answer.status_code < 500, f"{form.method} {form.address} {body[:200]!r}"
            there = answer.headers.get("Location", "")
            assert ELSEWHERE not in there.partition("?")[0]
            if "login" in there:
                client = visit(account)  # this form signed the account out
