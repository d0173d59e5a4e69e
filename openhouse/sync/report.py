"""What came of a run: counts, warnings, notes and the rows set aside, without a word of what they held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from typing import Any

from openhouse.district import mirror
from openhouse.sync.brake import Brake
from openhouse.sync.sources import Notices
from openhouse.sync.staging import Stage

FIRST_LINES = 5
"""How many line numbers a group of set-aside rows names."""


@dataclass(frozen=True)
class Note:
    """Something that is as the SIS has it but that policy can read otherwise. `setting` names the value, or ""."""

    what: str
    count: int
    setting: str = ""


@dataclass(frozen=True)
class Group:
    """Rows of one file that were set aside for one reason; the first few line numbers."""

    file: str
    column: str
    reason: str
    count: int
    lines: list[int]


@dataclass
class Report:
    """A run that landed, was rehearsed, or waits (`state`). Rows are counted per entity; `read` counts the rows of each file.

    `scope` says of which rows warnings and notes tell: `everything`, or `changes` where the others were not read again.
    `audit_head` is the trail's head right after the run's own entry: in a log elsewhere, it proves later that nothing was removed.
    `brakes` say why it waits or would; `differences` is the digest of what it changes, and `kept` how many of them are kept to look
    at. `gains` and `losses` count guardianships that open and close, `restricted` students with a restriction whose guardianships
    differ (sync.openings). `narrowed`: endings and new restrictions alone.
    """

    run: int
    source: str
    snapshot: str
    read: dict[str, int]
    entities: dict[str, mirror.Counts]
    seconds: float = 0.0
    warnings: list[tuple[str, int]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    audit_head: str = ""
    scope: str = "everything"
    state: str = "landed"
    brakes: list[Brake] = field(default_factory=list)
    differences: str = ""
    kept: dict[str, int] = field(default_factory=dict)
    gains: int = 0
    losses: int = 0
    restricted: int = 0
    narrowed: bool = False

    def total(self, name: str) -> int:
        """The sum over all entities of `new`, `changed`, `ended` or `unchanged`."""
        return sum(getattr(counts, name) for counts in self.entities.values())

    @property
    def set_aside(self) -> int:
        """How many rows were set aside (a row with two faults counts twice)."""
        return sum(group.count for group in self.groups)

    @property
    def nothing_changed(self) -> bool:
        """Whether the mirror was left as it was."""
        return not any(counts.differences for counts in self.entities.values())

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        totals = {name: self.total(name) for name in ("new", "changed", "ended", "unchanged")}
        return {
            "state": self.state, "run": self.run, "source": self.source, "snapshot": self.snapshot,
            "read": sum(self.read.values()), **totals, "set_aside": self.set_aside, "seconds": round(self.seconds, 3),
            "nothing_changed": self.nothing_changed, "files": self.read,
            "entities": {name: asdict(counts) for name, counts in self.entities.items()},
            "warnings": [{"text": text, "count": count} for text, count in self.warnings],
            "notes": [asdict(note) for note in self.notes],
            "set_aside_rows": [asdict(group) for group in self.groups],
            "scope": self.scope, "audit_head": self.audit_head, "brakes": [asdict(each) for each in self.brakes],
            "differences": self.differences, "kept": self.kept, "gains": self.gains, "losses": self.losses,
            "restricted": self.restricted, "narrowed": self.narrowed,
        }  # fmt: skip


def groups(stage: Stage) -> list[Group]:
    """Set-aside rows by file, column and reason."""
    found = stage.rows(
        "SELECT file, column_name, reason, line, total FROM (SELECT file, column_name, reason, line,"
        " count(*) OVER (PARTITION BY file, column_name, reason) AS total,"
        " row_number() OVER (PARTITION BY file, column_name, reason ORDER BY line) AS place FROM staged_aside) numbered"
        " WHERE place <= %s ORDER BY file, column_name, reason, line",
        [FIRST_LINES],
    )
    made: dict[tuple[str, str, str], Group] = {}
    for file, column, reason, line, total in found:
        made.setdefault((file, column, reason), Group(file, column, reason, total, [])).lines.append(line)
    return list(made.values())


NOTES = (
    (
        "students have no birth date",
        "SELECT count(*) FROM ready_student WHERE birth_date IS NULL",
        "missing_birth_date",
    ),
    (
        "guardianships are not flagged as legal or not",
        "SELECT count(*) FROM ready_guardianship WHERE legal IS NULL",
        "blank_legal_flag",
    ),
    (
        "guardianships have no relation; the guardian's role word stands for it",
        "SELECT count(*) FROM (SELECT guardian FROM staged_pair WHERE relation = '' UNION ALL SELECT guardian FROM linked_pair) x"
        " JOIN parts w ON w.person = x.guardian AND w.word <> ''",
        "",
    ),
    ("links are stated from one side only", "SELECT count(*) FROM claims WHERE sides = 1", ""),
    (
        "students have no school",
        "SELECT count(*) FROM ready_student s WHERE NOT EXISTS"
        " (SELECT 1 FROM ready_enrolment e WHERE e.student = s.sourced_id)",
        "",
    ),
    (
        "students were set aside for their Student ID",
        "SELECT count(*) FROM staged_aside WHERE reason LIKE '%%Student ID%%'",
        "student_number_column",
    ),
)


STAYING = {
    "demographics.csv": (
        "birth dates stay as an earlier demographics.csv had them",
        "SELECT count(*) FROM district_student WHERE valid_until IS NULL AND birth_date IS NOT NULL",
        "",
    ),
    "guardianships.csv": (
        "guardianships keep the facts of an earlier guardianships.csv",
        "SELECT count(*) FROM district_guardianship WHERE valid_until IS NULL AND (legal IS NOT NULL OR restriction <> '')",
        "",
    ),
}
"""What stays as it was where a file is absent."""


def notes(stage: Stage, files: Collection[str]) -> list[Note]:
    """What the SIS leaves open, and which setting reads it."""
    asked = (*NOTES, *(query for name, query in STAYING.items() if name not in files))
    counted = ((what, stage.count(query, ()), setting) for what, query, setting in asked)
    return [Note(what, count, setting) for what, count, setting in counted if count]


def warn_of_codes(stage: Stage, notices: Notices) -> None:
    """Warn of schools that share a code: whoever may act for one may act for all of them."""
    shared = stage.count("SELECT count(*) FROM ready_school WHERE code IN"
                         " (SELECT code FROM ready_school GROUP BY code HAVING count(*) > 1)")  # fmt: skip
    if shared:
        notices.warnings["school that shares its code with another (setting school_code_column)"] += shared
