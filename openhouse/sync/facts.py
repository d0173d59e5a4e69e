"""From what a source stated and what the checks left, to rows as the mirror is to have them (`ready_…`), and rows that stay
as they are (`kept_…`): see `district.mirror`."""
# ruff: noqa: S608 (the SQL is put together from the models' own names; values are parameters)

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import models

from openhouse.district import mirror
from openhouse.folding import LETTERS
from openhouse.sync.batches import UNREADABLE
from openhouse.sync.checks import HELD_ORGS, HELD_PERSONS, is_anybody_held
from openhouse.sync.staging import Stage

STAYING = frozenset({"demographics.csv", "guardianships.csv"})
"""Files that an export may lack: what they said the last time stays as it was."""


def ready(entity: mirror.Entity) -> str:
    """The temporary table of an entity's rows as they are to be."""
    return f"ready_{entity.name}"


def kept(entity: mirror.Entity) -> str:
    """The temporary table of the ids of an entity's rows that stay as they are."""
    return f"kept_{entity.name}"


def prepare(stage: Stage, *, files: Collection[str]) -> None:
    """Make both tables for every entity. `files` are those that are stated; what an absent one would say stays."""
    schools(stage)
    unnamed = stage.count("SELECT count(*) FROM staged_held WHERE kind = 'birth' AND key = ''")
    students(stage, births_stated="demographics.csv" in files and not unnamed)
    people(stage, mirror.GUARDIAN, "is_guardian")
    people(stage, mirror.EMPLOYEE, "is_employee")
    pairs(stage, pairs_stated="guardianships.csv" in files)
    enrolments(stage)


def schools(stage: Stage) -> None:
    """Orgs of type school."""
    facts = ", ".join(mirror.SCHOOL.facts) + random_key(stage, mirror.SCHOOL)
    stage.table(ready(mirror.SCHOOL), f"SELECT sourced_id, {facts} FROM staged_org WHERE is_school", ["sourced_id"])
    keep(stage, mirror.SCHOOL, f"m.sourced_id IN {HELD_ORGS}")


def students(stage: Stage, *, births_stated: bool) -> None:
    """Students. A birth date whose row was set aside stays yesterday's; so do all that are not stated where the file is absent
    or a row of it does not say whose it is.
    """
    yesterday = "LEFT JOIN district_student m ON m.sourced_id = p.sourced_id"
    if births_stated:
        yesterday = (
            "LEFT JOIN (SELECT DISTINCT key FROM staged_held WHERE kind = 'birth') h ON h.key = p.sourced_id"
            " LEFT JOIN district_student m ON m.sourced_id = h.key"
        )
    birth_date = "CASE WHEN b.person IS NULL THEN m.birth_date ELSE b.birth_date END AS birth_date"
    joins = f"LEFT JOIN staged_birth b ON b.person = p.sourced_id {yesterday}"
    people(stage, mirror.STUDENT, "is_student", special={"birth_date": birth_date}, joins=joins)


def people(
    stage: Stage, entity: mirror.Entity, part: str, *, special: Mapping[str, str] | None = None, joins: str = ""
) -> None:
    """Persons in one part: students, guardians or employees."""
    own = {"number": "p.employee_number AS number"} if entity is mirror.EMPLOYEE else special or {}
    facts = ", ".join(own.get(fact, f"p.{fact}") for fact in entity.facts) + random_key(stage, entity)
    persons = f"staged_person p JOIN parts ON parts.person = p.sourced_id AND parts.{part} = 1"
    query = f"SELECT p.sourced_id, {facts} FROM {persons} {joins}{side_by_side(stage, entity)}"
    stage.table(ready(entity), query, ["sourced_id"])
    keep(stage, entity, f"m.sourced_id IN {HELD_PERSONS}")


def side_by_side(stage: Stage, entity: mirror.Entity) -> str:
    """SQL: the order of a first night's guardians, that of the index `guardian_called`. A search by name looks at one namesake
    after the other: they lie side by side, in their table and in every index of their ids. Compared as they are written, which is
    quick, case and accents part a few."""
    if entity is not mirror.GUARDIAN or not mirror.is_empty(stage.connection, entity):
        return ""
    order = (f"substr(p.family_name, 1, {LETTERS})", "p.given_name", "p.family_name")
    return f" ORDER BY {', '.join(f'{each} {stage.database.BYTEWISE}' for each in order)}"


def compare(stage: Stage, entity: mirror.Entity, *, within: str = "") -> mirror.Counts:
    """Find an entity's differences to the mirror (see `mirror.compare`); leaves `entity.changes`. `within` names a table of
    `person`s: only what concerns them was stated."""
    if mirror.is_empty(stage.connection, entity):
        stage.view(entity.changes, mirror.all_of(entity, ready(entity)))
        return mirror.Counts(stage.count(f"SELECT count(*) FROM {ready(entity)}"), 0, 0, 0, 0)
    stage.tables.append(entity.changes)
    among = stage.database.AMONG.format(f"SELECT person FROM {within}") if within else ""
    counts = mirror.compare(stage.connection, entity, ready=ready(entity), kept=kept(entity), among=among)
    stage.index(entity.changes, ["id", ", ".join(entity.keys)])
    return counts


