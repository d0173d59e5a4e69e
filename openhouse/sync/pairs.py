"""Who belongs to whom: links and facts of pairs, checked against what each person is.

Exports state a link from either side or both; the union counts. A pair needs a student and a guardian that the mirror has
or is about to get: of a person whose row was set aside, the mirror says what they are.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from openhouse.sync.checks import HELD_PERSONS, set_aside
from openhouse.sync.sources import Notices
from openhouse.sync.staging import Stage

KNOWN = f"""
    SELECT p.sourced_id AS person, COALESCE(parts.is_student, 0) AS is_student, COALESCE(parts.is_guardian, 0) AS is_guardian,
        0 AS waits
    FROM staged_person p LEFT JOIN parts ON parts.person = p.sourced_id
    WHERE p.sourced_id NOT IN {HELD_PERSONS}
    UNION ALL
    SELECT h.key,
        max(CASE WHEN s.id IS NOT NULL THEN 1 WHEN p.sourced_id IS NOT NULL THEN COALESCE(r.is_student, 0) ELSE 0 END),
        max(CASE WHEN g.id IS NOT NULL THEN 1 WHEN p.sourced_id IS NOT NULL THEN COALESCE(r.is_guardian, 0) ELSE 0 END),
        max(CASE WHEN s.id IS NULL AND g.id IS NULL AND p.sourced_id IS NULL THEN 1 ELSE 0 END)
    FROM staged_held h
    LEFT JOIN district_student s ON s.sourced_id = h.key AND s.valid_until IS NULL
    LEFT JOIN district_guardian g ON g.sourced_id = h.key AND g.valid_until IS NULL
    LEFT JOIN staged_person p ON p.sourced_id = h.key
    LEFT JOIN parts r ON r.person = p.sourced_id
    WHERE h.kind = 'person' GROUP BY h.key
"""
"""Everybody a pair may name. `waits`: the row was set aside, and the mirror does not know them, so a pair has to wait too."""

ENDS = "FROM staged_link l LEFT JOIN known o ON o.person = l.owner LEFT JOIN known a ON a.person = l.agent"
FORTH = "(o.is_student = 1 AND a.is_guardian = 1)"
BACK = "(o.is_guardian = 1 AND a.is_student = 1)"
CLAIMS = f"""
    SELECT student, guardian, count(*) AS sides FROM (
        SELECT DISTINCT l.owner AS student, l.agent AS guardian, 1 AS side {ENDS} WHERE {FORTH} AND NOT {BACK}
        UNION ALL
        SELECT DISTINCT l.agent, l.owner, 2 {ENDS} WHERE {BACK} AND NOT {FORTH}
    ) stated GROUP BY student, guardian
"""
"""The pairs that links state, and from how many sides."""


def check(stage: Stage, notices: Notices) -> None:
    """Set aside links and pairs that name nobody or the wrong people. Leaves `known` and `claims`."""
    stage.table("known", KNOWN, ["person"])
    links(stage, notices)
    facts(stage, notices)
    stage.table("claims", CLAIMS, ["student, guardian"])


def links(stage: Stage, notices: Notices) -> None:
    """A link joins a student and a guardian, told apart by their roles."""
    both = "'pair', {}, {}, ''"
    for where, reason in (
        ("a.person IS NULL", "refers to nobody in users.csv"),
        (f"o.waits = 0 AND a.waits = 0 AND {FORTH} AND {BACK}", "joins two people who are both student and guardian"),
        (
            f"o.waits = 0 AND a.waits = 0 AND NOT COALESCE({FORTH}, FALSE) AND NOT COALESCE({BACK}, FALSE)",
            "joins two people who are not a student and a guardian by their roles",
        ),
    ):
        wrong = f"SELECT l.line, l.owner, l.agent {ENDS} WHERE {where}"
        set_aside(
            stage, wrong, file="users.csv", column="agentSourcedIds", reason=reason, held=both.format("owner", "agent")
        )
        stage.execute(
            f"INSERT INTO staged_held (kind, key, other, restriction) SELECT {both.format('agent', 'owner')} FROM ({wrong}) w"
        )
    if count := stage.count(f"SELECT count(*) {ENDS} WHERE a.waits = 1 OR o.waits = 1"):
        notices.warnings["link to a person whose row is set aside; it waits with them"] += count


def facts(stage: Stage, notices: Notices) -> None:
    """A row of guardianships.csv names a student and a guardian."""
    for column, end, part in (
        ("studentSourcedId", "student", "is_student"),
        ("guardianSourcedId", "guardian", "is_guardian"),
    ):
        ends = f"staged_pair t LEFT JOIN known k ON k.person = t.{end}"
        columns = "t.line, t.student, t.guardian, t.restriction"
        held = "'pair', student, guardian, restriction"
        for where, reason in (
            ("k.person IS NULL", "refers to nobody in users.csv"),
            (f"k.waits = 0 AND k.{part} = 0", f"refers to a person who is no {end} by their roles"),
        ):
            set_aside(
                stage, f"SELECT {columns} FROM {ends} WHERE {where}",
                file="guardianships.csv", column=column, reason=reason, held=held,
            )  # fmt: skip
        if count := stage.count(f"SELECT count(*) FROM {ends} WHERE k.waits = 1"):
            notices.warnings["guardianship of a person whose row is set aside; it waits with them"] += count
        stage.execute(
            f"DELETE FROM staged_pair AS t WHERE NOT EXISTS"
            f" (SELECT 1 FROM known k WHERE k.person = t.{end} AND k.{part} = 1)"
        )
