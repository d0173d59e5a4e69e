"""Who belongs to whom: links and facts of pairs, checked against what each person is.

Exports state a link from either side or both; the union counts. A pair needs a student and a guardian that the mirror has
or is about to get: of a person whose row was set aside, the mirror says what they are.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from openhouse.sync import unnamed
from openhouse.sync.checks import HELD_PERSONS, is_simple, set_aside
from openhouse.sync.sources import Notices
from openhouse.sync.staging import Stage

KNOWN = f"""
    SELECT p.sourced_id AS person, COALESCE(parts.is_student, 0) AS is_student, COALESCE(parts.is_guardian, 0) AS is_guardian,
        0 AS is_held
    FROM staged_person p LEFT JOIN parts ON parts.person = p.sourced_id
    WHERE p.sourced_id NOT IN {HELD_PERSONS}
    UNION ALL
    SELECT h.key,
        max(CASE WHEN s.id IS NOT NULL THEN 1 WHEN p.sourced_id IS NOT NULL THEN COALESCE(r.is_student, 0) ELSE 0 END),
        max(CASE WHEN g.id IS NOT NULL THEN 1 WHEN p.sourced_id IS NOT NULL THEN COALESCE(r.is_guardian, 0) ELSE 0 END), 1
    FROM staged_held h
    LEFT JOIN district_student s ON s.sourced_id = h.key AND s.valid_until IS NULL
    LEFT JOIN district_guardian g ON g.sourced_id = h.key AND g.valid_until IS NULL
    LEFT JOIN staged_person p ON p.sourced_id = h.key
    LEFT JOIN parts r ON r.person = p.sourced_id
    WHERE h.kind = 'person' GROUP BY h.key
"""
"""Everybody a pair may name. Of somebody held (a row of theirs was set aside), what the mirror says of them counts too;
where that does not make a student and a guardian of the two, their pair waits until the row is mended."""

SIMPLY_KNOWN = "SELECT person, is_student, is_guardian, 0 AS is_held FROM parts"
"""The same, where everybody has a role and nobody is held."""

PAIRED = """
    SELECT first, second, max(forth) + max(back) AS sides, max(row_forth) AS row_forth, max(row_back) AS row_back FROM (
        SELECT CASE WHEN owner < agent THEN owner ELSE agent END AS first,
            CASE WHEN owner < agent THEN agent ELSE owner END AS second,
            CASE WHEN owner < agent THEN 1 ELSE 0 END AS forth, CASE WHEN owner < agent THEN 0 ELSE 1 END AS back,
            0 AS row_forth, 0 AS row_back
        FROM staged_link
        UNION ALL
        SELECT CASE WHEN student < guardian THEN student ELSE guardian END,
            CASE WHEN student < guardian THEN guardian ELSE student END,
            0, 0, CASE WHEN student < guardian THEN 1 ELSE 0 END, CASE WHEN student < guardian THEN 0 ELSE 1 END
        FROM staged_pair
    ) each_ GROUP BY first, second
"""
"""Every two people whom links or rows of guardianships.csv join, in one order: from how many sides links do, and which way rows
do (forth: the first is the student)."""
SETTLED = """
    row_forth + row_back = 1 AND first NOT IN (SELECT person FROM known WHERE is_student = 1 AND is_guardian = 1)
"""
"""SQL: whether a row of guardianships.csv, whose people have been looked at, says who is who of the two."""
FORTH = "(o.is_student = 1 AND a.is_guardian = 1)"
BACK = "(o.is_guardian = 1 AND a.is_student = 1)"
CLAIMS = f"""
    SELECT CASE WHEN row_forth = 1 THEN first ELSE second END AS student,
        CASE WHEN row_forth = 1 THEN second ELSE first END AS guardian, sides, 1 AS has_row, '' AS fault
    FROM paired WHERE sides > 0 AND {SETTLED}
    UNION ALL
    SELECT CASE WHEN {BACK} THEN second ELSE first END, CASE WHEN {BACK} THEN first ELSE second END,
        sides, CASE WHEN {BACK} THEN row_back ELSE row_forth END,
        CASE WHEN a.person IS NULL OR o.person IS NULL THEN 'nobody' WHEN {FORTH} AND {BACK} THEN 'both'
        WHEN {FORTH} OR {BACK} THEN '' WHEN o.is_held = 1 OR a.is_held = 1 THEN 'waits' ELSE 'neither' END
    FROM paired LEFT JOIN known o ON o.person = first LEFT JOIN known a ON a.person = second
    WHERE sides > 0 AND NOT ({SETTLED})
