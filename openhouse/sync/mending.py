"""The rows that a run set aside, against those of the night before: new, there again, or mended since.

A row is there again where the same file holds the same row (its digest), at fault for the same reason; where a source gives
no digest, where the fault stands in the same line.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Count, Exists, OuterRef, QuerySet, Value, When

from openhouse.sync.models import SetAsideRow, SyncRun

BULK = "bulk"
FAULT = ("file", "column", "reason")


@dataclass(frozen=True)
class Group:
    """Rows of one file at fault for one reason: how many there are, how many of them are `new` and `again`, and how many
    the night before are `mended`. `number` counts the groups that have rows, from 1; 0 where all are mended."""

    number: int
    file: str
    column: str
    reason: str
    new: int
    again: int
    mended: int

    @property
    def count(self) -> int:
        """How many rows there are now."""
        return self.new + self.again


def before(run: SyncRun) -> SyncRun | None:
    """The last run of the same source that landed before this one began."""
    earlier = SyncRun.objects.filter(state=SyncRun.State.LANDED, source=run.source, started_at__lt=run.started_at)
    return earlier.order_by("-started_at").first()


def rows(run: SyncRun) -> QuerySet[SetAsideRow]:
    """The run's rows, each with whether it is there `again`, in the order of the files."""
    found = _against(run, before(run))
    return found.order_by("file", "column", "reason", "line", "pk")


def groups(run: SyncRun) -> list[Group]:
    """The run's rows by file, column and reason. Of a file that was not stated whole, nobody can tell what was mended."""
    earlier = before(run)
    now, then = _counted(run, earlier), _counted(earlier, run) if earlier else {}
    found, number = [], 0
    for fault in sorted({*now, *then}):
        new, again = now.get(fault, (0, 0))
        mended = then.get(fault, (0, 0))[0] if run.files.get(fault[0]) == BULK else 0
        number += bool(new + again)
        if new or again or mended:
            found.append(Group(number if new + again else 0, *fault, new, again, mended))
    return found


def _counted(run: SyncRun, other: SyncRun | None) -> dict[tuple[str, str, str], tuple[int, int]]:
    """By file, column and reason: how many rows the other run has not, and how many it has."""
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    counted = _against(run, other).values(*FAULT, "again").annotate(count=Count("pk"))
    for row in counted.order_by(*FAULT):
        fault = (row["file"], row["column"], row["reason"])
        new, again = found.get(fault, (0, 0))
        found[fault] = (new, row["count"]) if row["again"] else (row["count"], again)
    return found


def _against(run: SyncRun, other: SyncRun | None) -> QuerySet[SetAsideRow]:
    found = SetAsideRow.objects.filter(run=run)
    if other is None:
        return found.annotate(again=Value(False))
    same = SetAsideRow.objects.filter(run=other, digest=OuterRef("digest"), **{name: OuterRef(name) for name in FAULT})
    at_line = Exists(same.filter(line=OuterRef("line")))
    return found.annotate(again=Case(When(digest=0, then=at_line), default=Exists(same)))
