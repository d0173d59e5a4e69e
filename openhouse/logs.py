"""How the log is written: where something broke and of what kind, never with what values, which may be somebody's data.

A database's complaint quotes the row and a mail server's the address, so an exception's own words are left out.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
from types import TracebackType

type ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would end a line, or move a terminal's cursor: somebody may have typed it."""


class Discreet(logging.Formatter):
    """One line for each entry, at its time in UTC; tracebacks with their places and kinds alone."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (the standard library's name)
        """The entry's line; control characters in it are spelled out, so that nobody writes a second one."""
        return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", super().formatMessage(record))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (the standard library's name)
        """The exception and those before it, the first one first."""
        error, lines = ei[1], list[str]()
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines[:0] = ["Traceback (most recent call last):", *map(_place, frames), _name(type(error))]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def _place(frame: traceback.FrameSummary) -> str:
    return f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'


def _name(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__} (its words may hold personal data and are left out)"
