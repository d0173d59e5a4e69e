"""The same files again: where nothing that decides a night has changed since the last one landed, there is nothing to do.

What decides it are the bytes, the settings that read them, the day of the export, and what was looked up in the SIS since.
"""

from __future__ import annotations

import hashlib
from typing import Any

from openhouse.district import mirror
from openhouse.policy.values import Policy
from openhouse.sync.intake import day
from openhouse.sync.models import LookedUp, SetAsideRow, SyncRun
from openhouse.sync.report import Group, Note, Report
from openhouse.sync.sources import Source
from openhouse.sync.statement import settings


def fingerprint(source: Source, policy: Policy) -> str:
    """SHA-256 (hex) of all that decides the night, or "" where the source cannot tell its bytes without being asked for them."""
    mark = source.mark()
    if not mark:
        return ""
    looked_up = list(LookedUp.objects.order_by("-at").values_list("at", flat=True)[:1])
    decides = (settings(policy, source), mark, source.name, day(source).isoformat(), repr(policy), repr(looked_up))
    return hashlib.sha256(repr(decides).encode()).hexdigest()


def repeat(run: SyncRun, last: SyncRun) -> Report:
    """The last run's report as this one's, in which nothing changed; the rows set aside are this run's too."""
    plain: dict[str, Any] = last.report
    entities = {
        name: mirror.Counts(0, 0, 0, counts["new"] + counts["changed"] + counts["unchanged"], counts["kept"])
        for name, counts in plain["entities"].items()
    }
    rows = SetAsideRow.objects.filter(run=last)
    SetAsideRow.objects.bulk_create((_of(row, run) for row in rows.iterator()), batch_size=2000)
    return Report(
        run.pk,
        plain["source"],
        plain["snapshot"],
        plain["files"],
        entities,
        warnings=[(each["text"], each["count"]) for each in plain["warnings"]],
        notes=[Note(**each) for each in plain["notes"]],
        groups=[Group(**each) for each in plain["set_aside_rows"]],
        scope=plain.get("scope", "everything"),
    )


def _of(row: SetAsideRow, run: SyncRun) -> SetAsideRow:
    return SetAsideRow(
        run=run, file=row.file, line=row.line, column=row.column, reason=row.reason, value=row.value, digest=row.digest
    )
