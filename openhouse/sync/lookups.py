"""A lookup: asking the SIS about one student now. It goes through the same checks into the mirror as a night's statement does, but
speaks of that student, and of the guardians it names, alone.

The statement of the last night is left as it is. Whom a lookup brought is written down with the moment of asking (`LookedUp`):
a statement written before then neither ends nor overwrites them, and the first one written after it is compared with them.
"""
# ruff: noqa: S608 (the SQL is put together from our own names; values are parameters)

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone

from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district import mirror
from openhouse.district.models import Student
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync import checks, databases, facts, openings, pairs
from openhouse.sync.batches import BirthDate, Link, Org, Pair, Person, Role, Row, spelled
from openhouse.sync.models import LookedUp, SyncRun
from openhouse.sync.refusals import LookupHeld, SourceRefused, SyncHeld, SyncOutOfOrder, SyncRefused
from openhouse.sync.sources import Lookup, Notices
from openhouse.sync.staging import STATED, Stage, staged

SECONDS = 5.0
"""How long the SIS may take, all calls together (domain rule 12)."""
PATIENCE = 1.0
"""How long a lookup waits for the right to write the mirror, beyond that."""
State = SyncRun.State
DECIDED = (State.WAITING, State.ACCEPTED, State.LET_IN, State.THROWN_AWAY, State.SUPERSEDED)
"""Runs of an export that the brake held, whatever came of them."""


@dataclass(frozen=True)
class Found:
    """The student as the mirror has them now, and what the SIS left open, in words with counts."""

    student: Student
    warnings: tuple[tuple[str, int], ...]


@dataclass
class Answer:
    """What the SIS said: rows by type, of one student and the people around."""

    student: str
    rows: dict[type, list[Row]]

    def of[T](self, row_type: type[T]) -> list[T]:
        """The rows of one type."""
        return self.rows.get(row_type, [])  # type: ignore[return-value]


def look_up(
    *, number: str, lookup: Lookup, school_codes: Collection[str] | None, by: Actor, at: datetime
) -> Found | None:
    """Ask the SIS about the student with this Student ID and bring in what it says. None where it knows nobody, or names no
    enrolment at one of the school codes (None: any school). Raises SourceRefused where it does not answer in time or cannot
    be read, SyncHeld while a sync is landing, LookupHeld where a person is to decide, SyncOutOfOrder where a file to look in is
    older than what the portal has; the mirror is then as it was.
    """
    told: dict[str, object] = {"found": 0, "source": lookup.name}
    policy, notices = values.at(at), Notices()
    try:
        answer = _ask(lookup, number, policy, notices)
        codes = _codes(answer) if answer else set()
        if answer and (codes if school_codes is None else codes & set(school_codes)):
            with _alone():
                return _land(answer, policy, notices, lookup, by=by, at=at)
    except SyncRefused as refused:
        record(event=Event.STUDENT_LOOKED_UP, by=by, at=at, detail=told | {"refused": type(refused).__name__})
        raise
    record(event=Event.STUDENT_LOOKED_UP, by=by, at=at, detail=told)
    return None


def _ask(lookup: Lookup, number: str, policy: Policy, notices: Notices) -> Answer | None:
    rows: dict[type, list[Row]] = {}
    for batch in lookup.find(number, policy, notices, deadline=time.monotonic() + SECONDS):
        for row in batch:
            rows.setdefault(type(row), []).append(row)
    holders = {each.person for each in rows.get(Role, []) if isinstance(each, Role) and each.kind == "student"}
    wanted = spelled(number)
    students = {
        each.sourced_id
        for each in rows.get(Person, [])
        if isinstance(each, Person) and spelled(each.number) == wanted and each.sourced_id in holders
    }
    if len(students) > 1:
        raise SourceRefused("The SIS names several students with this Student ID. Correct it there.")
    return Answer(students.pop(), rows) if students else None


