"""A night that changes little: only the people whom a changed row concerns are looked at again, among those around them.

*Affected* are all persons named by a row that is new, gone or replaced; whose row was set aside or held the last time; who share
a Student ID with one of them; who have a role at a changed org, or one that ended since; and whom somebody looked up. *Around*
them are those with whom they share a link or a pair. Temporary tables with the rows of all these hide the statement's own, so
that the same checks run on them: about everybody else they would find what they found before.
"""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date

from openhouse.sync.staging import STATED, Stage, fresh
from openhouse.sync.statement import HELD_BEFORE

ENDS = {
    "staged_person": ("sourced_id",),
    "staged_role": ("person",),
    "staged_birth": ("person",),
    "staged_link": ("owner", "agent"),
    "staged_pair": ("student", "guardian"),
}
"""The columns of each table that name a person."""
REPLACES = {
    "org": (("staged_org", "sourced_id"),),
    "person": (("staged_person", "sourced_id"), ("staged_link", "owner")),
    "role": (("staged_role", "sourced_id"),),
    "roles": (("staged_role", "person"),),
    "birth": (("staged_birth", "person"),),
    "pair": (("staged_pair", "student, guardian"),),
}
"""Of which tables' rows a replaced key is, by its kind."""
COULD_BE_ANYBODYS = """
    (h.kind = 'birth' AND h.key = '') OR (h.kind = 'pair'
        AND NOT EXISTS (SELECT 1 FROM district_student s WHERE s.sourced_id = h.key)
        AND NOT EXISTS (SELECT 1 FROM district_guardian g WHERE g.sourced_id = h.other))
"""
"""Rows set aside that name nobody, as far as the mirror knows (sync.unnamed)."""
FEW = 0.2
"""Up to this share of the statement's rows, looking around them is cheaper than looking at everything."""


def note_gone(stage: Stage, gone: Iterable[int]) -> None:
    """Make `gone`: the digests of rows that count no more, those replaced by a delta's rows among them (also in `replaced`)."""
    for name in ("gone", "replaced"):
        stage.execute(f"CREATE TEMP TABLE {name} (digest bigint)")
        stage.tables.append(name)
    for some in itertools.batched(gone, 50_000):
        stage.database.fill(stage.connection, "gone", ["digest"], [(digest,) for digest in some])
    where = stage.stated
    for (kind,) in stage.rows("SELECT DISTINCT kind FROM staged_replaced"):
        for table, key in REPLACES[kind]:
            ends = "key, other" if "," in key else "key"
            stage.execute(
                f"INSERT INTO replaced SELECT digest FROM {where}{table}"
                f" WHERE ({key}) IN (SELECT {ends} FROM staged_replaced WHERE kind = %s)",
                [kind],
            )
    stage.execute("INSERT INTO gone SELECT DISTINCT digest FROM replaced")
    stage.index("gone", ["digest"])


def is_small(stage: Stage, stated: int) -> bool:
    """Whether little enough has changed of so many stated rows, and no row set aside could concern everybody."""
    held = f"SELECT * FROM staged_held UNION ALL SELECT * FROM {stage.stated}{HELD_BEFORE}"
    if stage.count(f"SELECT count(*) FROM ({held}) h WHERE {COULD_BE_ANYBODYS}"):
        return False
    changed = stage.count("SELECT count(*) FROM gone")
    changed += sum(stage.count(f"SELECT count(*) FROM {fresh(name)}") for name in STATED.values())
    return changed <= FEW * stated


def gather(stage: Stage, *, since: date, until: date) -> None:
    """Make `affected`, and hide the statement's tables behind those around the affected. The days are the two exports'."""
    where = stage.stated
    stage.table("changed_org", _changed_orgs(where), ["org"])
    found = [f"SELECT {end} AS person FROM {fresh(table)}" for table, ends in ENDS.items() for end in ends]
    for table, ends in ENDS.items():
        going = f"going_{table.removeprefix('staged_')}"
        condition = "t.digest IN (SELECT digest FROM gone)"
        if table == "staged_role":
            condition += _of_roles(since, until)
        stage.table(going, f"SELECT {', '.join(f't.{end}' for end in ends)} FROM {where}{table} t WHERE {condition}")
        found += [f"SELECT {end} FROM {going}" for end in ends]
    for column in ("key", "other"):
        found.append(f"SELECT {column} FROM {where}{HELD_BEFORE} WHERE kind <> 'org'")
        found.append(f"SELECT {column} FROM staged_held WHERE kind <> 'org'")
    found.append("SELECT sourced_id FROM sync_lookedup")
    stage.table("named", f"SELECT person FROM ({' UNION '.join(found)}) each_ WHERE person <> ''", ["person"])
    numbers = (
        "SELECT upper(number) FROM fresh_person WHERE number <> '' UNION SELECT upper(p.number)"
        f" FROM {where}staged_person p WHERE p.number <> '' AND p.sourced_id IN (SELECT person FROM named)"
    )
    sharing = f"SELECT sourced_id FROM district_student WHERE valid_until IS NULL AND upper(number) IN ({numbers})"
    stage.table("affected", f"SELECT person FROM named UNION {sharing}", ["person"])
    _hide(stage, where)


def show_everything(stage: Stage) -> None:
    """Hide the statement's tables behind copies with tonight's changes in them, and leave them as they are."""
    for table in STATED.values():
        _show(stage, stage.stated, table, "1 = 1")


def _changed_orgs(where: str) -> str:
    held = (
        f"SELECT key FROM {where}{HELD_BEFORE} WHERE kind = 'org' UNION SELECT key FROM staged_held WHERE kind = 'org'"
    )
    gone = f"SELECT sourced_id FROM {where}staged_org WHERE digest IN (SELECT digest FROM gone)"
    return f"SELECT sourced_id AS org FROM fresh_org UNION {gone} UNION {held}"


def _of_roles(since: date, until: date) -> str:
    """Roles that concern their person though their rows have not changed."""
    ended = f"t.kind = 'employee' AND t.end_date > '{since.isoformat()}' AND t.end_date <= '{until.isoformat()}'"
    return f" OR t.org IN (SELECT org FROM changed_org) OR t.sourced_id IN (SELECT sourced_id FROM fresh_role) OR ({ended})"


def _hide(stage: Stage, where: str) -> None:
    """Links and pairs of the affected first, for they say who is around; then all rows of these people."""
    _show(
        stage, where, "staged_link", "owner IN (SELECT person FROM affected) OR agent IN (SELECT person FROM affected)"
    )
    _show(
        stage,
        where,
        "staged_pair",
        "student IN (SELECT person FROM affected) OR guardian IN (SELECT person FROM affected)",
    )
    ends = " UNION ".join(
        f"SELECT {end} FROM {table}" for table in ("staged_link", "staged_pair") for end in ENDS[table]
    )
    stage.table("around", f"SELECT person FROM affected UNION {ends}", ["person"])
    for table in ("staged_person", "staged_role", "staged_birth"):
        _show(stage, where, table, f"{ENDS[table][0]} IN (SELECT person FROM around)")
    _show(stage, where, "staged_org", "1 = 1")


def _show(stage: Stage, where: str, table: str, condition: str) -> None:
    stage.table(
        table,
        f"SELECT * FROM {where}{table} WHERE ({condition}) AND digest NOT IN (SELECT digest FROM gone)"
        f" UNION ALL SELECT * FROM {fresh(table)}",
    )
