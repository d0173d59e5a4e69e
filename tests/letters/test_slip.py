"""The PDF slip, read back in every language."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from openhouse.letters import languages, slip, typesetting
from openhouse.letters.languages import ENGLISH, LANGUAGES, Language
from tests.letters import paper

REFERENCE = "https://families.example.org/s/5e0c3a52-6a39-4b8e-9d55-0b6a1f6f2c11/"
ELSEWHERE = [each for each in LANGUAGES if each is not ENGLISH]
RIGHT_TO_LEFT = [each for each in LANGUAGES if each.rtl]
NAMES = {
    "en": "Ana O'Neil-Ñúñez",
    "es": "María José de la Cruz Santos",
    "hy": "Անի Գրիգորյան",
    "zh-Hans": "李小龙",
    "zh-Hant": "陳美玲",
    "fa": "مریم محمدی",
    "ko": "김민수",
    "ru": "Анна Ёлкина",
    "tl": "Luningning Dimaculangan",
    "vi": "Nguyễn Thị Ánh",
    "ar": "ليلى حسن",
}


def made(language: Language | None = None, **facts: Any) -> slip.Paper:
    given = {
        "district": "Demo Unified",
        "student": "Alma Reyes",
        "guardian": "Ana Reyes",
        "code": "482913",
        "good_until": date(2026, 12, 11),
        "portal": "families.example.org",
        "reference": REFERENCE,
        "phone": "(213) 555-0199",
    }
    return slip.typeset(slip.Slip(**(given | facts)), language)


def each_language(chosen: list[Language] | tuple[Language, ...] = LANGUAGES) -> Any:
    return pytest.mark.parametrize("language", chosen, ids=lambda each: each.tag)


@each_language()
def test_every_language_says_all_of_it(language: Language) -> None:
    text, english = slip.words(language), slip.words(ENGLISH)
    assert text.keys() == english.keys()
    assert len(text["months"]) == 12
    assert all(text.values())
    braces = [
        re.findall(r"\{\w+\}", str(sentence)) for sentence in (text["steps"], text["help"], text["qr"], text["date"])
    ]
    wanted = {"{address}", "{login}", "{add}"}, {"{phone}"}, {"{address}"}, {"{day}", "{month}", "{year}"}
    assert all(needed <= set(found) for needed, found in zip(wanted, braces, strict=True))


@each_language()
def test_the_slip_s_words_are_read_back(language: Language) -> None:
    """Word for word: readers give a right-to-left line's words in another order, or its letters as the eye meets them.

    They trip over a few of its ligatures and marks.
    """
    content, text = made(language, student=NAMES[language.tag]).content, slip.words(language)
    printed, seen = bare(paper.words(content)), bare(" ".join(paper.seen(content)))
    given = slip.LABELS | {"address": "families.example.org", "phone": "(213) 555-0199"}
    sentences = [text[name] for name in ("title", "lead", "student", "guardian", "how", "care")]
    sentences += [each.format(**given) for each in (*text["steps"], text["help"])]
    sentences += [
        NAMES[language.tag],
        slip.day(date(2026, 12, 11), text),
        slip.words(ENGLISH)["title"],
        "482913",
        "Demo Unified",
    ]
    wanted = re.findall(r"[\w']+", bare(" ".join(sentences)))
    missing = [word for word in wanted if word not in printed and not (language.rtl and word[::-1] in seen)]
    assert len(missing) <= (5 if language.rtl else 0), missing
    assert len(wanted) > 20


def bare(text: str) -> str:
    """Without what stands above and below letters, which a PDF may hold apart from them."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


@each_language()
def test_it_is_one_tagged_sheet_in_its_language(language: Language) -> None:
    document = PdfReader(BytesIO(made(language).content))
    root = document.root_object
    assert len(document.pages) == 1
    assert str(root["/Lang"]).startswith(language.tag.partition("-")[0])
    assert root["/MarkInfo"]["/Marked"]
    assert "<pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    tags = str(structure(root["/StructTreeRoot"]))
    for tag in ("/H1", "/H2", "/Figure", "/LI", "/P"):
        assert tag in tags


def structure(element: Any) -> list[Any]:
    """The tags below one, as nested lists."""
    inner = element.get("/K", [])
    inner = inner if isinstance(inner, list) else [inner]
    below = [each.get_object() for each in inner]
    return [element.get("/S"), *(structure(each) for each in below if isinstance(each, dict) and "/S" in each)]


@each_language(ELSEWHERE)
def test_the_qr_code_is_read_from_both_halves(language: Language) -> None:
    assert paper.qr_codes(made(language).content) == [REFERENCE, REFERENCE]


