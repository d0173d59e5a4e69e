"""What a server answers: its body within bounds, as JSON, and the few words of a failure that may be repeated."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

PLAIN_WORD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""A code that may be named in an error."""


class Unreadable(Exception):
    """The body is not what it should be: the reason, in words that end the sentence *the SIS's answer …*."""


class CutShort(Exception):
    """The connection broke before the body's end."""


def body(response: httpx.Response, largest: int) -> bytes:
    """The body, unpacked, as long as it is not larger than that. Raises Unreadable, CutShort and what httpx raises.

    We unpack ourselves because httpx unpacks whole pieces: a few kilobytes of gzip could become gigabytes at once.
    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip"):
        raise Unreadable("is compressed in a way that was not asked for")
    found = bytearray()
    pieces = response.iter_raw() if "gzip" not in encoding else _unpacked(response.iter_raw(), largest)
    for piece in pieces:
        found += piece
        if len(found) > largest:
            raise Unreadable(f"is larger than {largest} bytes")
    return bytes(found)


def _unpacked(pieces: Iterator[bytes], largest: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)  # gzip
    for piece in pieces:
        try:
            yield unpacker.decompress(piece, largest + 1)
        except zlib.error:
            raise Unreadable("is not the gzip that it says it is") from None
        if unpacker.unconsumed_tail or unpacker.unused_data:
            raise Unreadable(f"is larger than {largest} bytes, or goes on after its end")
    if not unpacker.eof:
        raise CutShort


def parsed(content: bytes) -> Any:
    """The object or list that a body holds as JSON. Bytes that are not UTF-8 become lone surrogates, which whoever reads
    a record must look for: they cost that record and not the whole answer. Raises Unreadable.
    """
    try:
        text = content.decode("utf-8", "surrogateescape").removeprefix("\N{BYTE ORDER MARK}")
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("is not JSON") from None
    if not isinstance(found, dict | list):
        raise Unreadable("is JSON, but neither an object nor a list")
    return found


def _no_number(word: str) -> float:
    raise ValueError(word)


def code(content: bytes, kept_secret: tuple[str, ...]) -> str:
    """The code by which the server's own staff find a failure: of Ed-Fi the correlationId, of OneRoster the minor code.

    "" where there is none, or where it is no plain word, or has a secret in it.
    """
    try:
        found = parsed(content)
        minor = found.get("imsx_CodeMinor", {}).get("imsx_codeMinorField", [{}])
        word = found.get("correlationId") or minor[0].get("imsx_codeMinorFieldValue")
    except (Unreadable, AttributeError, LookupError, TypeError):
        return ""
    if not isinstance(word, str) or not PLAIN_WORD.fullmatch(word):
        return ""
    return "" if any(word in secret or secret in word for secret in kept_secret if secret) else word


def asked_wait(headers: httpx.Headers) -> float:
    """Seconds that Retry-After asks for (RFC 9110 §10.2.3: seconds or a date); 0 without one."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
