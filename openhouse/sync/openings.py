"""Of all differences, those that decide about access: which guardianships of known students would open or close, or restrict.

A guardianship is *open* if the guardian is legal, nobody restricts them, and its end is not past; whether the student is
enrolled, or 18, is for `access` to say. Students whom the mirror never had bring all their facts at once and gain nobody.
Leaves `pair_change` (one row for each differing guardianship of a known student) and `restricted_student` (those whom
differences touch and who have a restriction on record, or would).
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names and a day)

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from openhouse.district.restrictions import Reading, is_legal_relation, reading
from openhouse.policy.values import Policy
from openhouse.sync.staging import Stage

STOOD = "(m.valid_until IS NULL OR m.valid_until >= s.valid_until)"
"""SQL: whether a guardianship of the mirror stands, or stood when its student was last known: whoever left and returns with
the same facts gains nothing."""
STAYS = "NOT EXISTS (SELECT 1 FROM changes_student e WHERE e.id = s.id AND e.change = 'ended')"


def find(stage: Stage, *, policy: Policy, on: date) -> None:
    """Make both tables, from the differences and what the mirror has of their students: a quiet night costs next to nothing.

    `on` is the day on which the run would land.
    """
    stage.table("touched_student", TOUCHED_STUDENTS, ["id"])
    used = stage.rows(TEXTS)
    texts(stage, "restricting_text", {text for text, _ in used if reading(text, policy) is not Reading.NONE})
    texts(stage, "legal_relation", {text for _, text in used if is_legal_relation(text, policy)})
    stage.table("pair_change", pair_changes(on), ["id", "student"])
    stage.table(
        "restricted_student",
        "SELECT s.student FROM touched_student s JOIN district_guardianship m ON m.student_id = s.id"
        f" WHERE m.restriction <> '' AND {restricts('m')} AND {STOOD}"
        " UNION SELECT student FROM pair_change WHERE restricts_after = 1",
        ["student"],
    )


TOUCHED_STUDENTS = """
    SELECT s.id, s.sourced_id AS student, s.valid_until FROM district_student s WHERE s.id IN (
        SELECT m.student_id FROM changes_guardianship c JOIN district_guardianship m ON m.id = c.id WHERE c.change = 'ended'
        UNION SELECT o.id FROM changes_guardianship c JOIN district_student o ON o.sourced_id = c.student
        UNION SELECT m.student_id FROM changes_enrolment c JOIN district_enrolment m ON m.id = c.id WHERE c.change = 'ended'
        UNION SELECT o.id FROM changes_enrolment c JOIN district_student o ON o.sourced_id = c.student
        UNION SELECT c.id FROM changes_student c)
"""
"""Students of the mirror of whom anything differs that can touch access."""


TEXTS = """
    SELECT DISTINCT m.restriction, m.relation FROM touched_student s JOIN district_guardianship m ON m.student_id = s.id
    UNION SELECT DISTINCT r.restriction, r.relation FROM changes_guardianship c
        JOIN touched_student s ON s.student = c.student
        JOIN ready_guardianship r ON r.student = c.student AND r.guardian = c.guardian
