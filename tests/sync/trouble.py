"""Nights that a brake may hold, made of the small export."""

from __future__ import annotations

from datetime import datetime

from openhouse.audit.trail import Actor
from openhouse.policy import values
from openhouse.sync.models import SyncRun
from openhouse.sync.report import Report
from tests.sync.export import BY, NIGHT, Export, pair, person, role, student

CROWD = 40
ADMINISTRATOR = Actor("employee", "an administrator's key")


def crowd(export: Export | None = None, count: int = CROWD) -> Export:
    """Beside the few of every export, a school full of families of one child and one mother."""
    export = export or Export()
    for number in range(count):
        child, parent = f"child-{number}", f"parent-{number}"
        export.add("users.csv", student(child, "Child", f"C-{number}", parent))
        export.add("users.csv", person(parent, "Parent", agentSourcedIds=child))
        export.add("roles.csv", role(child, "student", "oak")).add("roles.csv", role(parent, "parent", "district"))
        export.add("guardianships.csv", pair(child, parent, relation="mother"))
    return export


def restricted() -> Export:
    """Leo, Maya's father and a legal guardian, may not contact her."""
    return Export().set("guardianships.csv", "maya leo", legal="true", restriction="no contact")


def stepfather(export: Export, child: str = "maya", **cells: str) -> Export:
    """Somebody else becomes a legal guardian."""
    export.add("users.csv", person("otto", "Otto", agentSourcedIds=child)).add(
        "roles.csv", role("otto", "parent", "oak")
    )
    return export.add("guardianships.csv", pair(child, "otto", relation="stepfather", **cells))


def leaves(export: Export, *children: str) -> Export:
    """Children leave, with all that names them."""
    for child in children:
        export.drop("users.csv", child).drop("roles.csv", f"role-{child}")
        export.rows["demographics.csv"] = [row for row in export.rows["demographics.csv"] if row["sourcedId"] != child]
        kept = [row for row in export.rows["guardianships.csv"] if row["studentSourcedId"] != child]
        export.rows["guardianships.csv"] = kept
        for row in export.rows["users.csv"]:
            row["agentSourcedIds"] = ",".join(set(row.get("agentSourcedIds", "").split(",")) - {child})
    return export


def choose(**choices: str) -> None:
    for name, text in choices.items():
        values.choose(name=name, text=text, by=BY, at=NIGHT)


def codes(report: Report) -> dict[str, int]:
    return {each.code: each.count for each in report.brakes}


def run_of(report: Report) -> SyncRun:
    return SyncRun.objects.get(pk=report.run)


def later(run: SyncRun) -> datetime:
    """When the run waited; decisions are made then."""
    assert run.ended_at
    return run.ended_at


def troubled() -> Export:
    """A night that gives and takes: a stepfather for Maya, a move, an end, a restriction, news, and a newcomer."""
    export = stepfather(restricted()).set("users.csv", "kim", email="kim@mail.example")
    export.set("roles.csv", "role-iris", orgSourcedId="oak")
    export.set("guardianships.csv", "theo ana", restriction="no contact").drop("guardianships.csv", "maya ana")
    export.set("users.csv", "maya", agentSourcedIds="leo").set("users.csv", "ana", agentSourcedIds="theo")
    return crowd(export, count=1)
