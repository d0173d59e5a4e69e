"""Typst, which turns a letter's data into a PDF: tagged (PDF/UA-1), and refused where a font lacks a letter."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping
from pathlib import Path

import typst
from django.core.exceptions import ImproperlyConfigured

ROOM = Path(__file__).parent
FONTS = ROOM / "fonts"
_one_at_a_time = threading.Lock()


class Unprintable(Exception):
    """No font has one of the letters, or it is none that may be written."""


@functools.cache
def families() -> frozenset[str]:
    """The font families that letters can be set in; what the machine itself has is left aside, so that all print alike."""
    return frozenset(_fonts().families())


def pdf(template: str, data: Mapping[str, object], *, strict: bool = True) -> bytes:
    """The letter of a template of this room. `strict`: PDF/UA-1, raises Unprintable; else an empty box stands there."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        with _one_at_a_time:
            made = _compiler().compile(
                ROOM / template, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"] if strict else []
            )
    except typst.TypstError as error:
        if strict and error.message.startswith("PDF/UA-1 error: the text"):
            raise Unprintable from None
        raise
    assert isinstance(made, bytes)  # noqa: S101 - several pages make one PDF
    return made


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@functools.cache
def _compiler() -> typst.Compiler:
    """One for the process: it keeps the fonts. Without any, a letter would be an empty page: better none."""
    if not families():
        raise ImproperlyConfigured(f"No fonts in {FONTS}: bin/setup brings them, and the wheel has them.")
    return typst.Compiler(root=ROOM, font_paths=_fonts())
