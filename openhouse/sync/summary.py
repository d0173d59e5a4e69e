"""A report in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from openhouse.sync.report import Report

NAMES = {
    "school": "schools", "student": "students", "guardian": "guardians", "employee": "employees",
    "guardianship": "guardianships", "enrolment": "enrolments",
}  # fmt: skip
MOST_GROUPS = 20


def text(report: Report) -> str:
    """The whole summary."""
    return "\n".join(lines(report))


def lines(report: Report) -> Iterator[str]:
    """The summary line by line: a table, then what was set aside, warned of and noted."""
    yield f"{report.source}, exported {report.snapshot}: {sum(report.read.values()):,} rows read in {report.seconds:.1f} s"
    yield ""
    yield f"{'':<14}{'new':>11}{'changed':>11}{'ended':>11}{'unchanged':>11}"
    for name, counts in report.entities.items():
        yield (f"{NAMES[name]:<14}{counts.new:>11,}{counts.changed:>11,}{counts.ended:>11,}{counts.unchanged:>11,}")
    yield ""
    yield from outcome(report)
    yield from set_aside(report)
    yield from (f"Warning: {what} ({count:,})" for what, count in report.warnings)
    for note in report.notes:
        setting = f" Policy reads this: openhouse policy set {note.setting} …" if note.setting else ""
        yield f"Note: {note.count:,} {note.what}.{setting}"
    yield f"Audit head: {report.audit_head}"


def outcome(report: Report) -> Iterator[str]:
    """Whether it landed, and why it waits or would."""
    if report.state == "rehearsed":
        yield "A dry run: nothing was changed. It would " + ("wait for a person:" if report.brakes else "land.")
    elif report.state == "waiting":
        yield "Nothing was changed. The run waits until somebody accepts it or throws it away:"
    elif report.narrowed:
        yield "Endings and new restrictions alone were brought in; the rest was not."
    elif report.nothing_changed:
        yield "Nothing changed."
    if report.state != "landed":
        yield from (f"  {each.what}: {each.count:,} of {each.of:,} ({each.share} %)" for each in report.brakes)


def set_aside(report: Report) -> Iterator[str]:
    """Rows set aside, by file, column and reason."""
    if not report.groups:
        yield "Set aside: none."
        return
    yield f"Set aside: {report.set_aside:,} rows. Their keys keep yesterday's facts."
    for group in report.groups[:MOST_GROUPS]:
        where = f"{group.file}, {group.column}" if group.column else group.file
        named = ", ".join(str(line) for line in group.lines) + (", …" if group.count > len(group.lines) else "")
        yield f"  {where}: {group.reason} ({group.count:,}: line {named})"
    if len(report.groups) > MOST_GROUPS:
        yield f"  and {len(report.groups) - MOST_GROUPS} more reasons"