def put_in(stage: Stage, entity: mirror.Entity, *, at: datetime) -> None:
    """Put these differences into the mirror (see `mirror.apply` and `mirror.fill`)."""
    write = mirror.fill if entity.changes in stage.views else mirror.apply
    write(stage.connection, entity, ready=ready(entity), at=at, new_key=new_key(stage, entity))


def random_key(stage: Stage, entity: mirror.Entity) -> str:
    """SQL: one more column of rows that are all new: their random keys, which several processes of the database can make here."""
    if not (entity.is_addressed and mirror.is_empty(stage.connection, entity)):
        return ""
    stage.keyed.add(entity.name)
    return f", {stage.database.NEW_KEY} AS key"


def new_key(stage: Stage, entity: mirror.Entity) -> str:
    """SQL: the random key of a row `r` that is put in."""
    return "r.key" if entity.name in stage.keyed else stage.database.NEW_KEY


def keep(stage: Stage, entity: mirror.Entity, held: str) -> None:
    """Rows in the mirror that are held, and not stated anyway."""
    stated = f"EXISTS (SELECT 1 FROM {ready(entity)} r WHERE r.sourced_id = m.sourced_id)"
    query = f"SELECT m.id FROM {entity.table} m WHERE {spared(stage)}m.valid_until IS NULL AND {held} AND NOT {stated}"
    stage.table(kept(entity), query, ["id"])


def spared(stage: Stage) -> str:
    """SQL that spares the search for rows to keep where no key was held."""
    return "" if is_anybody_held(stage) else "1 = 0 AND "


HELD_PAIRS = f"""
    SELECT key AS student, other AS guardian, CASE WHEN count(DISTINCT NULLIF(restriction, '')) > 1 THEN '{UNREADABLE}'
        ELSE COALESCE(max(restriction), '') END AS restriction
    FROM staged_held WHERE kind = 'pair' GROUP BY key, other
"""
YESTERDAY = """
    FROM district_guardianship m JOIN district_student s ON s.id = m.student_id
    JOIN district_guardian g ON g.id = m.guardian_id
"""
SAME_HELD_PAIR = "h.student = s.sourced_id AND h.guardian = g.sourced_id"


def remains(alias: str, entity: mirror.Entity, held: str) -> str:
    """SQL: whether a row that a pair points to will still be current after the merge."""
    stated = f"EXISTS (SELECT 1 FROM {ready(entity)} i WHERE i.sourced_id = {alias}.sourced_id)"
    return f"({stated} OR ({alias}.valid_until IS NULL AND {alias}.sourced_id IN {held}))"


FAMILY_REMAINS = f"{remains('s', mirror.STUDENT, HELD_PERSONS)} AND {remains('g', mirror.GUARDIAN, HELD_PERSONS)}"


def pairs(stage: Stage, *, pairs_stated: bool) -> None:
    """Guardianships: the pairs that links or guardianships.csv state, with the facts of that file.

    A pair whose row was set aside keeps yesterday's facts, but a restriction in that row restricts all the same. So does a
    pair without a row, where a row that was set aside may be its own (`sync.unnamed`).
    """
    _yesterday(stage, pairs_stated=pairs_stated)
    restricted = (
        f"SELECT h.student, h.guardian {YESTERDAY} JOIN held_pair h ON {SAME_HELD_PAIR} WHERE h.restriction <> ''"
        f" AND m.valid_until IS NULL AND {FAMILY_REMAINS}"
        " AND NOT EXISTS (SELECT 1 FROM staged_pair f WHERE f.student = h.student AND f.guardian = h.guardian)"
    )
    stage.table("linked_pair", f"SELECT student, guardian FROM claims WHERE has_row = 0 UNION {restricted}")
    joined = " ".join(
        f"LEFT JOIN {table} {alias} ON {alias}.student = x.student AND {alias}.guardian = x.guardian"
        for table, alias in (("held_pair", "h"), ("yesterday_pair", "m"))
    )
    columns = ", ".join(mirror.GUARDIANSHIP.facts)
    blank = ", ".join("NULL" for _fact in mirror.GUARDIANSHIP.facts)
    stated = f"SELECT student, guardian, 1 AS has_row, {columns} FROM staged_pair"
    if stage.count("SELECT count(*) FROM linked_pair"):
        stated += f" UNION ALL SELECT student, guardian, 0, {blank} FROM linked_pair"
    stage.table(
        ready(mirror.GUARDIANSHIP),
        f"SELECT x.student, x.guardian, {', '.join(pair_fact(fact) for fact in mirror.GUARDIANSHIP.facts)}"
        f"{random_key(stage, mirror.GUARDIANSHIP)} FROM ({stated}) x {joined} LEFT JOIN parts w ON w.person = x.guardian",
        ["student, guardian"],
    )
    held = f"(h.student IS NOT NULL OR s.sourced_id IN {HELD_PERSONS} OR g.sourced_id IN {HELD_PERSONS})"
    stated = "EXISTS (SELECT 1 FROM ready_guardianship r WHERE r.student = s.sourced_id AND r.guardian = g.sourced_id)"
    stage.table(
        kept(mirror.GUARDIANSHIP),
        f"SELECT m.id {YESTERDAY} LEFT JOIN held_pair h ON {SAME_HELD_PAIR}"
        f" WHERE {spared(stage)}m.valid_until IS NULL AND {held} AND {FAMILY_REMAINS} AND NOT {stated}",
        ["id"],
    )
    for name in ("yesterday_pair", "held_pair"):
        stage.drop(name)


