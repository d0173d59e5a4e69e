"""The questions of an identity check, and what an answer is worth against the mirror (domain rule 11). Pure functions.

What a person says is made plain and compared with all that the SIS has on file; only match, no match or not on file comes out.

What somebody can learn who answers wrongly, three times a day for one guardian: of three guesses a day at the address and
three at each phone, which are right, and only through the employee who sees the screen and is told to say nothing of it. That
takes years to find four unknown digits of a phone (10,000 / 3 days), but it can confirm an address that somebody already
suspects. So each check is counted before it is answered, whoever makes it, kept with the employee's name, and on the
trail. Every question is compared, whatever the others gave, and a check that fails says no more than one that passes. *Not on
file* tells that the SIS has nothing to compare with; it excuses one question at most, so that an empty record opens nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import product
from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.TextChoices):
    """What is asked."""

    BIRTH_DATE = "birth_date", _("Student's date of birth")
    NAME = "name", _("Student's first and last name")
    GRADE = "grade", _("Student's grade")
    ADDRESS = "address", _("Address")
    PHONE = "phone", _("Phone number")
    EMERGENCY_PHONE = "emergency_phone", _("Emergency contact's phone number")


class Answer(models.TextChoices):
    """What came of a question: all that the employee sees and all that is kept."""

    MATCH = "match", _("Match")
    NO_MATCH = "no match", _("No match")
    NOT_ON_FILE = "not on file", _("Not on file")


ON_THE_CONSOLE = frozenset({Question.BIRTH_DATE, Question.NAME, Question.GRADE})
"""What any employee reads on Find a Student: never enough alone."""
EXCUSED = 1
"""How many questions may be not on file."""

type OnFile = Mapping[Question, frozenset[str]]
"""All right answers to each question, made plain; none where the SIS has nothing."""
type Typed = Mapping[Question, str | date | None]


class StudentFacts(Protocol):
    """Whose PIN it is."""

    given_name: str
    middle_name: str
    family_name: str
    birth_date: date | None


class ContactFacts(Protocol):
    """A contact's address and phones."""

    phone: str
    mobile: str
    street: str
    city: str
    state: str
    postal_code: str


def on_file(
    student: StudentFacts, grades: Iterable[str], guardian: ContactFacts, others: Iterable[ContactFacts]
) -> OnFile:
    """The right answers. `others` are the student's other emergency contacts.

    A number that the guardian has too does not count as theirs: one fact must not answer two questions.
    """
    own = _phones(guardian)
    found = {
        Question.BIRTH_DATE: {day(student.birth_date)},
        Question.NAME: _names(student),
        Question.GRADE: {grade(each) for each in grades},
        Question.ADDRESS: _addresses(guardian),
        Question.PHONE: own,
        Question.EMERGENCY_PHONE: {number for each in others for number in _phones(each)} - own,
    }
    return {question: frozenset(answers - {""}) for question, answers in found.items()}


def answers(typed: Typed, known: OnFile, asked: Collection[str]) -> dict[Question, Answer]:
    """What came of each question that was asked."""
    return {each: _answer(each, typed.get(each), known[each]) for each in Question if each in asked}


def _answer(question: Question, said: str | date | None, known: frozenset[str]) -> Answer:
    plain = READ[question](said)
    if not known:
        return Answer.NOT_ON_FILE
    return Answer.MATCH if plain in known else Answer.NO_MATCH


def passes(found: Mapping[Question, Answer]) -> bool:
    """Whether the answers are enough: no mismatch, one not on file at most, and something matches that no console shows."""
    given = list(found.values())
    knows = any(found[each] is Answer.MATCH for each in found if each not in ON_THE_CONSOLE)
    return knows and Answer.NO_MATCH not in given and given.count(Answer.NOT_ON_FILE) <= EXCUSED


def _names(student: StudentFacts) -> set[str]:
    """With the middle name or without it, and with the family name first."""
    first, middle, last = student.given_name, student.middle_name, student.family_name
    return {name(f"{first} {last}"), name(f"{first} {middle} {last}"), name(f"{last} {first}")}