def _codes(answer: Answer) -> set[str]:
    """The school codes of the student's enrolments that are not over, by the answer or, of schools it does not describe, by the
    mirror."""
    today = timezone.localdate().isoformat()
    orgs = {
        role.org
        for role in answer.of(Role)
        if role.person == answer.student and role.kind == "student" and (not role.end_date or role.end_date > today)
    }
    said = {org.sourced_id: org.code for org in answer.of(Org) if org.is_school}
    known = mirror.SCHOOL.model._default_manager.filter(valid_until=None, sourced_id__in=orgs - said.keys())
    return {said[org] for org in orgs & said.keys()} | set(known.values_list("code", flat=True))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the right to write the mirror, for which a lookup waits a moment."""
    with databases.alone(connection, patience=PATIENCE) as alone:
        if not alone:
            raise SyncHeld("A sync is bringing in the SIS's data at this moment. Try again in a minute.")
        yield


def _land(answer: Answer, policy: Policy, notices: Notices, lookup: Lookup, *, by: Actor, at: datetime) -> Found:
    if lookup.asked_at:
        _refuse_known(lookup.name, lookup.asked_at)
    _refuse_overtaken(answer, at)
    with staged(connection) as stage, stage.database.filling(connection):
        _stage(stage, answer, complete=lookup.complete)
        if lookup.asked_at:
            protect(stage, lookup.asked_at)
        checks.check(stage, notices, policy=policy, snapshot=timezone.localdate(at).isoformat())
        pairs.check(stage, notices)
        facts.prepare(stage, files=_stated(answer))
        _refuse_shared_number(stage, answer)
        changes = {entity.name: facts.compare(stage, entity, within="about") for entity in mirror.ENTITIES}
        _refuse_openings(stage, policy, timezone.localdate(at))
        stage.database.filled(connection)
        with transaction.atomic():
            stage.database.claim(connection, mirror.GUARDIANSHIP.table, mirror.GUARDIANSHIP.changes)
            for entity in mirror.ENTITIES:
                if changes[entity.name].differences:
                    facts.put_in(stage, entity, at=at)
            stage.database.settle(connection)
            aside = stage.count("SELECT count(*) FROM staged_aside")
            return _note(answer, notices, lookup.asked_at or at, by=by, at=at, aside=aside)


def _refuse_known(source: str, written_at: datetime) -> None:
    """A file that the portal has read tells nothing new, and one that the brake held comes in by a person's word alone."""
    landed = SyncRun.objects.filter(state=State.LANDED).order_by("-started_at").first()
    if landed and (landed.written_at or landed.started_at) >= written_at:
        raise SyncOutOfOrder(
            "The portal has read this export already, or a newer one: it knows no more of the student. Wait for the next export."
        )
    if SyncRun.objects.filter(source=source, written_at=written_at, state__in=DECIDED).exists():
        raise LookupHeld("A person decides about this export, so nothing of it is brought in before. See the console.")


def _refuse_overtaken(answer: Answer, at: datetime) -> None:
    """While the SIS was answering, something newer may have come in: an answer that was given before it does not overrule it."""
    people = {row.sourced_id for row in answer.of(Person)}
    landed = SyncRun.objects.filter(state=State.LANDED, started_at__gte=at)
    if landed.exists() or LookedUp.objects.filter(sourced_id__in=people, at__gt=at).exists():
        raise SyncHeld("Something newer came in while the SIS was answering. Ask again.")


def _refuse_openings(stage: Stage, policy: Policy, on: date) -> None:
    """What makes a night wait whatever its size is no lookup's to bring in (see `sync.brake`), however much policy lets pass."""
    openings.find(stage, policy=policy, on=on)
    if stage.count(openings.LIFTED):
        raise LookupHeld(
            "The SIS would lift a restriction of this student. A lookup does not: the next sync has a person decide."
        )
    if stage.count(openings.RESTRICTED_GAINS):
        raise LookupHeld(
            "The student has a restriction on record, and the SIS would give them a legal guardian. A lookup does not: the next "
            "sync has a person decide."
        )


def _stage(stage: Stage, answer: Answer, *, complete: bool) -> None:
    """The answer's rows in tables that hide the statement's. Links and pairs of others than this student stay out of it, and so
    do orgs that nobody describes. `about` says who may end: the student's pairs, where the SIS could name all of them."""
    for row_type, name in STATED.items():
        stage.empty(name, row_type)
    for rows in answer.rows.values():
        mine = [row for row in rows if _concerns(row, answer.student)]
        for start in range(0, len(mine), 1000):
            stage.put(mine[start : start + 1000])
    stage.squeeze_numbers()
    schools = ", ".join(f"m.{fact}" for fact in mirror.SCHOOL.facts)
    described = "SELECT sourced_id FROM staged_org"
    stage.execute(
        f"INSERT INTO staged_org (line, digest, sourced_id, is_school, {', '.join(mirror.SCHOOL.facts)})"
        f" SELECT 0, 0, m.sourced_id, m.id IS NOT NULL, {schools} FROM district_school m"
        f" WHERE m.valid_until IS NULL AND m.sourced_id NOT IN ({described})"
    )
    stage.execute(
        "INSERT INTO staged_org (line, digest, sourced_id, is_school)"
        f" SELECT DISTINCT 0, 0, org, person IS NULL FROM staged_role WHERE org NOT IN ({described})"
    )
    stage.execute("CREATE TEMP TABLE about (person text)")
    stage.tables.append("about")
    if complete:
        stage.execute("INSERT INTO about VALUES (%s)", [answer.student])


