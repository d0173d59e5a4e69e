"""Rows of guardianships.csv that do not say whose they are: an id is blank, illegible, cut off, or nobody's.

Such a row could be the one that restricts a guardian, so nothing may change for a pair that it could mean: one that the
mirror or a link knows and that the file does not name elsewhere. Whom it can mean depends on what is left of it:

- one id names somebody: that person's pairs stay as they were, and the row's restriction restricts them;
- no id names anybody: every pair keeps yesterday's facts, as if the file were absent; links alone say which pairs there are;
- the row can be read, and one id names somebody, the other nobody whom the portal ever knew: that person's pairs keep
  yesterday's facts. Exports name people whom they leave out, so such a row neither restricts others nor stops an ending.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from openhouse.sync.staging import Stage


def names(column: str, end: str) -> str:
    """SQL: a column's id, or "" where it is nobody's who is or was a student (or guardian), or may be one."""
    known = f"SELECT 1 FROM known k WHERE k.person = h.{column} AND (k.is_{end} = 1 OR k.is_held = 1)"
    mirrored = f"SELECT 1 FROM district_{end} m WHERE m.sourced_id = h.{column}"
    return f"CASE WHEN EXISTS ({known}) OR EXISTS ({mirrored}) THEN h.{column} ELSE '' END"


ROWS = f"""
    SELECT h.kind, {names("key", "student")} AS student, {names("other", "guardian")} AS guardian, h.restriction
    FROM staged_held h WHERE h.kind IN ('pair', 'stray')
"""
"""Rows of guardianships.csv that were set aside, with the ids that name somebody."""
MEANT = """
    SELECT s.sourced_id AS student, g.sourced_id AS guardian FROM district_guardianship m
    JOIN district_student s ON s.id = m.student_id JOIN district_guardian g ON g.id = m.guardian_id
    UNION SELECT student, guardian FROM claims
    EXCEPT SELECT student, guardian FROM staged_pair
    EXCEPT SELECT student, guardian FROM row_aside
"""
"""The pairs that a row without names could mean."""


def find(stage: Stage) -> None:
    """Look at the rows set aside so far, before links add pairs of their own to them. Leaves `row_aside` and `unnamed`."""
    stage.table("row_aside", ROWS, ["student, guardian"])
    stage.table("unnamed", "SELECT * FROM row_aside WHERE student = '' OR guardian = ''")


def hold(stage: Stage) -> None:
    """Hold the pairs that rows without names could mean. Leaves `remembered_pair`, those that keep yesterday's facts."""
    if not stage.count("SELECT count(*) FROM unnamed"):
        stage.table("remembered_pair", "SELECT student, guardian FROM unnamed")
        return
    stage.table("meant_pair", MEANT, ["student", "guardian"])
    one_end = " UNION ".join(
        f"SELECT p.student, p.guardian, u.kind, u.restriction FROM unnamed u JOIN meant_pair p ON p.{end} = u.{end}"
        for end in ("student", "guardian")
    )
    stage.table("meant_by_one", one_end)
    stage.execute(
        "INSERT INTO staged_held (kind, key, other, restriction)"
        " SELECT kind, student, guardian, restriction FROM meant_by_one WHERE kind = 'pair'"
    )
    anybody = "EXISTS (SELECT 1 FROM unnamed u WHERE u.kind = 'pair' AND u.student = '' AND u.guardian = '')"
    stage.table(
        "remembered_pair",
        f"SELECT student, guardian FROM meant_by_one UNION SELECT student, guardian FROM meant_pair WHERE {anybody}",
    )