"""
"""The restrictions and relations in use."""


def texts(stage: Stage, name: str, meant: Iterable[str]) -> None:
    """A table of texts that mean something. No two databases fold case and blanks alike, so none is asked to."""
    stage.execute(f"CREATE TEMP TABLE {name} (text text)")
    stage.tables.append(name)
    stage.database.fill(stage.connection, name, ["text"], [(text,) for text in meant if text])
    stage.index(name, [])


def restricts(alias: str) -> str:
    """SQL: whether a text restricts or holds."""
    return f"{alias}.restriction IN (SELECT text FROM restricting_text)"


def is_open(alias: str, on: date) -> str:
    """SQL: whether facts are those of a legal guardian whom nothing keeps out from that day on."""
    legal = f"COALESCE({alias}.legal, {alias}.relation IN (SELECT text FROM legal_relation))"
    return f"{legal} AND NOT {restricts(alias)} AND ({alias}.end_date IS NULL OR {alias}.end_date > '{on}')"


def pair_changes(on: date) -> str:
    """SQL for `pair_change`. What opens sooner than it would have opens."""
    begun = f"(m.begin_date IS NULL OR m.begin_date <= '{on}' OR m.begin_date <= r.begin_date)"
    stated = (
        f"SELECT c.change, c.id, s.id AS student_id, c.student, c.guardian, {flag(f'{STOOD} AND {is_open("m", on)} AND {begun}')}"
        f" AS open_before, {flag(is_open('r', on))} AS open_after, {flag(restricts('m'))} AS restricts_before,"
        f" {flag(restricts('r'))} AS restricts_after FROM changes_guardianship c"
        " JOIN touched_student s ON s.student = c.student"
        " JOIN ready_guardianship r ON r.student = c.student AND r.guardian = c.guardian"
        " LEFT JOIN district_guardianship m ON m.id = c.id WHERE c.change <> 'ended'"
    )
    begun = f"(m.begin_date IS NULL OR m.begin_date <= '{on}')"
    ended = (
        "SELECT c.change, c.id, s.id, s.sourced_id, g.sourced_id,"
        f" {flag(f'{is_open("m", on)} AND {begun}')}, 0, {flag(restricts('m'))}, 0 FROM changes_guardianship c"
        " JOIN district_guardianship m ON m.id = c.id JOIN district_student s ON s.id = m.student_id"
        " JOIN district_guardian g ON g.id = m.guardian_id WHERE c.change = 'ended'"
    )
    return f"{stated} UNION ALL {ended}"


def flag(condition: str) -> str:
    """SQL: 1 where it holds, 0 where it does not, or where there is nothing to ask it of."""
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


OPENS = "open_after = 1 AND open_before = 0"
CLOSES = "open_after = 0 AND open_before = 1"
GAINS = f"SELECT count(*) FROM pair_change WHERE {OPENS}"
LOSSES = f"SELECT count(*) FROM pair_change WHERE {CLOSES}"
RESTRICTED_GAINS = f"""
    SELECT count(DISTINCT student) FROM pair_change
    WHERE {OPENS} AND student IN (SELECT student FROM restricted_student)
"""
"""How many students with a restriction on record would gain a guardian."""
LIFTED = f"""
    SELECT count(DISTINCT s.id) FROM pair_change p JOIN district_student s ON s.id = p.student_id
    WHERE p.restricts_before = 1 AND p.restricts_after = 0 AND (p.change <> 'ended' OR {STAYS})
"""
"""How many students who stay would lose a restriction."""
TOUCHED = "SELECT count(DISTINCT student) FROM pair_change WHERE student IN (SELECT student FROM restricted_student)"
"""How many students with a restriction on record have guardianships that differ."""
UNENROLLED = f"""
    SELECT count(DISTINCT m.student_id) FROM changes_enrolment c JOIN district_enrolment m ON m.id = c.id
    JOIN district_student s ON s.id = m.student_id WHERE c.change = 'ended' AND {STAYS}
    AND NOT EXISTS (SELECT 1 FROM changes_enrolment n WHERE n.student = s.sourced_id AND n.change <> 'ended')
    AND NOT EXISTS (SELECT 1 FROM district_enrolment o WHERE o.student_id = s.id AND o.valid_until IS NULL
        AND NOT EXISTS (SELECT 1 FROM changes_enrolment e WHERE e.id = o.id AND e.change = 'ended'))
"""
"""How many students would stay, and be enrolled nowhere any more."""


def totals(stage: Stage) -> tuple[int, int, int]:
    """How many guardianships would open, how many would close, and how many students with a restriction are touched."""
    gains, losses, touched = (stage.count(query) for query in (GAINS, LOSSES, TOUCHED))
    return gains, losses, touched
