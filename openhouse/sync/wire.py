"""The line to a SIS that is asked over HTTPS: a JSON client that is bounded in time, size and number of tries.

It gets a token by itself (client credentials, RFC 6749 §4.4), asks again what fails for a while, and never goes anywhere
but to the host it was given. Whatever goes wrong is a `SourceRefused` that names the method, the path, the status and what
to do: never a token, a secret, a query, or a word of a body.
"""

from __future__ import annotations

import base64
import functools
import logging
import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import httpx

from openhouse.sync import addresses, answers
from openhouse.sync.punctuality import Transport
from openhouse.sync.refusals import SourceRefused

TALKATIVE = ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.proxy")
"""Loggers that write whole addresses and headers, with Student IDs in them. Configuring logging anew wakes them."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
"""Seconds between tries where the server names none; each time twice as long, and up to half of it less by chance."""
LARGEST_TOKEN = 64 * 1024
TOKEN_LIFE = 1800.0
"""Seconds for which a token counts whose answer does not say it; a 401 brings a new one anyway."""
TOKEN_MARGIN = 60.0
"""A token is renewed so many seconds before its end, or after nine tenths of a short life."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]+", re.ASCII)
_CHANCE = random.SystemRandom()


class AnswerRefused(SourceRefused):
    """The SIS answered with another status than 200. `status` is 0 where no answer came."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True)
class Credentials:
    """A client of the SIS's token endpoint. `scope` as RFC 6749 §3.3 has it: words with blanks between them, or ""."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str = ""


@dataclass(frozen=True)
class Limits:
    """What one wire may take: seconds for one call, an end for all of them (by its clock), bytes of a body, tries of one
    call, and the longest wait that the server may ask for between two, in seconds."""

    seconds: float = 60.0
    deadline: float | None = None
    largest_body: int = 16 * 1024 * 1024
    tries: int = 5
    longest_wait: float = 120.0


