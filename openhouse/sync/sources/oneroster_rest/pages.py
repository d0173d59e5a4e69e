"""A collection, page by page (OneRoster 1.2 REST binding: limit and offset, Link and X-Total-Count).

The end is where the provider says it is, and never before what it promised: a pull that stops short looks as if everybody
after it had left. A page that fails is asked for again by the wire, so a pull goes on where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urljoin

from xxhash import xxh3_64_intdigest

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices
from openhouse.sync.sources.oneroster_rest.records import canonical
from openhouse.sync.wire import Answer, Wire

_LINK = re.compile(r"<([^>]*)>((?:\s*;[^,<]*)*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
MEND = "Nothing was brought in. Tell whoever runs the SIS."


@dataclass(frozen=True)
class Bounds:
    """How many records a page is asked for, and how many pages and records a collection may have at most."""

    page: int = 500
    most_pages: int = 100_000
    most_records: int = 20_000_000


class Page(NamedTuple):
    """One page's records, and how many the collection has in all, if the provider says it."""

    records: list[Any]
    total: int | None


class Collection:
    """One collection of a provider, such as `users` at /users. `parameters` go with its first page: a filter, say."""

    def __init__(self, wire: Wire, name: str, parameters: Mapping[str, str], bounds: Bounds, notices: Notices) -> None:
        self.wire, self.name, self.parameters = wire, name, dict(parameters)
        self.bounds, self.notices = bounds, notices
        self.what = f"GET /{name}"

    def first(self) -> Page:
        """The first record alone: whether the provider answers, and how many there are."""
        return self._page(self.wire.get(f"/{self.name}", self.parameters | {"limit": "1", "offset": "0"}))

    def pages(self) -> Iterator[list[Any]]:
        """All records, a page at a time. Raises SourceRefused for pages that do not end, or end too soon."""
        count, most, met, links = 0, 0, set[int](), set[str]()
        answer = self._at(0)
        for _ in range(self.bounds.most_pages):
            page = self._page(answer)
            if not page.records:
                break
            count, most = count + len(page.records), max(most, page.total or 0)
            self._check(page, met, count)
            yield page.records
            link = next_link(answer.headers.get("Link", ""))
            if link:
                answer = self._follow(link, links)
            elif (page.total is None and "Link" in answer.headers) or (page.total is not None and count >= page.total):
                break
            else:
                answer = self._at(count)
        else:
            raise SourceRefused(f"{self.what}: more than {self.bounds.most_pages} pages, and still no end. {MEND}")
        if page.total is not None and page.total < most:
            self.notices.warnings[
                f"{self.what}: records went while it was read; it may lack others until the next sync"
            ] += 1
        if page.total is not None and count < page.total:
            raise SourceRefused(f"{self.what}: {page.total} records were promised, and {count} came. {MEND}")
        if page.total is not None and count > page.total:
            self.notices.warnings[f"{self.what}: more records than X-Total-Count says"] += count - page.total

    def _at(self, offset: int) -> Answer:
        asked = {"limit": str(self.bounds.page), "offset": str(offset)}
        return self.wire.get(f"/{self.name}", self.parameters | asked)

    def _follow(self, link: str, links: set[str]) -> Answer:
        address = urljoin(f"{self.wire.root}/{self.name}", link)
        if address in links:
            raise SourceRefused(f"{self.what}: the link to the next page leads back to one that was read. {MEND}")
        links.add(address)
        return self.wire.get(address, shown=f"/{self.name}")

    def _page(self, answer: Answer) -> Page:
        found = answer.json.get(self.name) if isinstance(answer.json, dict) else None
        if not isinstance(found, list):
            raise SourceRefused(
                f"{self.what}: the answer holds no list named {self.name}. Look at the address of the SIS."
            )
        said = answer.headers.get("X-Total-Count")
        if said is None:
            return Page(found, None)
        if not re.fullmatch(r"\d{1,12}", said.strip(), re.ASCII):
            self.notices.warnings[f"{self.what}: X-Total-Count is no number; not heeded"] += 1
            return Page(found, None)
        return Page(found, int(said))

    def _check(self, page: Page, met: set[int], count: int) -> None:
        """Refuse a page that was there before, or one too many."""
        names = [record.get("sourcedId") if isinstance(record, dict) else record for record in page.records]
        mark = xxh3_64_intdigest(canonical(names))
        if mark in met:
            raise SourceRefused(f"{self.what}: the same page came twice, as if offset were not heeded. {MEND}")
        met.add(mark)
        if count > self.bounds.most_records:
            raise SourceRefused(f"{self.what}: more than {self.bounds.most_records} records. {MEND}")


def next_link(header: str) -> str:
    """The target of rel=next in a Link header (RFC 8288), or ""."""
    for target, parameters in _LINK.findall(header):
        relation = _REL.search(parameters)
        if relation and "next" in (relation[1] or relation[2] or "").lower().split():
            return str(target)
    return ""