def _addresses(contact: ContactFacts) -> set[str]:
    """The street with the city, the ZIP code or both, with the state or without it; the street alone where that is all."""
    city, code = contact.city.strip(), contact.postal_code.strip()
    places = [pair for pair in product({city, ""}, {contact.state, ""}, {code, ""}) if pair[0] or pair[2]]
    ends = [" ".join(place) for place in places] if city or code else [""]
    return {address(f"{contact.street} {end}") for end in ends} if contact.street.strip() else set()


def _phones(contact: ContactFacts) -> set[str]:
    return {phone(contact.phone), phone(contact.mobile)} - {""}


def words(text: object) -> list[str]:
    """A text's words without case, accents and punctuation, digits in Western script."""
    folded = unicodedata.normalize("NFKD", str(text or "").casefold()).translate(LETTERS)
    marks = (each for each in folded if not unicodedata.combining(each))
    kept = (" " if unicodedata.category(each)[0] in "PSZC" else _western(each) for each in marks)
    return "".join(kept).split()


def _western(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def day(said: object) -> str:
    """A day as YYYY-MM-DD, blank where there is none."""
    return said.isoformat() if isinstance(said, date) else ""


def name(said: object) -> str:
    """A name in one word: *De la Cruz*, *Delacruz* and *DE LA CRUZ* are one."""
    return "".join(words(said))


def grade(said: object) -> str:
    """A grade as a number without leading zeros, or k, tk, pk, or another word as it stands."""
    plain = "".join(word for word in words(said) if word not in ("grade", "grado", "gr", "the", "in"))
    if number := re.fullmatch(r"0*(\d{1,2})[a-z]{0,3}", plain):
        return number[1] if int(number[1]) else "k"
    return GRADES.get(plain, plain)


def phone(said: object) -> str:
    """A phone number's last 10 digits, without an extension; blank for what is too short to be one."""
    number = re.split(r"(?i)\s*(?:,|;|x|ext)", str(said or ""), maxsplit=1)[0]
    digits = "".join(each for each in "".join(words(number)) if each.isdecimal())[-10:]
    return digits if len(digits) >= 7 else ""


def address(said: object) -> str:
    """An address in one word, streets and directions abbreviated, *Apt* and its like left out, the ZIP code in 5 digits."""
    line = re.sub(r"(?<=\b\d{5})-\d{4}\s*$", "", str(said or ""))
    return "".join(STREETS.get(word, word) for word in words(line) if word not in UNITS)


READ = {
    Question.BIRTH_DATE: day,
    Question.NAME: name,
    Question.GRADE: grade,
    Question.ADDRESS: address,
    Question.PHONE: phone,
    Question.EMERGENCY_PHONE: phone,
}
"""How each answer is made plain."""
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
"""Letters that are no accented ones to Unicode."""
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
]
GRADES = {
    **{word: str(number) for number, word in enumerate(_ORDINALS, start=1)},
    **dict.fromkeys(("k", "kg", "kn", "kinder", "kindergarten"), "k"),
    **dict.fromkeys(("tk", "transitionalk", "transitionalkinder", "transitionalkindergarten"), "tk"),
    **dict.fromkeys(("pk", "pr", "prek", "prekinder", "prekindergarten", "preschool"), "pk"),
}
"""Grades that people and SISs have words for."""
UNITS = frozenset(["apt", "apartment", "unit", "suite", "ste", "number", "num", "room", "rm", "space", "spc"])
"""Words before a home's number that say nothing."""
STREETS = {
    long: short
    for short, longs in {
        "st": "street str saint", "ave": "avenue av aven", "blvd": "boulevard bl boul", "dr": "drive drv", "rd": "road",
        "ln": "lane la", "ct": "court crt", "pl": "place", "ter": "terrace terr", "cir": "circle circ", "pkwy": "parkway pky",
        "hwy": "highway", "sq": "square", "trl": "trail", "aly": "alley", "expy": "expressway", "fwy": "freeway", "hts": "heights",
        "mt": "mount", "ft": "fort", "n": "north", "s": "south", "e": "east", "w": "west", "ne": "northeast",
        "nw": "northwest", "se": "southeast", "sw": "southwest", "ca": "california",
        **{f"{number}{['st', 'nd', 'rd'][number - 1] if number < 4 else 'th'}": word
           for number, word in enumerate(_ORDINALS, start=1)},
    }.items()
    for long in longs.split()
}  # fmt: skip
"""USPS Publication 28, Appendix C: the suffixes and directions that a family is likely to say in full."""