class Answer(NamedTuple):
    """A good answer (or a 404 that was allowed, whose `json` is None). Headers are found in any spelling."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    json: Any


class Wire:
    """Asks one SIS. `root` is the address that paths begin at; `proxy` the one to go through, if any. Close it after use.

    Without credentials it asks as anybody may: where a SIS tells the address of its tokens.
    """

    def __init__(
        self,
        root: str,
        credentials: Credentials | None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        proxy: str | None = None,
    ) -> None:
        for name in TALKATIVE:
            logging.getLogger(name).disabled = True
        self.root = root.rstrip("/")
        self.limits = limits or Limits()
        self._credentials = credentials
        self._clock, self._sleep = clock, sleep
        addresses.chosen(self.root, "the SIS")
        if credentials:
            addresses.chosen(credentials.token_url, "the token endpoint")
        self._token, self._token_until = "", 0.0
        self._until = 0.0
        transport = Transport(_context(), proxy, lambda: self._until - self._clock())
        self._client = httpx.Client(
            transport=transport, trust_env=False, timeout=self.limits.seconds, follow_redirects=False
        )

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    def get(
        self,
        path_or_url: str,
        params: Mapping[str, str] | None = None,
        missing_ok: bool = False,
        shown: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask for a path under the root, or for a whole address on the same host (`params` then replace its query).

        `missing_ok` lets a 404 be an answer. `shown` stands for the path in errors where it holds an id. Raises
        SourceRefused; AnswerRefused where a status is the reason.
        """
        url = addresses.under(self.root, path_or_url)
        what = f"GET {shown or addresses.plain(url.path)}"
        for renewed in (False, True):
            sent = {"Accept": "application/json", **(headers or {}), **self._authorization()}
            response, content = self._asked(
                what, httpx.Request("GET", url if params is None else url.copy_with(params=params), headers=sent)
            )
            if response.status_code != 401 or renewed or not self._credentials:
                break
            self._token = ""
        if response.status_code == 404 and missing_ok:
            return Answer(404, response.headers, content, None)
        if response.status_code != 200:
            raise AnswerRefused(f"{what}: {self._reason(response.status_code, content)}", response.status_code)
        return Answer(200, response.headers, content, _json(what, content))

    def _authorization(self) -> Mapping[str, str]:
        if not self._credentials:
            return {}
        if not self._token or self._clock() >= self._token_until:
            self._renew(self._credentials)
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self, mine: Credentials) -> None:
        """Ask for a token. The id and the secret go in the header, form-encoded first (RFC 6749 §2.3.1)."""
        pair = f"{quote_plus(mine.client_id)}:{quote_plus(mine.client_secret)}"
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}", "Accept": "application/json"}
        form = {"grant_type": "client_credentials"} | ({"scope": mine.scope} if mine.scope else {})
        asked_at, what = self._clock(), f"POST {addresses.plain(httpx.URL(mine.token_url).path)} (for a token)"
        response, content = self._asked(
            what, httpx.Request("POST", mine.token_url, data=form, headers=headers), LARGEST_TOKEN
        )
        as_it_is = f"{mine.client_id}:{mine.client_secret}"
        if response.status_code in (400, 401) and as_it_is != pair:  # so many servers have it, against the RFC
            headers["Authorization"] = f"Basic {base64.b64encode(as_it_is.encode()).decode()}"
            response, content = self._asked(
                what, httpx.Request("POST", mine.token_url, data=form, headers=headers), LARGEST_TOKEN
            )
        if response.status_code in (400, 401, 403):
            raise AnswerRefused(
                f"{what}: answered {response.status_code}. Look at the client id, the secret and the scopes, and whether the SIS "
                "still knows this client.", response.status_code,
            )  # fmt: skip
        if response.status_code != 200:
            raise AnswerRefused(f"{what}: {self._reason(response.status_code, b'')}", response.status_code)
        found = _json(what, content)
        token = found.get("access_token") if isinstance(found, dict) else None
        kind = found.get("token_type", "bearer") if isinstance(found, dict) else None
        if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
            raise SourceRefused(f"{what}: the answer holds no bearer token. Look at the address of the token endpoint.")
        self._token = token
        self._token_until = asked_at + _life(found.get("expires_in"))

    def _asked(self, what: str, request: httpx.Request, largest: int = 0) -> tuple[httpx.Response, bytes]:
        """Send until there is an answer that is not *later*, as often as the limits allow."""
        request.headers.update({"Accept-Encoding": "gzip", "User-Agent": "Open House"})
        for number in range(1, self.limits.tries + 1):
            said = "no answer came within its time, or the connection broke"
            status, wait, content = 0, 0.0, b""
            try:
                response, content = self._once(request, largest or self.limits.largest_body)
                status = response.status_code
                if status != 429 and status < 500:
                    return response, content
                said, wait = f"answered {status}{self._code(content)}", answers.asked_wait(response.headers)
            except answers.Unreadable as wrong:
                raise SourceRefused(f"{what}: the SIS's answer {wrong}. Tell whoever runs the SIS.") from None
            except (httpx.RequestError, answers.CutShort) as error:
                if _is_untrusted(error):
                    raise SourceRefused(
                        f"{what}: the server's certificate is not trusted. Look at the address, or let this machine trust the "
                        "authority that signed it."
                    ) from None
            if number < self.limits.tries:
                self._pause(what, said, status, max(min(wait, self.limits.longest_wait), _back_off(number)))
        raise AnswerRefused(
            f"{what}: {said}, {self.limits.tries} times. Try again later; if it goes on, tell whoever runs the SIS.",
            status,
        )

    def _once(self, request: httpx.Request, largest: int) -> tuple[httpx.Response, bytes]:
        self._until = self._clock() + self.limits.seconds
        if self.limits.deadline is not None:
            self._until = min(self._until, self.limits.deadline)
        response = self._client.send(request, stream=True)
        try:
            return response, answers.body(response, largest)
        finally:
            response.close()

    def _pause(self, what: str, said: str, status: int, wait: float) -> None:
        if self.limits.deadline is not None and self._clock() + wait >= self.limits.deadline:
            raise AnswerRefused(f"{what}: {said}, and there is no time to try again. Try again later.", status)
        self._sleep(wait)

    def _reason(self, status: int, content: bytes) -> str:
        said = f"answered {status}{self._code(content)}. "
        if 300 <= status < 400:
            return f"{said}Redirects are not followed: set the address that it leads to."
        if status == 401:
            return f"{said}It does not take the token that its own token endpoint gave. Look at both addresses."
        if status == 403:
            return f"{said}Let the SIS give this client the right to read it, or the scope that it needs."
        if status == 404:
            return f"{said}Look at the address of the SIS, down to its version."
        return f"{said}Look at the address and the version of the SIS."

    def _code(self, content: bytes) -> str:
        mine = self._credentials
        word = answers.code(content, (self._token, mine.client_secret, mine.client_id) if mine else ())
        return f" ({word})" if word else ""


def _json(what: str, content: bytes) -> Any:
    try:
        return answers.parsed(content)
    except answers.Unreadable as wrong:
        raise SourceRefused(f"{what}: the SIS's answer {wrong}. Look at the address of the SIS.") from None


def _life(said: Any) -> float:
    """Seconds for which a token may be used."""
    known = isinstance(said, int | float) and not isinstance(said, bool) and said > 0
    life = float(said) if known else float(said) if isinstance(said, str) and said.isdecimal() else TOKEN_LIFE
    return max(life - TOKEN_MARGIN, life * 0.9 if life < TOKEN_MARGIN * 10 else 0.0)


def _back_off(number: int) -> float:
    return min(FIRST_WAIT * 2 ** (number - 1), LONGEST_WAIT) * (1 - _CHANCE.random() / 2)


def _is_untrusted(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


@functools.cache
def _context() -> ssl.SSLContext:
    """The well-known authorities, and those that this machine trusts besides: many districts have one of their own."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
