"""What rows must be true of together: checked as sets, in SQL, once everything is staged.

A row that breaks a rule leaves its table for `staged_aside` (where and why), and its key enters `staged_held`: whose facts
stay as they were. What can be read goes in all the same. `parts` is what each person is; `sync.pairs` goes on from there.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from typing import NamedTuple

from openhouse.policy.values import Policy
from openhouse.sync.batches import BirthDate, Org, Pair, Role
from openhouse.sync.sources import Notices
from openhouse.sync.staging import INDEXED, Stage

TWICE = "stands twice with different facts, and nobody can tell which are true"
HELD_PERSONS = "(SELECT key FROM staged_held WHERE kind = 'person')"
HELD_ORGS = "(SELECT key FROM staged_held WHERE kind = 'org')"


class Unique(NamedTuple):
    """A key that a file may state once. `held` is the (kind, key, other, restriction) that stays, in columns of the table."""

    table: str
    key: str
    facts: str
    file: str
    column: str
    held: str


UNIQUE = (
    Unique("staged_org", "sourced_id", ", ".join(Org._fields[3:]), "orgs.csv", "sourcedId", "'org', sourced_id, '', ''"),
    Unique("staged_person", "sourced_id", "digest", "users.csv", "sourcedId", "'person', sourced_id, '', ''"),
    Unique("staged_role", "sourced_id", ", ".join(Role._fields[4:]), "roles.csv", "sourcedId", "'person', person, '', ''"),
    Unique("staged_birth", "person", BirthDate._fields[-1], "demographics.csv", "sourcedId", "'birth', person, '', ''"),
    Unique(
        "staged_pair", "student, guardian", ", ".join(Pair._fields[4:]), "guardianships.csv", "studentSourcedId",
        "'pair', student, guardian, restriction",
    ),
)  # fmt: skip


def check(stage: Stage, notices: Notices, *, policy: Policy, snapshot: str) -> None:
    """Set aside what contradicts itself or refers to nothing."""
    for table, columns in INDEXED.items():
        stage.index(table, columns)
    for unique in UNIQUE:
        duplicates(stage, notices, unique)
    distrust_duplicates(stage)
    references(stage)
    stage.table("parts", PARTS, ["person"], [snapshot])
    if count := without_role(stage):
        notices.warnings["person without a role; not brought in"] += count
    student_numbers(stage, policy.student_number_column)
    if words := policy.no_restriction_words:  # a word that lifts a restriction does not lift it from a row set aside
        marks = ", ".join(["%s"] * len(words))
        stage.execute(f"UPDATE staged_held SET restriction = '' WHERE lower(restriction) IN ({marks})", words)


def set_aside(stage: Stage, query: str, *, file: str, column: str, reason: str, held: tuple[str, ...] = ()) -> int:
    """Set aside the rows of a query that yields `line`, `digest` and the columns that each `held` names (kind, key, other,
    restriction).

    Returns how many rows there were.
    """
    count = stage.execute(
        "INSERT INTO staged_aside (file, line, column_name, reason, value, digest)"
        f" SELECT %s, line, %s, %s, '', digest FROM ({query}) found",
        [file, column, reason],
    )
    for key in held if count else ():
        stage.execute(f"INSERT INTO staged_held (kind, key, other, restriction) SELECT {key} FROM ({query}) found")
    return count


def duplicates(stage: Stage, notices: Notices, unique: Unique) -> None:
    """One key, several rows: the same fact twice counts once; where they differ, all of them are set aside."""
    table, key = unique.table, unique.key
    if not stage.may_repeat(table, key):
        return
    twice = f"SELECT {key}, min(line) AS first_line FROM {table} GROUP BY {key} HAVING count(*) > 1"
    stage.table("twice", twice, [key])
    both = " AND ".join(f"t.{column} = twice.{column}" for column in key.split(", "))
    columns = ", ".join(f"t.{column}" for column in f"{key}, {unique.facts}".split(", "))
    stage.table(
        "differing",
        f"SELECT {key} FROM (SELECT DISTINCT {columns} FROM {table} t JOIN twice ON {both}) versions"
        f" GROUP BY {key} HAVING count(*) > 1",
    )
    among = f"({key}) IN (SELECT {key} FROM differing)"
    differing = f"SELECT * FROM {table} WHERE {among}"
    set_aside(stage, differing, file=unique.file, column=unique.column, reason=TWICE, held=(unique.held,))
    stage.discard(table, among)
    again = f"EXISTS (SELECT 1 FROM twice WHERE {both} AND t.line > twice.first_line)"
    if count := stage.discard(table, again):
        notices.warnings[f"{unique.file}: the same row twice; taken once"] += count
    for name in ("twice", "differing"):
        stage.drop(name)


def distrust_duplicates(stage: Stage) -> None:
    """Of a person whose rows contradict each other, what those rows say of links and (in 1.1) roles counts as little."""
    rows = f"(SELECT digest FROM staged_aside WHERE file = 'users.csv' AND reason = '{TWICE}')"
    if stage.rows(f"SELECT 1 FROM staged_aside WHERE file = 'users.csv' AND reason = '{TWICE}' LIMIT 1"):
        stage.discard("staged_link", f"t.digest IN {rows}")
        stage.discard("staged_role", f"t.file = 'users.csv' AND t.digest IN {rows}")


def references(stage: Stage) -> None:
    """Roles and birth dates must belong to somebody, and a role to an org."""
    if not (astray := stage.count(STRAY_ROLES)) and not stage.count(STRAY_BIRTHS):
        return
    nobody = "NOT EXISTS (SELECT 1 FROM staged_person p WHERE p.sourced_id = t.person)"
    for table, file, column in (
        ("staged_role", "roles.csv", "userSourcedId"),
        ("staged_birth", "demographics.csv", "sourcedId"),
    ):
        unknown = f"{table} t WHERE {nobody} AND t.person NOT IN {HELD_PERSONS}"
        query, reason = f"SELECT t.line, t.digest FROM {unknown}", "refers to nobody in users.csv"
        if set_aside(stage, query, file=file, column=column, reason=reason):
            stage.discard(table, f"{nobody} AND t.person NOT IN {HELD_PERSONS}")
    if not astray:
        return
    nowhere = f"NOT EXISTS (SELECT 1 FROM staged_org o WHERE o.sourced_id = t.org) AND t.org NOT IN {HELD_ORGS}"
    for file, column in (("roles.csv", "orgSourcedId"), ("users.csv", "orgSourcedIds")):
        unknown = f"SELECT t.line, t.digest, t.person FROM staged_role t WHERE {nowhere} AND t.file = '{file}'"
        reason = "refers to no org in orgs.csv"
        if set_aside(stage, unknown, file=file, column=column, reason=reason, held=("'person', person, '', ''",)):
            stage.discard("staged_role", f"{nowhere} AND t.file = '{file}'")


STRAY_ROLES = """
    SELECT count(*) FROM staged_role t LEFT JOIN staged_person p ON p.sourced_id = t.person
    LEFT JOIN staged_org o ON o.sourced_id = t.org WHERE p.sourced_id IS NULL OR o.sourced_id IS NULL
