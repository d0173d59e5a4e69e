"""Reading a PDF back: its words, where each letter stands, its QR codes, its tags."""

from __future__ import annotations

from io import BytesIO
from typing import NamedTuple

import pypdfium2
import zxingcpp
from pypdf import PdfReader


def words(pdf: bytes) -> str:
    """All text without spaces."""
    return "".join("".join(sheet.extract_text() for sheet in PdfReader(BytesIO(pdf)).pages).split())


def qr_codes(pdf: bytes) -> list[str]:
    """What a reader finds on the rendered sheets, each as often as it stands there."""
    found = []
    for sheet in pypdfium2.PdfDocument(pdf):
        picture = sheet.render(scale=2, grayscale=True)
        grey = memoryview(picture.buffer).cast("B").cast("B", shape=[picture.height, picture.stride])
        found += [each.text for each in zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormat.QRCode)]
    return found


class Sign(NamedTuple):
    """One letter or digit of the first sheet, with its left and right edge and its foot in points."""

    letter: str
    left: float
    right: float
    foot: float


def signs(pdf: bytes) -> list[Sign]:
    """Every letter of the first sheet with its place."""
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    found = []
    for index in range(text.count_chars()):
        letter = chr(pypdfium2.raw.FPDFText_GetUnicode(text.raw, index))
        left, foot, right, _head = text.get_charbox(index, loose=True)
        if letter.isprintable() and not letter.isspace():
            found.append(Sign(letter, left, right, foot))
    return found


def lines(pdf: bytes) -> list[list[Sign]]:
    """The first sheet's lines as the eye meets them: each from left to right, whatever the language."""
    rows: list[list[Sign]] = []
    for sign in sorted(signs(pdf), key=lambda sign: -sign.foot):
        if not rows or rows[-1][0].foot - sign.foot > 3:
            rows.append([])
        rows[-1].append(sign)
    return [sorted(row, key=lambda sign: sign.left) for row in rows]


def seen(pdf: bytes) -> list[str]:
    """The lines as text, from left to right: a word of Arabic script stands backwards in it."""
    return ["".join(sign.letter for sign in row) for row in lines(pdf)]