def test_english_alone_stands_once() -> None:
    for content in (made(None).content, made(ENGLISH).content):
        assert paper.words(content).count("482913") == 1
        assert paper.qr_codes(content) == [REFERENCE]


@each_language(RIGHT_TO_LEFT)
def test_right_to_left_lines_begin_at_the_right_and_codes_run_from_left_to_right(language: Language) -> None:
    content = made(language).content
    word = slip.words(language)["how"].split()[0]
    (heading,) = [row for row in paper.lines(content) if text_of(row).endswith(word[::-1])]
    assert heading[-1].right > 540  # of 612 points: at the right margin
    seen = [line.translate({ord("("): "", ord(")"): ""}) for line in paper.seen(content)]
    for run in (
        "482913",
        "families.example.org",
        "213555-0199",
        "Login/Register",
        "StudentID",
        "https://families.example.org/s/",
    ):
        assert sum(run in line for line in seen) >= 2, run


@each_language(RIGHT_TO_LEFT)
def test_letters_of_arabic_script_are_joined(language: Language) -> None:
    """Kept apart by a sign without width, the same letters take more room."""
    joined, apart = made(language, student="شمس").content, made(language, student="ش\u200cم\u200cس").content
    assert width(joined, "شمس") < 0.9 * width(apart, "شمس")


def width(content: bytes, word: str) -> float:
    """How wide a word of Arabic script stands, at the first place where it does."""
    for row in paper.lines(content):
        place = text_of(row).find(word[::-1])
        if place >= 0:
            return row[place + len(word) - 1].right - row[place].left
    raise AssertionError(word)


def text_of(row: list[paper.Sign]) -> str:
    return "".join(sign.letter for sign in row)


def test_a_name_is_never_code() -> None:
    printed = paper.words(made(student='#read("x") *a* $1$ ]]', guardian="= b <c> @d").content)
    assert '#read("x")*a*$1$]]' in printed
    assert "=b<c>@d" in printed


def test_a_name_that_no_font_has_is_printed_as_far_as_it_goes_and_said_so() -> None:
    khmer = made(languages.of("es"), guardian="សុខា Reyes")
    assert not khmer.is_complete
    printed = paper.words(khmer.content)
    assert "writethenamebyhand" in printed
    assert "482913" in printed
    assert "Reyes" in printed
    assert paper.qr_codes(khmer.content) == [REFERENCE, REFERENCE]
    assert made(languages.of("es")).is_complete


@settings(max_examples=60)
@given(name=st.text(max_size=40))
@example(name="\u202eright to left\x00\t\n")
@example(name="🦉\ud7a3\u0378\U0010ffff")
@example(name="W" * 255)
def test_no_name_at_all_fails_the_counter(name: str) -> None:
    assert paper.qr_codes(made(languages.of("hy"), student=name, guardian=name).content) == [REFERENCE, REFERENCE]


def test_any_script_of_the_eleven_may_stand_in_a_slip_of_any_other() -> None:
    for language in LANGUAGES:
        assert made(language, student=" ".join(NAMES.values())).is_complete


def test_the_longest_pin_stands_in_one_line() -> None:
    assert (
        sum("123456789012" in line for line in paper.seen(made(languages.of("ru"), code="123456789012").content)) == 2
    )


def test_every_font_that_a_language_asks_for_is_there() -> None:
    assert typesetting.families() == {languages.LATIN, *languages.FAMILIES}
    assert {font for each in LANGUAGES for font in each.fonts} == set(languages.FAMILIES)


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("es-MX", "es"), ("ES", "es"), ("spa", "es"), ("zh", "zh-Hans"), ("zh-Hant-HK", "zh-Hant"), ("zh_TW", "zh-Hant"),
        ("zh-CN", "zh-Hans"), ("fil", "tl"), ("fa-IR", "fa"), ("hyw", "hy"), ("ar-EG", "ar"), ("en-US", "en"),
        ("km", None), ("", None), ("-", None), ("esperanto", None),
    ],
)  # fmt: skip
def test_a_sis_s_tag_finds_its_language(tag: str, found: str | None) -> None:
    language = languages.of(tag)
    assert (language.tag if language else None) == found


def test_without_fonts_there_is_no_letter_rather_than_an_empty_one(monkeypatch):
    monkeypatch.setattr(typesetting, "families", frozenset)
    typesetting._compiler.cache_clear()
    with pytest.raises(ImproperlyConfigured, match="bin/setup"):
        typesetting.pdf("slip.typ", {})
