"""A night that changes little: only the people whom a changed row concerns are looked at again, among those around them.

*Affected* are all persons named by a row that is new, gone or replaced; whose row was set aside or held the last time; who share
a Student ID with one of them; who have a role at a changed org, or one that ended since; and whom somebody looked up. Of these,
*moved* are those who may stand otherwise to others: whose number, roles, links or pairs are not what they were, or who are affected
in any other way than by rows that others replace. *Around* them are those with whom the moved share a link or a pair. Temporary
tables with the rows of all these hide the statement's own, so that the same checks run on them: about everybody else they would
find what they found before.
"""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date

from openhouse.district import mirror
from openhouse.sync.batches import Pair
from openhouse.sync.staging import STATED, Stage, fresh, going
from openhouse.sync.statement import HELD_BEFORE

ENDS = {
    "staged_person": ("sourced_id",),
    "staged_role": ("person",),
    "staged_birth": ("person",),
    "staged_link": ("owner", "agent"),
    "staged_pair": ("student", "guardian"),
}
"""The columns of each table that name a person."""
DECIDING = {
    "staged_person": ("sourced_id", "number"),
    "staged_role": ("sourced_id", "person", "kind", "word"),
    "staged_birth": ("person",),
    "staged_link": ("owner", "agent"),
    "staged_pair": Pair._fields[2:],
}
"""The columns of each table that decide how a person stands to others. A row that another replaces with the same in them moves
nobody: a new address, a new grade."""
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
        stage.table(name, "SELECT digest FROM forgotten WHERE 1 = 0", shared=name == "gone")
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


def within(entity: mirror.Entity) -> str:
    """After `gather`: the table of the people of whom a row of that kind can have ended, for all of theirs were looked at."""
    return "affected" if entity in (mirror.EMPLOYEE, mirror.ENROLMENT) else "moved"


def is_small(stage: Stage, stated: int) -> bool:
    """Whether little enough has changed of so many stated rows, and no row set aside could concern everybody."""
    held = f"SELECT * FROM staged_held UNION ALL SELECT * FROM {stage.stated}{HELD_BEFORE}"
    if stage.count(f"SELECT count(*) FROM ({held}) h WHERE {COULD_BE_ANYBODYS}"):
        return False
    changed = stage.count("SELECT count(*) FROM gone")
    changed += sum(stage.count(f"SELECT count(*) FROM {fresh(name)}") for name in STATED.values())
    return changed <= FEW * stated


def gather(stage: Stage, *, since: date, until: date, patched: bool) -> None:
    """Make `affected` and `moved`, and hide the statement's tables behind those around them.

    The days are the two exports'. A `patched` statement may have rows that were set aside: then all affected count as moved.
    """
    stage.database.seek(stage.connection)
    for name in STATED.values():
        stage.index(fresh(name), ())
    _show(stage, "staged_org", "1 = 1")
    stage.table("changed_org", _changed_orgs(stage.stated), shared=True)
    stage.table("fresh_role_id", "SELECT DISTINCT sourced_id FROM fresh_role", shared=True)
    for table in ENDS:
        condition = "t.digest IN (SELECT digest FROM gone)" + (
            _of_roles(since, until) if table == "staged_role" else ""
        )
        place = stage.database.PLACE
        stage.table(going(table), f"SELECT t.{place} AS place, t.* FROM {stage.stated}{table} t WHERE {condition}")
    _move(stage, patched=patched)
    found = [
        f"SELECT {ENDS[table][0]} FROM {rows}"
        for table in ("staged_person", "staged_role", "staged_birth")
        for rows in (fresh(table), going(table))
    ]
    stage.table("affected", " UNION ".join(["SELECT person FROM moved", *found]), ["person"])
    _hide(stage)


