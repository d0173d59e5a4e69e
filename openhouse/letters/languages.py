"""The languages in which letters are written: how a SIS may name each, its script and its fonts."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from openhouse.policy.values import Policy


@dataclass(frozen=True)
class Language:
    """A language by its BCP 47 `tag`, with its English `name` and its `autonym`. `others` are other tags of it, in small letters.

    `fonts` names the families for its script, beyond the Latin one; `region` chooses among the shapes of one sign.
    """

    tag: str
    name: str | Promise
    autonym: str
    others: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    rtl: bool = False
    script: str | None = None
    region: str | None = None


ENGLISH = Language("en", _("English"), "English", ("eng",))
LATIN = "Noto Sans"
"""Latin, Cyrillic and Greek, with everything that Vietnamese and Tagalog write."""
FAMILIES = ("Noto Sans Armenian", "Vazirmatn", "Noto Sans SC", "Noto Sans TC", "Noto Sans KR")

LANGUAGES = (
    ENGLISH,
    Language("es", _("Spanish"), "Español", ("spa",)),
    Language("hy", _("Armenian"), "Հայերեն", ("hye", "arm", "hyw"), ("Noto Sans Armenian",)),
    Language(
        "zh-Hans",
        _("Chinese (Simplified)"),
        "简体中文",
        ("zh", "zho", "chi", "cmn"),
        ("Noto Sans SC",),
        False,
        "hans",
        "cn",
    ),
    Language(
        "zh-Hant",
        _("Chinese (Traditional)"),
        "繁體中文",
        ("zh-tw", "zh-hk", "zh-mo", "yue"),
        ("Noto Sans TC",),
        False,
        "hant",
        "tw",
    ),
    Language("fa", _("Farsi"), "فارسی", ("fas", "per", "pes"), ("Vazirmatn",), rtl=True),
    Language("ko", _("Korean"), "한국어", ("kor",), ("Noto Sans KR",)),
    Language("ru", _("Russian"), "Русский", ("rus",)),
    Language("tl", _("Tagalog"), "Tagalog", ("tgl", "fil")),
    Language("vi", _("Vietnamese"), "Tiếng Việt", ("vie",)),
    Language("ar", _("Arabic"), "العربية", ("ara", "arb"), ("Vazirmatn",), rtl=True),
)
REVIEWED = frozenset({"en"})
"""Tags of the languages whose texts a qualified translator has reviewed; English is what they are translated from."""
BY_TAG = {tag: each for each in LANGUAGES for tag in (each.tag.lower(), *each.others)}


def of(tag: str) -> Language | None:
    """The language that a SIS's tag names, however long: `es-MX` is Spanish. None where letters are not written in it."""
    parts = tag.strip().lower().replace("_", "-").split("-")
    whole = ("-".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((BY_TAG[each] for each in whole if each in BY_TAG), None)


def offered(policy: Policy) -> list[Language]:
    """The languages that the district offers letters in, English first."""
    return [each for each in LANGUAGES if each.tag.lower() in policy.letter_languages]
