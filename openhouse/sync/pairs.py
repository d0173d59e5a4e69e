"""Who belongs to whom: links and facts of pairs, checked against what each person is.

Exports state a link from either side or both; the union counts. A pair needs a student and a guardian that the mirror has
or is about to get: of a person whose row was set aside, the mirror says what they are.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from openhouse.sync import unnamed
from openhouse.sync.checks import HELD_PERSONS, set_aside
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

FORTH = "(o.is_student = 1 AND a.is_guardian = 1)"
BACK = "(o.is_guardian = 1 AND a.is_student = 1)"
PLACED = f"""
    SELECT l.line, l.digest, l.owner, l.agent, CASE WHEN a.person IS NULL OR o.person IS NULL THEN 'nobody'
        WHEN {FORTH} AND {BACK} THEN 'both' WHEN {FORTH} THEN 'forth' WHEN {BACK} THEN 'back'
        WHEN o.is_held = 1 OR a.is_held = 1 THEN 'waits' ELSE 'neither' END AS place
    FROM staged_link l LEFT JOIN known o ON o.person = l.owner LEFT JOIN known a ON a.person = l.agent
"""
"""Each link, and which way it runs: from the student (forth), to the student (back), or not at all."""
CLAIMS = """
    SELECT student, guardian, max(forth) + max(back) AS sides FROM (
        SELECT owner AS student, agent AS guardian, 1 AS forth, 0 AS back FROM placed_link WHERE place = 'forth'
        UNION ALL SELECT agent, owner, 0, 1 FROM placed_link WHERE place = 'back'
    ) stated GROUP BY student, guardian
"""
"""The pairs that links state, and from how many sides."""
MISPLACED = {
    "nobody": "refers to nobody in users.csv",
    "both": "joins two people who are both student and guardian",
    "neither": "joins two people who are not a student and a guardian by their roles",
}


def check(stage: Stage, notices: Notices) -> None:
    """Set aside links and pairs that name nobody or the wrong people. Leaves `known`, `claims` and `remembered_pair`."""
    stage.table("known", KNOWN, ["person"])
    facts(stage, notices)
    unnamed.find(stage)
    links(stage, notices)
    unnamed.hold(stage)


def links(stage: Stage, notices: Notices) -> None:
    """A link joins a student and a guardian, told apart by their roles."""
    stage.table("placed_link", PLACED)
    places = dict(stage.rows("SELECT place, count(*) FROM placed_link GROUP BY place"))
    held = ("'pair', owner, agent, ''", "'pair', agent, owner, ''")
    for place, reason in MISPLACED.items():
        wrong = f"SELECT line, digest, owner, agent FROM placed_link WHERE place = '{place}'"
        if place in places:
            set_aside(stage, wrong, file="users.csv", column="agentSourcedIds", reason=reason, held=held)
    if places.keys() - {"forth", "back"}:
        stage.execute("INSERT INTO forgotten SELECT digest FROM placed_link WHERE place NOT IN ('forth', 'back')")
    if count := places.get("waits"):
        notices.warnings["link to a person whose row is set aside; it waits with them"] += count
    stage.table("claims", CLAIMS, ["student, guardian"])


def facts(stage: Stage, notices: Notices) -> None:
    """A row of guardianships.csv names a student and a guardian."""
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
