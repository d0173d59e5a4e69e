"""Somebody who signs in and looks at everything that their role opens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar
from threading import Lock
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from tests.journeys.backstage import PASSWORD
from tests.journeys.portal import Portal
from tests.scanning.forms import Form, Page, asked, plain

LEAVES = ("/sign-out/", "/accounts/logout/", "/sessions/end-others", "/account/logout")
"""What ends the sessions that scan: left out, as in every scan of a signed-in visitor."""
ARRIVES = ("/demo/employees/", "/accounts/login/", "/accounts/signup/")
"""What makes somebody else of the visitor: attacked, and not sent while looking around."""
STARTS = (
    "/",
    "/staff/",
    "/family/",
    "/family/security/",
    "/accounts/reauthenticate/",
    "/accounts/second-factor/reauthenticate/",
    "/staff/district/",
    "/staff/parents/",
    "/staff/reports/",
)
ALIKE = 5
"""How many pages that differ in their ids alone are looked at, and how many such forms are sent."""
ONE = Lock()
"""Who arrives does so alone: behind the scenes there is one process."""

type Arrival = Callable[[Visitor], None]
"""How somebody comes to the portal: what they send until they are where they begin to look around."""


@dataclass(frozen=True)
class Answer:
    """A page as it came, after redirects."""

    address: str
    status: int
    text: str


class _Noting(HTTPRedirectHandler):
    """Follows redirects, and notes where they led."""

    def __init__(self, led: list[str]) -> None:
        self.led = led

    def redirect_request(self, *given: Any) -> Request | None:
        """The last of what is given is the address."""
        self.led.append(given[-1])
        return super().redirect_request(*given)


class Visitor:
    """A browser without a window. `starts` is where it looks first, `within` what its addresses begin with, `left_out` what is
    not asked for by a scanner that follows links.
    """

    url: str
    starts: tuple[str, ...] = STARTS
    within: tuple[str, ...] = ("/",)
    left_out: tuple[str, ...] = (*LEAVES, *ARRIVES)

    def __init__(self, portal: Portal, arrive: Arrival, typed: dict[str, str], others: list[dict[str, str]]) -> None:
        self.portal, self.arrive, self.typed, self.others = portal, arrive, typed, others
        self.url = self.here = portal.url
        self.pages: dict[str, str] = {}
        self.forms: dict[tuple[object, ...], Form] = {}
        self.repeated = set[object]()
        self.seen, self.unsent, self.known = list[str](), list[Form](), list[Form]()
        self.come()

    def come(self) -> None:
        """With new cookies, as somebody who was never here."""
        self.jar, self.opened = CookieJar(), list[str]()
        self.opener = build_opener(HTTPCookieProcessor(self.jar), _Noting(self.opened))

    def again(self) -> Visitor:
        """The same person in another browser: what was tried may have ended the session, or changed the password."""
        other = copy(self)
        other.sign_in()
        return other

    def sign_in(self) -> None:
        """Arrive anew, with new cookies."""
        with ONE:
            self.come()
            self.arrive(self)

    def log_in(self, email: str) -> None:
        """A guardian's password."""
        self.send("/accounts/login/", {"login": email, "password": PASSWORD})

    def send(self, path: str, fields: dict[str, str]) -> None:
        """Send a form that has to lead on."""
        answer = self.open(path, fields)
        assert answer.status == 200, f"{path}: {answer.status}"
        assert plain(answer.address) != path, f"{path} did not lead on"
        self.here = answer.address

    def open(self, address: str, fields: dict[str, str] | None = None) -> Answer:
        """GET, or POST of the fields."""
        body = None if fields is None else urlencode(fields).encode()
        request = Request(urljoin(self.url, address), body, {"Sec-Fetch-Site": "same-origin"})
        self.opened.append(request.full_url)
        try:
            answer = self.opener.open(request, timeout=60)
        except HTTPError as error:
            answer = error
        with answer:
            is_page = "html" in answer.headers.get("Content-Type", "")
            text = answer.read().decode(errors="replace") if is_page else ""
            return Answer(answer.geturl(), answer.status, text)

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
        """Open everything that leads on from the front door, and send forms, a few of each kind, for what they lead to."""
        self._go_round()
        while self.unsent:
            forms, self.unsent = self.unsent, []
            for form in forms:
                for fields in self._filled(form):
                    answer = self._sent(replace(form, fields=fields))
                    self.follow([answer.address, *self._read(answer)])
            self._go_round()

    def _sent(self, form: Form) -> Answer:
        """Once more after a new arrival where it is not found: an earlier form may have ended what this one is about."""
        answer = self.submit(form)
        if answer.status == 404 and form.kind not in self.repeated:
            self.repeated.add(form.kind)
            self.sign_in()
            answer = self.submit(form)
        return answer

    def _go_round(self) -> None:
        self.sign_in()
        self.seen.clear()
        self.follow([self.here, *self.starts])

    def _filled(self, form: Form) -> list[dict[str, str]]:
        """A form as it is, and with what leads elsewhere: a number that nobody has, another family's account."""
        others = (each for each in self.others if form.method == "POST" and each.keys() <= form.fields.keys())
        return [form.fields, *(form.fields | each for each in others)]

    def follow(self, addresses: Iterable[str]) -> None:
        """Open these and what they link to, as long as it is something new."""
        waiting = list(addresses)
        while waiting:
            address = urljoin(self.url, waiting.pop(0))
            if self._is_ours(address) and self._is_new(address):
                self.seen.append(address)
                waiting += self._read(self.open(address))

    def _is_new(self, address: str) -> bool:
        return address not in self.seen and sum(_kind(each) == _kind(address) for each in self.seen) < ALIKE

    def _read(self, answer: Answer) -> list[str]:
        """Keep a page's address and forms; its links."""
        page = Page(answer.address, answer.text, self.typed)
        forms = [*page.asked(), *asked(self.opened)]
        self.opened.clear()
        for form in forms:
            if self._is_ours(form.address):
                self._keep(form)
        if answer.status not in (200, 409) or not answer.text or not self._is_ours(answer.address):
            return []  # 409 may offer to ask a second person
        self.pages.setdefault(_kind(answer.address), answer.address)
        return page.links

    def _keep(self, form: Form) -> None:
        self.forms.setdefault(form.kind, form)
        alike = sum(each.kind == form.kind for each in self.known)
        if form not in self.known and alike < ALIKE and plain(form.address) not in ARRIVES:
            self.known.append(form)
            self.unsent.append(form)

    def _is_ours(self, address: str) -> bool:
        here = [urljoin(self.url, each) for each in self.within]
        return address.startswith(tuple(here)) and not any(each in address for each in LEAVES)


def _kind(address: str) -> str:
    """The same for the pages of all students, guardians or accounts."""
    return plain(address) + "?" + " ".join(sorted(dict(parse_qsl(urlsplit(address).query))))
