"""Grades in the order in which a school has them. They are the SIS's own words: nothing is renamed, and no grade is left out."""

from __future__ import annotations

BEFORE_FIRST = ("IT", "PR", "EC", "PS", "PK", "TK", "K", "KG")
"""Grades before the first, by age, mostly as CEDS writes them."""


def order(grade: str) -> tuple[int, int, str]:
    """The key to sort by: the early ones, then by number, then other words, then blank."""
    word = grade.strip().upper()
    if word in BEFORE_FIRST:
        return (0, BEFORE_FIRST.index(word), grade)
    if word.isascii() and word.isdecimal():
        return (1, int(word[:9]), grade)
    return (2, 0, grade) if word else (3, 0, grade)
