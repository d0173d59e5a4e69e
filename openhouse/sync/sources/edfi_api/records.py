"""Reading one JSON record: values out by name, or a Fault that names the field and never the value.

A field is named by its path, such as `studentReference.studentUniqueId`. Nothing is read that is not asked for by name, so
what is sensitive in a record (race, disability, citizenship, economic state) stays unread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from openhouse.sync.sources import Notices

type Record = Mapping[str, Any]

LONGEST_VALUE = 255
EARLIEST_YEAR = 1900
UNSTEADY = frozenset({"id", "_etag", "_lastModifiedDate", "link", "ETag"})
"""Properties that change although a record says the same."""
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_BREAKS = re.compile("[\t\r\n]+")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(T00:00:00(\.0+)?(Z|\+00:00)?)?", re.ASCII)
_WHOLE_NUMBER = re.compile(r"-?\d{1,9}", re.ASCII)
_FLAGS = {"true": True, "false": False}


class Fault(Exception):
    """A record breaks a rule: the field ("" for the record as a whole), and the reason in words without the value."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def find(record: Record, path: str) -> Any:
    """What stands at a path; None where nothing does."""
    found: Any = record
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found


def text(record: Record, path: str, *, needed: bool = False) -> str:
    """A text without blanks around it and without line breaks in it; "" where there is none."""
    found = find(record, path)
    if found is None:
        found = ""
    if not isinstance(found, str):
        raise Fault(path, "is no text")
    if not (found.isascii() and found.isprintable()):
        found = _BREAKS.sub(" ", found)
        if reason := _breaks(found):
            raise Fault(path, reason)
    found = found.strip()
    if needed and not found:
        raise Fault(path, "is blank")
    if len(found) > LONGEST_VALUE:
        raise Fault(path, f"is longer than {LONGEST_VALUE} characters")
    return found


def _breaks(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    return "holds a control character" if _CONTROL.search(value) else ""


def key(record: Record, path: str) -> str:
    """An id, which some servers write as a number."""
    found = find(record, path)
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    return text(record, path, needed=True)


def legible_key(record: Any, path: str) -> str:
    """An id, or "" where it cannot be read."""
    try:
        return key(record, path) if isinstance(record, Mapping) else ""
    except Fault:
        return ""


def code(record: Record, path: str) -> str:
    """A descriptor's code value: what stands after `#`. States and districts have namespaces of their own."""
    return text(record, path).rpartition("#")[2].strip()


def day(record: Record, path: str, *, needed: bool = False) -> str | None:
    """A day as YYYY-MM-DD, or None. A time of midnight after it is nothing else."""
    found = text(record, path, needed=needed)
    if not found:
        return None
    matched = _DAY.fullmatch(found)
    if not matched or not _exists(matched[1]):
        raise Fault(path, "is not a day that exists, as YYYY-MM-DD")
    return matched[1]


@lru_cache(maxsize=1 << 16)
def _exists(day: str) -> bool:
    try:
        return date.fromisoformat(day).year >= EARLIEST_YEAR
    except ValueError:
        return False


def flag(record: Record, path: str, notices: Notices) -> bool | None:
    """True, False, or None where the record does not say."""
    found = find(record, path)
    if found is None or isinstance(found, bool):
        return found
    if isinstance(found, str) and found.strip().lower() in _FLAGS:
        notices.warnings[f"{path} is the text true or false, and no JSON boolean"] += 1
        return _FLAGS[found.strip().lower()]
    raise Fault(path, "is neither true nor false")


def whole_number(record: Record, path: str) -> int | None:
    """A whole number of at most nine digits, or None."""
    found = find(record, path)
    if found is None or found == "":
        return None
    if isinstance(found, bool) or not isinstance(found, int | str) or not _WHOLE_NUMBER.fullmatch(str(found)):
        raise Fault(path, "is not a whole number")
    return int(found)


def items(record: Record, path: str, notices: Notices) -> Iterator[Record]:
    """The objects of a collection, which may be absent. What is no object is passed over, with a warning."""
    found = find(record, path)
    if found is None:
        return
    for item in found if isinstance(found, list) else [found]:
        if isinstance(item, Mapping):
            yield item
        else:
            notices.warnings[f"{path}: entry that is no object; not read"] += 1


def plain(item: Record, path: str, notices: Notices) -> str:
    """A text of a collection's item; "" with a warning where it cannot be read: a wrong phone costs that phone alone."""
    try:
        return text(item, path)
    except Fault as fault:
        notices.warnings[f"{path} {fault.reason}; not read"] += 1
        return ""


def canonical(record: Any) -> bytes:
    """A record's bytes, the same for the same content in any order, without what changes by itself."""
    return json.dumps(_steady(record), sort_keys=True, separators=(",", ":")).encode()


def _steady(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _steady(each) for name, each in value.items() if name not in UNSTEADY}
    return [_steady(each) for each in value] if isinstance(value, list) else value


def told(record: Any, path: str) -> str:
    """What stands in a field, for the console; "" where it cannot be told."""
    value = find(record, path) if path and isinstance(record, Mapping) else ""
    shown = "" if value is None or isinstance(value, Mapping | list) else str(value)
    return shown.encode(errors="replace").decode()[:LONGEST_VALUE].replace("\0", "")
