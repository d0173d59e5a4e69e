"""Of a run's differences, endings and new restrictions alone: what can go in while the rest waits for a person.

Nothing that is left lets anybody in. So a restriction's own end is no ending here, and neither is that of an enrolment whose
student is new at another school: that is a move, and half of it would shut a family out.
"""
# ruff: noqa: S608 (the SQL is put together from the models' own names and a day)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from openhouse.district import mirror
from openhouse.sync import facts
from openhouse.sync.openings import CLOSES, STAYS
from openhouse.sync.staging import Stage


def narrow(stage: Stage, counts: Mapping[str, mirror.Counts], *, on: date) -> dict[str, mirror.Counts]:
    """Take all other rows out of the tables of differences, so that `mirror.apply` puts in no more; returns the new counts.

    Needs the tables of `sync.openings`. What the source stated is then only in part in the mirror: nobody may remember it.
    """
    for entity in mirror.ENTITIES:
        if entity.changes in stage.views:
            # What is taken out of a view would be taken out of the rows as they are to be.
            stage.drop(entity.changes)
            stage.table(entity.changes, mirror.all_of(entity, facts.ready(entity)))
    for statement in (*guardianships(), *enrolments(on), *people()):
        stage.execute(statement)
    return {entity.name: _counted(stage, entity, counts[entity.name]) for entity in mirror.ENTITIES}


def guardianships() -> Iterator[str]:
    """Leave endings, unless they end a restriction of a student who stays; of what is stated, what restricts or closes."""
    yield (
        "DELETE FROM changes_guardianship WHERE change = 'ended' AND id IN (SELECT p.id FROM pair_change p"
        f" JOIN district_student s ON s.id = p.student_id WHERE p.restricts_before = 1 AND {STAYS})"
    )
    yield (
        "DELETE FROM changes_guardianship WHERE change <> 'ended' AND NOT EXISTS (SELECT 1 FROM pair_change p"
        " JOIN district_student s ON s.id = p.student_id AND s.valid_until IS NULL"
        " WHERE p.student = changes_guardianship.student AND p.guardian = changes_guardianship.guardian"
        f" AND (p.restricts_after = 1 OR p.change = 'changed' AND {CLOSES}))"
    )


def enrolments(on: date) -> Iterator[str]:
    """Leave endings of students who enrol nowhere else, and changes that say that an enrolment is over."""
    yield (
        "DELETE FROM changes_enrolment WHERE change = 'ended' AND id IN (SELECT c.id FROM changes_enrolment c"
        " JOIN district_enrolment m ON m.id = c.id JOIN district_student s ON s.id = m.student_id"
        " JOIN changes_enrolment n ON n.student = s.sourced_id AND n.change IN ('new', 'returned') WHERE c.change = 'ended')"
    )
    yield (
        "DELETE FROM changes_enrolment WHERE change <> 'ended' AND NOT EXISTS (SELECT 1 FROM ready_enrolment r"
        " JOIN district_enrolment m ON m.id = changes_enrolment.id WHERE changes_enrolment.change = 'changed'"
        " AND r.student = changes_enrolment.student AND r.school = changes_enrolment.school"
        f" AND r.end_date <= '{on}' AND (m.end_date IS NULL OR m.end_date > r.end_date))"
    )


def people() -> Iterator[str]:
    """Leave endings, but those of what a pair that goes on points to; and guardians who come in to be restricted."""
    for table in ("changes_school", "changes_student", "changes_employee"):
        yield f"DELETE FROM {table} WHERE change <> 'ended'"
    yield (
        "DELETE FROM changes_guardian WHERE change <> 'ended' AND (change = 'changed' OR NOT EXISTS"
        " (SELECT 1 FROM changes_guardianship p WHERE p.guardian = changes_guardian.sourced_id))"
    )
    for end, pair in (("guardian", mirror.GUARDIANSHIP), ("school", mirror.ENROLMENT)):
        goes_on = f"NOT EXISTS (SELECT 1 FROM {pair.changes} e WHERE e.change = 'ended' AND e.id = m.id)"
        yield (
            f"DELETE FROM changes_{end} WHERE change = 'ended' AND EXISTS (SELECT 1 FROM {pair.table} m"
            f" WHERE m.{end}_id = changes_{end}.id AND m.valid_until IS NULL AND {goes_on})"
        )


def _counted(stage: Stage, entity: mirror.Entity, before: mirror.Counts) -> mirror.Counts:
    found = dict(stage.rows(f"SELECT change, count(*) FROM {entity.changes} GROUP BY change"))
    new, changed, ended = found.get("new", 0) + found.get("returned", 0), found.get("changed", 0), found.get("ended", 0)
    had = before.changed + before.ended + before.unchanged
    return replace(before, new=new, changed=changed, ended=ended, unchanged=had - changed - ended)