"""
"""The pairs that links state, from how many sides, whether a row states them too, and what is wrong with them: whichever way a link
runs, the roles of the two say who is the student."""
MISPLACED_LINKS = """
    SELECT l.line, l.digest, l.owner, l.agent, c.fault FROM claims c JOIN staged_link l
        ON l.owner = c.student AND l.agent = c.guardian WHERE c.fault <> ''
    UNION ALL SELECT l.line, l.digest, l.owner, l.agent, c.fault FROM claims c JOIN staged_link l
        ON l.owner = c.guardian AND l.agent = c.student WHERE c.fault <> '' AND l.owner <> l.agent
"""
MISPLACED = {
    "nobody": "refers to nobody in users.csv",
    "both": "joins two people who are both student and guardian",
    "neither": "joins two people who are not a student and a guardian by their roles",
}


def check(stage: Stage, notices: Notices) -> None:
    """Set aside links and pairs that name nobody or the wrong people. Leaves `claims` and `remembered_pair`."""
    if is_simple(stage):
        stage.view("known", SIMPLY_KNOWN)
    else:
        stage.table("known", KNOWN, ["person"])
    facts(stage, notices)
    unnamed.find(stage)
    links(stage, notices)
    unnamed.hold(stage)
    stage.drop("known")


def links(stage: Stage, notices: Notices) -> None:
    """A link joins a student and a guardian, told apart by their roles."""
    stage.table("paired", PAIRED)
    stage.table("claims", CLAIMS, ["student, guardian"])
    stage.drop("paired")
    if not stage.count("SELECT count(*) FROM claims WHERE fault <> ''"):
        return
    stage.table("misplaced_link", MISPLACED_LINKS)
    stage.execute("DELETE FROM claims WHERE fault <> ''")
    faults = dict(stage.rows("SELECT fault, count(*) FROM misplaced_link GROUP BY fault"))
    held = ("'pair', owner, agent, ''", "'pair', agent, owner, ''")
    for fault, reason in MISPLACED.items():
        wrong = f"SELECT line, digest, owner, agent FROM misplaced_link WHERE fault = '{fault}'"
        if fault in faults:
            set_aside(stage, wrong, file="users.csv", column="agentSourcedIds", reason=reason, held=held)
    stage.execute("INSERT INTO forgotten SELECT digest FROM misplaced_link")
    if count := faults.get("waits"):
        notices.warnings["link to a person whose row is set aside; it waits with them"] += count


def facts(stage: Stage, notices: Notices) -> None:
    """A row of guardianships.csv names a student and a guardian."""
    if not stage.count(STRAY_FACTS):
        return
    held = ("'stray', student, guardian, ''",)
    for column, end in (("studentSourcedId", "student"), ("guardianSourcedId", "guardian")):
        ends = f"staged_pair t LEFT JOIN known k ON k.person = t.{end}"
        found = 0
        for where, reason in (
            ("k.person IS NULL", "refers to nobody in users.csv"),
            (f"k.is_held = 0 AND k.is_{end} = 0", f"refers to a person who is no {end} by their roles"),
        ):
            wrong = f"SELECT t.line, t.digest, t.student, t.guardian, t.restriction FROM {ends} WHERE {where}"
            found += set_aside(stage, wrong, file="guardianships.csv", column=column, reason=reason, held=held)
        if count := stage.count(f"SELECT count(*) FROM {ends} WHERE k.is_held = 1 AND k.is_{end} = 0"):
            notices.warnings["guardianship of a person whose row is set aside; it waits with them"] += count
            found += count
        known = f"EXISTS (SELECT 1 FROM known k WHERE k.person = t.{end} AND k.is_{end} = 1)"
        if found:
            stage.discard("staged_pair", f"NOT {known}")


STRAY_FACTS = """
    SELECT count(*) FROM staged_pair t LEFT JOIN known s ON s.person = t.student AND s.is_student = 1
    LEFT JOIN known g ON g.person = t.guardian AND g.is_guardian = 1 WHERE s.person IS NULL OR g.person IS NULL
"""
"""Whether any row can be wrong."""