"""
STRAY_BIRTHS = """
    SELECT count(*) FROM staged_birth t WHERE NOT EXISTS (SELECT 1 FROM staged_person p WHERE p.sourced_id = t.person)
"""
"""Whether any reference can be wrong: on most nights none is, and one look at each table says so."""


def without_role(stage: Stage) -> int:
    """How many persons are nothing, as far as their roles say."""
    if is_simple(stage):
        return 0
    no_role = (
        "SELECT count(*) FROM staged_person p WHERE NOT EXISTS (SELECT 1 FROM parts r WHERE r.person = p.sourced_id)"
    )
    return stage.count(f"{no_role} AND p.sourced_id NOT IN {HELD_PERSONS}")


def is_simple(stage: Stage) -> bool:
    """Whether `parts` names every person stated, and nobody else: as many as there are, and no row of anybody was set aside."""
    everybody = "SELECT (SELECT count(*) FROM staged_person) - (SELECT count(*) FROM parts)"
    return not is_anybody_held(stage) and not stage.count(everybody)


def is_anybody_held(stage: Stage) -> bool:
    """Whether any key was held: not on most nights."""
    return bool(stage.count("SELECT count(*) FROM (SELECT 1 FROM staged_held LIMIT 1) any_"))


class Part(NamedTuple):
    """What a person is, as numbers: 1 for yes. `word` is the SIS's word for a guardian, where it has one word only."""

    person: str
    is_student: int
    is_guardian: int
    is_employee: int
    word: str


PARTS = """
    SELECT person,
        max(CASE WHEN kind = 'student' THEN 1 ELSE 0 END) AS is_student,
        max(CASE WHEN kind = 'guardian' THEN 1 ELSE 0 END) AS is_guardian,
        max(CASE WHEN kind = 'employee' AND (end_date IS NULL OR end_date > %s) THEN 1 ELSE 0 END) AS is_employee,
        CASE WHEN min(CASE WHEN kind = 'guardian' THEN word END) = max(CASE WHEN kind = 'guardian' THEN word END)
            THEN min(CASE WHEN kind = 'guardian' THEN word END) ELSE '' END AS word
    FROM staged_role GROUP BY person
"""
"""What each person is. An employee whose roles are all over by the day of the export is none any more; a guardian's and a student's
role may well end every June."""


def student_numbers(stage: Stage, column: str) -> None:
    """Every student needs a Student ID, and nobody else may hold it: all holders of a shared one are set aside."""
    students = "FROM staged_person p JOIN parts ON parts.person = p.sourced_id AND parts.is_student = 1"
    held = ("'person', sourced_id, '', ''",)
    said = "(the setting student_number_column names another column)"
    mirrored = (
        f"SELECT upper(m.number) FROM district_student m WHERE m.valid_until IS NULL AND m.sourced_id IN {HELD_PERSONS}"
        " AND NOT EXISTS (SELECT 1 FROM staged_person p WHERE p.sourced_id = m.sourced_id)"
    )
    blank = f"SELECT p.line, p.digest, p.sourced_id {students} WHERE p.number = ''"
    stage.table("student_number", f"SELECT upper(p.number) AS number {students} UNION ALL {mirrored}")
    if not stage.may_repeat("student_number", "number") and not stage.count(
        "SELECT count(*) FROM student_number WHERE number = ''"
    ):
        return
    found = set_aside(
        stage, blank,
        file="users.csv", column=column, reason=f"a student without a Student ID {said}", held=held,
    )  # fmt: skip
    shared = "SELECT number FROM student_number WHERE number <> '' GROUP BY number HAVING count(*) > 1"
    stage.table("shared_number", shared)
    found += set_aside(
        stage, f"SELECT p.line, p.digest, p.sourced_id {students} WHERE upper(p.number) IN (SELECT number FROM shared_number)",
        file="users.csv", column=column, reason=f"a Student ID that several students have {said}", held=held,
    )  # fmt: skip
    wrong = (
        f"SELECT p.sourced_id {students} WHERE p.number = '' OR upper(p.number) IN (SELECT number FROM shared_number)"
    )
    if found:
        stage.discard("staged_person", f"t.sourced_id IN ({wrong})")
