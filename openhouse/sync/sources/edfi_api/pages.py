"""A resource, page by page: by cursor where the server hands one out (ODS/API 7.3 on), else by offset.

Every page is asked for by itself, so one that fails is asked for again, and the pull goes on from there. A server that
repeats itself, or that never ends, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from xxhash import xxh3_64_intdigest

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources.edfi_api.discovery import Api
from openhouse.sync.sources.edfi_api.records import legible_key
from openhouse.sync.wire import Answer, Wire

PAGE = 500
"""Records a page, the most that a server gives unless it is set otherwise."""
MOST_PAGES = 50_000
MOST_RECORDS = 20_000_000
MISSING_SHARE = 0.01
MISSING_FEW = 10
"""Records that may be gone between counting and reading: so many, or that share if it is more."""
SNAPSHOT = {"Use-Snapshot": "true"}


class Window(NamedTuple):
    """Change versions, the first and the last of them included.

    The last one is not asked for: a record that changes while pages are read would leave its list, and the others would move up
    unread. What is newer than it is read now and again the next time; saying the same twice does no harm.
    """

    first: int
    last: int

    @property
    def params(self) -> dict[str, str]:
        """As change queries have it."""
        return {"minChangeVersion": str(self.first)}


class Pages:
    """Asks one API's resources. `headers` go with each question; `size` is that of a page."""

    def __init__(self, wire: Wire, api: Api, *, headers: Mapping[str, str], size: int = PAGE) -> None:
        self._wire = wire
        self._api = api
        self._headers = headers
        self._size = size

    def ask(self, name: str, params: Mapping[str, str], *, missing_ok: bool = False) -> Answer:
        """One answer about a resource."""
        return self._wire.get(self._api.path(name), params, missing_ok, headers=self._headers)

    def few(self, name: str, key: Mapping[str, str]) -> list[Any]:
        """The records with that key, or with that part of one, by paths; at most a page of them.

        What has another id is dropped: a server that does not know a filter may give everybody.
        """
        params = {path.rpartition(".")[2]: value for path, value in key.items()}
        found = Seen(name).page(self.ask(name, {**params, "limit": str(self._size)}).json)
        ids = {path: value.lower() for path, value in key.items() if path.endswith("Id")}
        return [each for each in found if all(legible_key(each, path).lower() == value for path, value in ids.items())]

    def count(self, name: str, window: Window | None = None, *, missing_ok: bool = False) -> int | None:
        """How many records there are; None where the server does not say, or has no such resource and may lack it."""
        params = {"limit": "0", "totalCount": "true", **(window.params if window else {})}
        said = self.ask(name, params, missing_ok=missing_ok).headers.get("Total-Count", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 15 else None

    def of(self, name: str, params: Mapping[str, str], total: int | None = None) -> Iterator[list[Any]]:
        """Yield a resource's records, a page at a time. `total` is how many the server counted before."""
        read, seen = 0, Seen(name)
        answer = self.ask(name, {**params, "limit": str(self._size)})
        while True:
            page = seen.page(answer.json)
            read += len(page)
            if page:
                yield page
            token = answer.headers.get("Next-Page-Token", "")
            if token and (page or seen.by_cursor):
                seen.token(token)
                asked = {"pageToken": token, "pageSize": str(self._size)}
            elif seen.by_cursor or _is_last(len(page), self._size, read, total):
                break
            else:
                asked = {"limit": str(self._size), "offset": str(read)}
            answer = self.ask(name, {**params, **asked})
        if total and read < total - max(MISSING_FEW, total * MISSING_SHARE):
            raise SourceRefused(
                f"{name}: the SIS counted {total} records and handed over {read}. Sync again; if it stays so, tell whoever "
                "runs the SIS."
            )


class Seen:
    """What one resource's pages were so far. `by_cursor` once the server handed out a token."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.by_cursor = False
        self._pages: set[int] = set()
        self._tokens: set[str] = set()
        self._asked = 0
        self._records = 0

    def page(self, found: Any) -> list[Any]:
        """A page, which must be a list that was not there before. Raises SourceRefused."""
        if not isinstance(found, list):
            raise SourceRefused(f"{self.name}: the SIS's answer is no list. Look at the address of the SIS.")
        self._asked += 1
        self._records += len(found)
        if self._asked > MOST_PAGES or self._records > MOST_RECORDS:
            raise SourceRefused(f"{self.name}: the SIS goes on after {self._records} records, as if without an end.")
        digest = xxh3_64_intdigest(repr(found).encode(errors="replace"))
        if found and digest in self._pages:
            self._repeats()
        self._pages.add(digest)
        return found

    def token(self, token: str) -> None:
        """A token, which must be a new one."""
        self.by_cursor = True
        if token in self._tokens:
            self._repeats()
        self._tokens.add(token)

    def _repeats(self) -> None:
        raise SourceRefused(
            f"{self.name}: the SIS gives the same page again and again. Nothing was brought in. Tell whoever runs the SIS."
        )


def _is_last(length: int, size: int, read: int, total: int | None) -> bool:
    """Whether a page by offset is the last: an empty one, or a short one of a server that has counted no more.

    A server may give fewer records a page than it was asked for; its count tells such a page from the last.
    """
    return not length or (length < size and (total is None or read >= total))
