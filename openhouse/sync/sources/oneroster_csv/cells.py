"""Reading one cell: text in, value out, or a Fault that names the column and never the value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from openhouse.sync.sources.oneroster_csv.block import LONGEST_VALUE
from openhouse.sync.sources.oneroster_csv.tolerance import Fault, Tolerance

FLAGS: Mapping[str, bool | None] = {"true": True, "false": False, "": None}
EARLIEST_YEAR = 1900
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_GUID = re.compile(r"[\w.\-/@]+", re.ASCII)
_ONE_USER_ID = re.compile(r"\{[^:{}]*:([^{}]+)\}")


@lru_cache(maxsize=1 << 16)
def is_day(text: str) -> bool:
    """Whether text is a day that exists, YYYY-MM-DD, from 1900 on."""
    if not _DAY.fullmatch(text):
        return False
    try:
        return date.fromisoformat(text).year >= EARLIEST_YEAR
    except ValueError:
        return False


def day(column: str, text: str) -> str | None:
    """A day as YYYY-MM-DD, or None where the cell is blank."""
    if not text:
        return None
    if not is_day(text):
        raise Fault(column, "is not a day that exists, as YYYY-MM-DD")
    return text


def span(begin: str, end: str) -> tuple[str | None, str | None]:
    """The cells beginDate (inclusive) and endDate (exclusive); a thing cannot end before it begins."""
    found = day("beginDate", begin), day("endDate", end)
    if found[0] and found[1] and found[1] < found[0]:
        raise Fault("endDate", "lies before beginDate")
    return found


def flag(column: str, text: str, tolerance: Tolerance) -> bool | None:
    """`true`, `false` or blank (None). Another spelling such as TRUE is taken, with a warning."""
    try:
        return FLAGS[text]
    except KeyError:
        pass
    if text.strip().lower() not in FLAGS:
        raise Fault(column, "is neither true nor false")
    tolerance.row(column, f"{column} is spelled otherwise than true or false, such as TRUE")
    return FLAGS[text.strip().lower()]


def whole_number(column: str, text: str) -> int | None:
    """A whole number, or None where the cell is blank."""
    if not text:
        return None
    if not _WHOLE_NUMBER.fullmatch(text):
        raise Fault(column, "is not a whole number")
    return int(text)


def user_id(text: str, tolerance: Tolerance) -> str:
    """The one id in a userIds cell: `{type:id}`, or bare as many exports have it. Several are none: nobody says which."""
    found = _ONE_USER_ID.fullmatch(text.strip())
    if found:
        return found[1].strip()
    if not text or "{" in text:
        return ""
    tolerance.row("userIds", "userIds without braces and type; taken as the id")
    return text.strip()


def listed(text: str) -> Iterable[str]:
    """The elements of a list cell, without blanks."""
    return filter(None, map(str.strip, text.split(",")))


def check_lengths(columns: Iterable[str], values: Iterable[str]) -> None:
    """Raise a Fault for the first value that is longer than 255 characters: cutting it would make it another value."""
    for column, value in zip(columns, values, strict=True):
        if len(value) > LONGEST_VALUE:
            raise Fault(column, f"is longer than {LONGEST_VALUE} characters")


def check_guid(column: str, text: str, tolerance: Tolerance) -> None:
    """An id's characters: any text can be an id, but the standard allows few."""
    if not _GUID.fullmatch(text):
        tolerance.row(column, f"{column} with characters that the standard does not allow in an id")


def is_removed(status: str, modified: str, tolerance: Tolerance) -> bool:
    """Whether a bulk row says that its thing is to be deleted. It needs no status; where it has one, the row's word wins."""
    if modified:
        tolerance.row("dateLastModified", "bulk row with dateLastModified")
    if not status:
        return False
    if status == "active":
        tolerance.row("status", "bulk row with status active")
        return False
    if status in ("tobedeleted", "inactive"):
        tolerance.row("status", "bulk row with status tobedeleted; taken as not there")
        return True
    raise Fault("status", "is neither blank, active nor tobedeleted")
