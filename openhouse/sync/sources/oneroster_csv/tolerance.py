"""What a reading forgives. Lenient, each tolerance used is a warning with a count; strict, it breaks the rule that it is.

Everything that bends the standard and is read all the same goes through here, so that a strict reading says in the same
words, row by row, what a lenient one counts.
"""

from __future__ import annotations

from openhouse.sync.refusals import SourceRefused
from openhouse.sync.sources import Notices


class Fault(Exception):
    """A row breaks a rule: the column ("" for the row as a whole), and the reason in words without the value."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class Tolerance:
    """Counts in `notices`, or raises where the reading is strict."""

    def __init__(self, notices: Notices, *, strict: bool = False) -> None:
        self.notices = notices
        self.strict = strict

    def row(self, column: str, text: str) -> None:
        """A row bends the standard in this column. Strict: raises a Fault, so that the row is set aside."""
        if self.strict:
            raise Fault(column, text)
        self.notices.warnings[text] += 1

    def whole(self, text: str, count: int = 1) -> None:
        """A file or the package does. Strict: raises SourceRefused."""
        if self.strict:
            raise SourceRefused(f"{text}. A strict reading forgives nothing: mend the export, or read it leniently.")
        self.notices.warnings[text] += count