def _yesterday(stage: Stage, *, pairs_stated: bool) -> None:
    """Make `held_pair`, and `yesterday_pair`: what the mirror says of pairs whose own row may be missing."""
    if is_anybody_held(stage):
        stage.table("held_pair", HELD_PAIRS, ["student, guardian"])
    else:
        stage.nothing("held_pair", HELD_PAIRS)
    remembered = "(SELECT student, guardian FROM held_pair UNION SELECT student, guardian FROM remembered_pair)"
    among = f"JOIN {remembered} h ON {SAME_HELD_PAIR}" if pairs_stated else ""
    facts = ", ".join(f"m.{fact}" for fact in mirror.GUARDIANSHIP.facts)
    yesterday = f"SELECT s.sourced_id AS student, g.sourced_id AS guardian, {facts} {YESTERDAY} {among}"
    if mirror.is_empty(stage.connection, mirror.GUARDIANSHIP):
        stage.nothing("yesterday_pair", yesterday)
    else:
        stage.table("yesterday_pair", yesterday, ["student, guardian"])


def pair_fact(fact: str) -> str:
    """SQL for one fact of a pair: as stated, else yesterday's where that counts, else blank."""
    is_text = isinstance(mirror.GUARDIANSHIP.model._meta.get_field(fact), models.CharField)
    blank = f"COALESCE(m.{fact}, '')" if is_text else f"m.{fact}"
    stated = f"CASE WHEN x.has_row = 0 THEN {blank} ELSE x.{fact} END"
    if fact == "relation":
        stated = f"COALESCE(NULLIF({stated}, ''), w.word, '')"
    elif fact == "restriction":
        stated = (
            f"CASE WHEN h.restriction <> '' AND x.restriction <> '' AND h.restriction <> x.restriction THEN '{UNREADABLE}'"
            f" ELSE COALESCE(NULLIF(h.restriction, ''), {stated}) END"
        )
    return f"{stated} AS {fact}"


def enrolments(stage: Stage) -> None:
    """Students at schools. Of several rows for one student and school, the one that lasts longest speaks."""
    known, school = "", "o.is_school"
    if is_anybody_held(stage):
        held = f"s.sourced_id = t.org AND s.valid_until IS NULL AND s.sourced_id IN {HELD_ORGS}"
        known, school = f"LEFT JOIN district_school s ON {held}", "(o.is_school OR s.id IS NOT NULL)"
    stage.table(
        ready(mirror.ENROLMENT),
        "SELECT student, school, grade, begin_date, end_date FROM ("
        " SELECT t.person AS student, t.org AS school, COALESCE(NULLIF(t.grade, ''), p.grade) AS grade, t.begin_date,"
        " t.end_date, row_number() OVER (PARTITION BY t.person, t.org ORDER BY t.end_date DESC NULLS FIRST,"
        " t.begin_date DESC NULLS LAST, t.grade) AS place"
        " FROM staged_role t JOIN staged_person p ON p.sourced_id = t.person"
        f" LEFT JOIN staged_org o ON o.sourced_id = t.org {known}"
        f" WHERE t.kind = 'student' AND {school}) roles WHERE place = 1",
        ["student, school"],
    )
    held = f"(s.sourced_id IN {HELD_PERSONS} OR o.sourced_id IN {HELD_ORGS})"
    both = f"{remains('s', mirror.STUDENT, HELD_PERSONS)} AND {remains('o', mirror.SCHOOL, HELD_ORGS)}"
    stated = "EXISTS (SELECT 1 FROM ready_enrolment r WHERE r.student = s.sourced_id AND r.school = o.sourced_id)"
    stage.table(
        kept(mirror.ENROLMENT),
        "SELECT m.id FROM district_enrolment m JOIN district_student s ON s.id = m.student_id"
        f" JOIN district_school o ON o.id = m.school_id WHERE {spared(stage)}m.valid_until IS NULL AND {held} AND {both}"
        f" AND NOT {stated}",
        ["id"],
    )
