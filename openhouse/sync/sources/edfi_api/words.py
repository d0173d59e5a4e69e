"""Ed-Fi's words in ours: grades as OneRoster has them, languages as BCP 47 has them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ORDINALS = (
    "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh", "Twelfth",
)  # fmt: skip
GRADES: Mapping[str, str] = {
    "infant/toddler": "IT", "preschool": "PR", "prekindergarten": "PK", "pk": "PK",
    "transitional kindergarten": "TK", "tk": "TK", "kindergarten": "KG", "k": "KG", "kg": "KG",
    **{f"{word.lower()} grade": f"{number:02}" for number, word in enumerate(_ORDINALS, start=1)},
    **{f"{number}": f"{number:02}" for number in range(1, 13)},
    **{f"{number:02}": f"{number:02}" for number in range(1, 13)},
    "grade 13": "13", "postsecondary": "PS", "ungraded": "UG",
}  # fmt: skip
"""Ed-Fi's GradeLevelDescriptor (v5.2), and what districts write in its place."""

LANGUAGES: Mapping[str, str] = {
    **dict.fromkeys(("eng", "en", "english"), "en"),
    **dict.fromkeys(("spa", "es", "spanish", "spanish; castilian"), "es"),
    **dict.fromkeys(("hye", "arm", "hy", "armenian"), "hy"),
    **dict.fromkeys(("zho", "chi", "zh", "chinese"), "zh"),
    **dict.fromkeys(("zh-hans", "chinese, simplified", "chinese (simplified)", "simplified chinese"), "zh-Hans"),
    **dict.fromkeys(("zh-hant", "chinese, traditional", "chinese (traditional)", "traditional chinese"), "zh-Hant"),
    **dict.fromkeys(("fas", "per", "fa", "persian", "farsi"), "fa"),
    **dict.fromkeys(("kor", "ko", "korean"), "ko"),
    **dict.fromkeys(("rus", "ru", "russian"), "ru"),
    **dict.fromkeys(("tgl", "fil", "tl", "tagalog", "filipino", "filipino; pilipino"), "tl"),
    **dict.fromkeys(("vie", "vi", "vietnamese"), "vi"),
    **dict.fromkeys(("ara", "ar", "arabic"), "ar"),
}
"""ISO 639-2 codes and names, as LanguageDescriptor has them, of the languages that the portal is for."""

CONFIDENTIAL = frozenset({"fax", "emergency", "unlisted", "work", "employer"})
"""Words in a type of phone or e-mail that make it none to reach a family by."""


def grade(code: str) -> str:
    """OneRoster's word for a grade; the code itself where it has none."""
    return GRADES.get(code.lower(), code)


def language(code: str) -> str:
    """The BCP 47 tag of a language, or "" where the table has none."""
    return LANGUAGES.get(code.lower(), "")


def is_confidential(kind: str) -> bool:
    """Whether a type of phone or e-mail is not for the portal, also in a district's own words (`Work phone`)."""
    return not CONFIDENTIAL.isdisjoint(re.findall("[a-z]+", kind.lower()))
