"""The forms of a page, and the links with parameters, each filled so that the portal may take it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

TOKEN = "csrfmiddlewaretoken"
"""Left out: the portal that is scanned asks for none."""
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TYPED = {"email": "nobody@home.example", "date": "2016-03-28", "number": "3", "password": "seven quiet lanterns"}
"""What is typed into a field of a type; `a` and the fields' names say it for the others."""


@dataclass
class Form:
    """Something that takes parameters: where it goes to, how, and each field with a value that fits its type."""

    address: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[str, str, tuple[str, ...]]:
        """The same for the form of every student, guardian or account."""
        return self.method, plain(self.address), tuple(sorted(self.fields))


def plain(address: str) -> str:
    """An address's path without its ids."""
    return KEY.sub("…", urlsplit(address).path)


class Page(HTMLParser):
    """A page's forms and links. `typed` says what is typed into fields of a name."""

    def __init__(self, address: str, text: str, typed: Mapping[str, str]) -> None:
        super().__init__()
        self.address, self.typed = address, typed
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._area = self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, a field of it, or a link."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(urljoin(self.address, given["href"]).partition("#")[0])
        elif tag == "form":
            there = urljoin(self.address, given.get("action") or self.address).partition("#")[0]
            self._form = Form(there, given.get("method", "get").upper())
            self.forms.append(self._form)
        elif (self._form is not None and given.get("name")) or tag == "option":
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if self._form is None or name == TOKEN:
            return
        if tag == "select":
            self._select = name
            self._form.fields[name] = ""
        elif tag == "option":
            if value and self._select and not self._form.fields[self._select]:
                self._form.fields[self._select] = value
        elif given.get("type") in ("radio", "checkbox", "submit", "hidden") or tag == "button":
            self._form.fields.setdefault(name, value or "on")
        else:
            fit = self.typed.get(name) or value or TYPED.get(given.get("type", ""), "a")
            self._form.fields.setdefault(name, fit)

    def handle_endtag(self, tag: str) -> None:
        """The end of a form or of a choice."""
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = ""

    def asked(self) -> Iterator[Form]:
        """The forms, and each link with parameters as a form."""
        yield from self.forms
        yield from asked(self.links)


def asked(addresses: Iterable[str]) -> Iterator[Form]:
    """Each of these that has parameters, as a form."""
    for address in addresses:
        if query := urlsplit(address).query:
            yield Form(address.partition("?")[0], "GET", dict(parse_qsl(query, keep_blank_values=True)))