def _move(stage: Stage, *, patched: bool) -> None:
    """Make `moved`."""
    unless_replaced = "" if patched else "HAVING sum(more) <> 0"
    found = ["SELECT sourced_id AS person FROM sync_lookedup"]
    for table, columns in DECIDING.items():
        altered, those = table.replace("staged_", "altered_"), ", ".join(columns)
        stage.table(
            altered,
            f"SELECT {those} FROM (SELECT {those}, 1 AS more FROM {fresh(table)}"
            f" UNION ALL SELECT {those}, -1 FROM {going(table)} WHERE digest IN (SELECT digest FROM gone)) rows_"
            f" GROUP BY {those} {unless_replaced}",
        )
        found += [f"SELECT {end} FROM {altered}" for end in ENDS[table]]
    found.append("SELECT person FROM going_role WHERE digest NOT IN (SELECT digest FROM gone)")
    found.append("SELECT person FROM fresh_role WHERE org NOT IN (SELECT sourced_id FROM staged_org)")
    for held, column in itertools.product(("staged_held", f"{stage.stated}{HELD_BEFORE}"), ("key", "other")):
        found.append(f"SELECT {column} FROM {held} WHERE kind <> 'org'")
    stage.table("named", f"SELECT person FROM ({' UNION '.join(found)}) each_ WHERE person <> ''", ["person"])
    stage.table("their_number", _numbers(stage, patched=patched))
    numbers = "SELECT number FROM their_number"
    sharing = f"SELECT sourced_id FROM district_student WHERE valid_until IS NULL AND upper(number) IN ({numbers})"
    stage.table("moved", f"SELECT person FROM named UNION {sharing}", ["person"], shared=True)


def _numbers(stage: Stage, *, patched: bool) -> str:
    """SQL: the Student IDs that those named have or had; the statement is asked where neither changed rows nor the mirror say."""
    tables = ["fresh_person", "going_person", "district_student"]
    unsaid = (
        "SELECT sourced_id AS person FROM sync_lookedup UNION SELECT r.person FROM named n JOIN fresh_role r ON r.person = n.person"
        " WHERE r.kind = 'student' AND NOT EXISTS (SELECT 1 FROM fresh_person p WHERE p.sourced_id = n.person)"
        " AND NOT EXISTS (SELECT 1 FROM district_student s WHERE s.sourced_id = n.person AND s.valid_until IS NULL)"
    )
    if patched or stage.count(f"SELECT count(*) FROM ({unsaid}) each_"):
        tables.append(f"{stage.stated}staged_person")
    return " UNION ".join(
        f"SELECT upper(p.number) AS number FROM named n JOIN {table} p ON p.sourced_id = n.person WHERE p.number <> ''"
        for table in tables
    )


def show_everything(stage: Stage) -> None:
    """Hide the statement's tables behind copies with tonight's changes in them, and leave them as they are."""
    for table in STATED.values():
        _show(stage, table, "1 = 1")


def _changed_orgs(where: str) -> str:
    held = (
        f"SELECT key FROM {where}{HELD_BEFORE} WHERE kind = 'org' UNION SELECT key FROM staged_held WHERE kind = 'org'"
    )
    gone = f"SELECT sourced_id FROM {where}staged_org WHERE digest IN (SELECT digest FROM gone)"
    return f"SELECT sourced_id AS org FROM fresh_org UNION {gone} UNION {held}"


def _of_roles(since: date, until: date) -> str:
    """Roles that concern their person though their rows have not changed."""
    ended = f"t.kind = 'employee' AND t.end_date > '{since.isoformat()}' AND t.end_date <= '{until.isoformat()}'"
    return f" OR t.org IN (SELECT org FROM changed_org) OR t.sourced_id IN (SELECT sourced_id FROM fresh_role_id) OR ({ended})"


def _hide(stage: Stage) -> None:
    """Links and pairs of the moved first, for they say who is around; then all rows of these people."""
    found = ["SELECT person FROM affected"]
    for table in ("staged_link", "staged_pair"):
        _show(stage, table, " OR ".join(f"{end} IN (SELECT person FROM moved)" for end in ENDS[table]))
        found += [f"SELECT {end} FROM {table}" for end in ENDS[table]]
    stage.table("around", " UNION ".join(found), ["person"], shared=True)
    for table in ("staged_person", "staged_role", "staged_birth"):
        _show(stage, table, f"{ENDS[table][0]} IN (SELECT person FROM around)")


def _show(stage: Stage, table: str, condition: str) -> None:
    stage.table(table, f"SELECT * FROM {stage.stated}{table} WHERE {condition}")
    stage.execute(f"DELETE FROM {table} WHERE digest IN (SELECT digest FROM gone)")
    stage.execute(f"INSERT INTO {table} SELECT * FROM {fresh(table)} WHERE {condition}")