def _concerns(row: Row, student: str) -> bool:
    if isinstance(row, Link):
        return student in (row.owner, row.agent)
    return not isinstance(row, Pair) or row.student == student


def _stated(answer: Answer) -> set[str]:
    """Which of the files that may be absent the answer stands for; what the others said stays."""
    return {
        name for name, row_type in (("demographics.csv", BirthDate), ("guardianships.csv", Pair)) if answer.of(row_type)
    }


def _refuse_shared_number(stage: Stage, answer: Answer) -> None:
    shared = stage.count(
        "SELECT count(*) FROM district_student m JOIN ready_student r ON upper(r.number) = upper(m.number)"
        " WHERE m.valid_until IS NULL AND m.sourced_id <> r.sourced_id"
    )
    if shared:
        raise SourceRefused("Another student has this Student ID in the portal. Correct it in the SIS.")


def _note(answer: Answer, notices: Notices, asked_at: datetime, *, by: Actor, at: datetime, aside: int) -> Found:
    people = {row.sourced_id for row in answer.of(Person)}
    newer = LookedUp.objects.filter(sourced_id__in=people, at__gt=asked_at).values_list("sourced_id", flat=True)
    LookedUp.objects.bulk_create(
        [
            LookedUp(sourced_id=each, at=asked_at, is_student=each == answer.student)
            for each in sorted(people - set(newer))
        ],
        update_conflicts=True,
        unique_fields=["sourced_id"],
        update_fields=["at", "is_student"],
    )
    if aside:
        notices.warnings["row of the SIS that breaks a rule; what the portal knew stays"] += aside
    student = Student.objects.filter(sourced_id=answer.student, valid_until=None).first()
    if student is None:
        raise SourceRefused("What the SIS says about this student breaks a rule, so nothing was brought in.")
    about = Subject(student=str(student.key), names={str(student.key): student.name})
    detail = {"found": 1, "people": len(people), "set_aside": aside}
    record(event=Event.STUDENT_LOOKED_UP, by=by, at=at, about=about, detail=detail)
    return Found(student, tuple(sorted(notices.warnings.items())))


def protect(stage: Stage, written_at: datetime) -> int:
    """Whoever was looked up after a statement was written stays as they are; returns how many of its rows are passed over.

    Of the student asked about that goes for the guardianships too, but never for a restriction: one that the older statement has
    restricts all the same. Guardians who came along are only kept from ending: the lookup said nothing of their other children,
    so what the statement says of them counts.
    """
    moment = stage.connection.ops.adapt_datetimefield_value(written_at)
    newer = "(SELECT sourced_id FROM sync_lookedup WHERE at > %s)"
    students = newer.replace("WHERE", "WHERE is_student AND")
    if not stage.count(f"SELECT count(*) FROM {newer} people", [moment]):
        return 0
    stage.execute(
        "INSERT INTO staged_held (kind, key, other, restriction) SELECT 'pair', student, guardian, restriction"
        f" FROM staged_pair t WHERE t.restriction <> '' AND t.student IN {students}",
        [moment],
    )
    passed = sum(stage.discard(table, f"t.{end} IN {students}", [moment]) for table, end in OF_STUDENTS)
    stage.execute(
        "INSERT INTO staged_held (kind, key, other, restriction) SELECT 'person', sourced_id, '', ''"
        f" FROM {newer} people WHERE NOT EXISTS (SELECT 1 FROM staged_person p WHERE p.sourced_id = people.sourced_id)",
        [moment],
    )
    return passed


OF_STUDENTS = (
    ("staged_person", "sourced_id"), ("staged_role", "person"), ("staged_birth", "person"), ("staged_link", "owner"),
    ("staged_link", "agent"), ("staged_pair", "student"),
)  # fmt: skip
"""What a statement says of a student."""
