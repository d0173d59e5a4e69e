"""Somebody who signs in and looks at everything that their role opens."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from tests.journeys.backstage import PASSWORD
from tests.journeys.portal import Portal
from tests.scanning.forms import TOKEN, Form, Page, plain

LEAVES = ("/sign-out/", "/accounts/logout/", "/sessions/end", "/account/logout")
"""What ends the session that scans: left out, as in every scan of a signed-in visitor."""
ARRIVES = ("/demo/employees/", "/accounts/login/", "/accounts/signup/")
"""What makes somebody else of the visitor: attacked, and not sent while looking around."""
OTHERS = {"student_number": "no-such-number", "email": "other@home.example"}
"""What is typed besides: for what stands behind it."""
ALIKE = 2
"""How many pages that differ in their ids alone are looked at."""


@dataclass(frozen=True)
class Answer:
    """A page as it came, after redirects."""

    address: str
    status: int
    text: str


class Visitor:
    """A browser without a window. `name` is an employee's, or a guardian's email, or nobody's."""

    def __init__(self, portal: Portal, name: str, typed: dict[str, str]) -> None:
        self.portal, self.name, self.typed = portal, name, typed
        self.pages: dict[str, str] = {}
        self.forms: dict[tuple[object, ...], Form] = {}
        self.seen, self.sent = set[str](), set[tuple[object, ...]]()
        self.starts = [
            "/",
            "/staff/",
            "/family/",
            "/family/security/",
            "/staff/district/",
            "/staff/parents/",
            "/staff/reports/",
        ]
        self.sign_in()

    def sign_in(self) -> None:
        """Arrive anew, with new cookies."""
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        if "@" in self.name:
            self._send("/accounts/login/", {"login": self.name, "password": PASSWORD})
        elif self.name:
            text = unescape(self.open("/demo/employees/").text)
            found = re.search(rf'name="employee" value="([^"]+)">Sign in as {re.escape(self.name)}<', text)
            assert found, f"{self.name} cannot be signed in as"
            self._send("/demo/employees/", {"employee": found[1], "next": ""})
        else:
            self.open("/accounts/login/")  # for the token's cookie

    def _send(self, path: str, fields: dict[str, str]) -> None:
        token = next(form.fields[TOKEN] for form in self.page(path).forms if TOKEN in form.fields)
        answer = self.open(path, fields | {TOKEN: token})
        assert answer.status == 200, f"{path}: {answer.status}"
        assert plain(answer.address) != path, f"{self.name} is not signed in"

    def open(self, address: str, fields: dict[str, str] | None = None) -> Answer:
        """GET, or POST of the fields."""
        address = urljoin(self.portal.url, address)
        body = None if fields is None else urlencode(fields).encode()
        try:
            answer = self.opener.open(urllib.request.Request(address, body), timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            is_page = "html" in answer.headers.get("Content-Type", "")
            text = answer.read().decode(errors="replace") if is_page else ""
            return Answer(answer.geturl(), answer.status, text)

    def page(self, address: str) -> Page:
        """A page's forms and links; none where it does not open."""
        answer = self.open(address)
        return Page(answer.address, answer.text if answer.status == 200 else "", self.typed)

    def submit(self, form: Form) -> Answer:
        """Send a form as it is filled."""
        if form.method == "POST":
            return self.open(form.address, form.fields)
        return self.open(f"{form.address}?{urlencode(form.fields)}")

    @property
    def cookies(self) -> str:
        """The cookies as a header has them."""
        return "; ".join(f"{each.name}={each.value}" for each in self.jar)

    def look(self) -> None:
        """Open everything that leads on from the front door, and send every form once, for what it leads to."""
        self.follow(["/"])
        while sent := [form for kind, form in self.forms.items() if kind not in self.sent]:
            for form in sent:
                self.sent.add(form.kind)
                if plain(form.address) in ARRIVES:
                    continue
                for fields in self._filled(form):
                    answer = self.submit(replace(form, fields=fields))
                    self._read(answer)
                    self.follow([answer.address])
            self.sign_in()
            self.follow(self.starts)

    def _filled(self, form: Form) -> list[dict[str, str]]:
        """A form as it is, and with what leads elsewhere: a number that nobody has, another family's account."""
        others = {name: text for name, text in OTHERS.items() if name in form.fields}
        return [form.fields, form.fields | others] if others and form.method == "POST" else [form.fields]

    def follow(self, addresses: list[str]) -> None:
        """Open these and what they link to, as long as it is something new."""
        self.seen -= {urljoin(self.portal.url, each) for each in addresses}
        waiting = list(addresses)
        while waiting:
            address = urljoin(self.portal.url, waiting.pop(0))
            if self._is_ours(address) and self._is_new(address):
                self.seen.add(address)
                waiting += self._read(self.open(address))

    def _is_new(self, address: str) -> bool:
        return address not in self.seen and sum(_kind(each) == _kind(address) for each in self.seen) < ALIKE

    def _read(self, answer: Answer) -> list[str]:
        """Keep a page's address and forms; its links."""
        if answer.status not in (200, 409) or not answer.text:  # 409 may offer to ask a second person
            return []
        self.pages.setdefault(_kind(answer.address), answer.address)
        page = Page(answer.address, answer.text, self.typed)
        for form in page.asked():
            if self._is_ours(form.address):
                self.forms.setdefault(form.kind, form)
        return page.links

    def _is_ours(self, address: str) -> bool:
        return address.startswith(self.portal.url) and not any(each in address for each in LEAVES)


def _kind(address: str) -> str:
    """The same for the pages of all students, guardians or accounts."""
    return plain(address) + "?" + " ".join(sorted(dict(parse_qsl(urlsplit(address).query))))
