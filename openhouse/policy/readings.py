"""How the text of a policy value is read: each reading returns the value or raises ValueError saying what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

type Reading = Callable[[Any], Any]


def value(default: Any, meaning: str, read: Reading) -> Any:
    """A policy value's field: default, its meaning in a sentence, and how its text is read and bounded."""
    return field(default=default, metadata={"meaning": meaning, "read": read})


def plain(value: Any) -> Any:
    """A value as JSON can hold it, nothing as blank text; every reading reads it back."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def text(given: Any) -> str:
    """Any text."""
    return str(given).strip()


@dataclass(frozen=True)
class Number:
    """A whole number within bounds, both included."""

    least: int
    most: int

    def __call__(self, given: Any) -> int:
        found = int(given) if re.fullmatch(r"\d{1,6}", str(given).strip()) else -1
        if not self.least <= found <= self.most:
            raise ValueError(f"a whole number from {self.least} to {self.most} is allowed")
        return found


def number(least: int, most: int) -> Number:
    """A whole number within bounds, both included."""
    return Number(least, most)


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    allowed: tuple[str, ...]

    def __call__(self, given: Any) -> str:
        if str(given).strip() not in self.allowed:
            raise ValueError(f"one of {', '.join(self.allowed)} is allowed")
        return str(given).strip()


def one_of(*allowed: str) -> OneOf:
    """One of a few words."""
    return OneOf(allowed)


def yes_or_no(given: Any) -> bool:
    """`true` or `false`."""
    return one_of("true", "false")(str(given).lower()) == "true"


def words(given: Any) -> tuple[str, ...]:
    """A list of words, or text with commas between them; lower case."""
    parts = given if isinstance(given, list | tuple) else str(given).split(",")
    return tuple(str(part).strip().lower() for part in parts if str(part).strip())


def names(longest: int) -> Reading:
    """A list of names with commas between them, at least one, none longer than so many characters."""

    def read(given: Any) -> tuple[str, ...]:
        parts = given if isinstance(given, list | tuple) else str(given).split(",")
        found = tuple(dict.fromkeys(str(part).strip() for part in parts if str(part).strip()))
        if not found or max(map(len, found)) > longest:
            raise ValueError(f"names with commas between them are allowed, each of at most {longest} characters")
        return found

    return read


@dataclass(frozen=True)
class SomeOf:
    """Some of a few words, in their order, among them at least one of those named."""

    allowed: tuple[str, ...]
    one_of_them: tuple[str, ...]

    def __call__(self, given: Any) -> tuple[str, ...]:
        found = words(given)
        if not set(found) <= set(self.allowed) or not set(found) & set(self.one_of_them):
            least = ", ".join(self.one_of_them)
            raise ValueError(f"some of {', '.join(self.allowed)} are allowed, at least one of {least}")
        return tuple(each for each in self.allowed if each in found)


def some_of(*allowed: str, one_of_them: tuple[str, ...]) -> SomeOf:
    """A list of some of a few words, in their order, among them at least one of those named."""
    return SomeOf(allowed, one_of_them)


def https(given: Any) -> str:
    """A web address that begins with https://, or nothing."""
    found = str(given).strip()
    if found and not re.fullmatch(r"https://[A-Za-z0-9.-]+(:\d{1,5})?([/?#][^\s\"<>\\^`{|}]*)?", found):
        raise ValueError("an address such as https://bi.district.example/dashboards is allowed, or nothing")
    return found


def domains(given: Any) -> tuple[str, ...]:
    """Email domains, with commas between them; a leading @ may stand or not."""
    found = tuple(each.removeprefix("@") for each in words(given))
    if not all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", each) for each in found):
        raise ValueError("email domains such as district.example are allowed, with commas between them")
    return found


def emails(given: Any) -> tuple[str, ...]:
    """Email addresses, with commas between them."""
    parts = given if isinstance(given, list | tuple) else str(given).split(",")
    found = tuple(str(part).strip() for part in parts if str(part).strip())
    if not all(re.fullmatch(r"[^@\s,;<>\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", each) for each in found):
        raise ValueError("email addresses such as sis@district.example are allowed, with commas between them")
    return found


def time_of_day(given: Any) -> str:
    """A time of the day as HH:MM, or nothing."""
    found = str(given).strip()
    if found and not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", found):
        raise ValueError("a time such as 02:00 is allowed, or nothing")
    return found


def day(given: Any) -> date | None:
    """A day as YYYY-MM-DD, or nothing."""
    if given in (None, ""):
        return None
    try:
        return date.fromisoformat(str(given).strip())
    except ValueError:
        raise ValueError("a day such as 2026-08-15 is allowed, or nothing") from None


def month_day(given: Any) -> str:
    """A month and day as MM-DD."""
    found = str(given).strip()
    try:
        date.fromisoformat(f"2027-{found}" if re.fullmatch("[0-9]{2}-[0-9]{2}", found) else "")
    except ValueError:
        raise ValueError("a month and day such as 07-01 is allowed") from None
    return found


def tiles(given: Any) -> tuple[Mapping[str, Any], ...]:
    """The district's link tiles: a JSON list. Addresses are https only, so that a tile can never run a script."""
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, list | tuple):
        raise ValueError("a JSON list of tiles is allowed")
    return tuple(_tile(each) for each in found)


def _tile(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("name"), dict) or not given["name"].get("en"):
        raise ValueError('each tile needs a name in English: {"name": {"en": "Library"}, …}')
    try:
        address = https(given.get("address", ""))
    except ValueError:
        address = ""
    if not address:
        raise ValueError("each tile needs an address such as https://library.example/catalog")
    return {
        "name": {str(code): str(name) for code, name in given["name"].items()},
        "address": address,
        "icon": str(given.get("icon", "link")),
        "grades": [str(grade) for grade in given.get("grades", [])],
        "school_codes": [str(code) for code in given.get("school_codes", [])],
    }


def group_roles(given: Any) -> tuple[Mapping[str, str], ...]:
    """Which roles groups carry: a JSON list. That a role is held at a school, or for the whole district, `roles` knows."""
    try:
        found = json.loads(given) if isinstance(given, str) and given.strip() else given or []
    except json.JSONDecodeError:
        found = None
    if not isinstance(found, list | tuple) or not all(isinstance(each, dict) for each in found):
        raise ValueError("a JSON list of groups is allowed")
    for each in found:
        texts = all(isinstance(text, str) for text in each.values())
        if not (each.keys() <= {"group", "role", "school_code"} and texts and each.get("group") and each.get("role")):
            raise ValueError(
                'each needs a group and a role: {"group": "Help desk", "role": "help desk", "school_code": ""}'
            )
    return tuple({"school_code": ""} | {name: text.strip() for name, text in each.items()} for each in found)
