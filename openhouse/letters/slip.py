"""The slip with a PIN: one sheet, in the family's language and in English, with the same QR code as the slip on the screen."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from openhouse.letters import codes, languages, typesetting
from openhouse.letters.languages import ENGLISH, Language

LABELS = {"login": "Login / Register", "add": "Add a student", "id": "Student ID"}
"""Words on the portal's pages, as they stand there."""
MISSING = (
    "A letter in a name could not be printed: no font of the portal has it. An empty box stands for it. "
    "Please write the name by hand, or use Print on the screen instead."
)

LONG, BREAK = re.compile(r"(?<=\S{12})(?=\S{12})"), "\u200b"
"""Where a word that no line could hold may be broken."""


@dataclass(frozen=True)
class Slip:
    """What stands on it. `reference` is the address in the QR code, `portal` the one to type; `phone` may be blank."""

    district: str
    student: str
    guardian: str
    code: str
    good_until: date
    portal: str
    reference: str
    phone: str = ""


@dataclass(frozen=True)
class Paper:
    """The PDF, and whether every letter of the names could be printed."""

    content: bytes
    is_complete: bool


def typeset(slip: Slip, language: Language | None) -> Paper:
    """The PDF in that language and English, or in English alone. A name that no font can print whole says so on the sheet."""
    chosen = [language, ENGLISH] if language and language != ENGLISH else [ENGLISH]
    data = {
        "title": words(chosen[0])["title"],
        "student": _name(slip.student),
        "guardian": _name(slip.guardian),
        "code": slip.code,
        "reference": _in_two(slip.reference),
        "qr": codes.svg(slip.reference),
        "fonts": [languages.LATIN],
        "halves": [_half(slip, each) for each in chosen],
        "district": slip.district,
        "note": None,
    }
    try:
        return Paper(typesetting.pdf("slip.typ", data), is_complete=True)
    except typesetting.Unprintable:
        return Paper(typesetting.pdf("slip.typ", data | {"note": MISSING}, strict=False), is_complete=False)


def words(language: Language) -> dict[str, Any]:
    """What the slip says in a language (slip.toml)."""
    return _texts()[language.tag]


@functools.cache
def _texts() -> dict[str, dict[str, Any]]:
    with (typesetting.ROOM / "slip.toml").open("rb") as file:
        return tomllib.load(file)


def _half(slip: Slip, language: Language) -> dict[str, object]:
    text, given = words(language), LABELS | {"address": slip.portal, "phone": slip.phone}
    others = [family for family in languages.FAMILIES if family not in language.fonts]
    return {name: text[name] for name in ("title", "lead", "student", "guardian", "pin", "until", "how", "care")} | {
        "lang": language.tag.partition("-")[0],
        "script": language.script,
        "region": language.region,
        "rtl": language.rtl,
        "fonts": [*language.fonts, *others],
        "day": day(slip.good_until, text),
        "qr": text["qr"].format(address=slip.reference),
        "steps": [parts(step, given) for step in text["steps"]],
        "help": parts(text["help"], given) if slip.phone else None,
    }


def day(when: date, text: Mapping[str, Any]) -> str:
    """A date with the month's name, in Western digits."""
    return text["date"].format(day=when.day, month=text["months"][when.month - 1], year=when.year)


def parts(sentence: str, given: Mapping[str, str]) -> list[str | dict[str, str]]:
    """A sentence cut at its braces; what fills them runs from left to right, and words of the portal's pages stand out."""
    cut = re.split(r"\{(\w+)\}", sentence)
    filled = ({"run": given[each]} if place % 2 else each for place, each in enumerate(cut))
    return [each for each in filled if each]


def _in_two(address: str) -> list[str]:
    """An address and its last part, which would not fit in one line."""
    head, _, key = address.rstrip("/").rpartition("/")
    return [f"{head}/", key]


def _name(text: str) -> dict[str, object]:
    """A name, its accents on their letters, and whether it runs from right to left, as its first letter does."""
    text = re.sub(LONG, BREAK, unicodedata.normalize("NFC", text))
    first = next((sign for sign in map(unicodedata.bidirectional, text) if sign in ("L", "R", "AL")), "L")
    return {"text": text, "rtl": first != "L"}
