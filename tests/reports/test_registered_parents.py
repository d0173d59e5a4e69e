"""The Registered Parents Report: every figure is its list's length, and what a patient clerk would count."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection, transaction

from openhouse.access import pins
from openhouse.access.models import Association, Given, Pin, PinEnd, Tie, Way
from openhouse.district.models import Guardianship
from openhouse.district.restrictions import in_effect, is_legal
from openhouse.policy.values import Policy
from openhouse.reports.registered_parents import ALL, NEW, PARTS, Filters, RegisteredParents
from tests import cast as make
from tests.cast import DAY, NOW, Cast

FIGURES = [figure for _name, figures in PARTS for figure in figures]
TODAY = NOW.date()
SEEDS = range(8)
POLICIES = [
    Policy(),
    Policy(blank_legal_flag="legal_for_relations", legal_relations=("mother",)),
    Policy(summer_from=TODAY - 10 * DAY, summer_until=TODAY + DAY),
]
WAYS = (Way.PIN, Way.STAFF, Way.IMPORTED)
"""Those that need no other association."""


def of(school, policy=POLICIES[0]) -> RegisteredParents:
    return RegisteredParents(school=school, policy=policy, at=NOW)


def a_world(seed: int):
    """A school and its neighbour, with some forty families; the same for the same seed."""
    dice = random.Random(seed)
    here, there = make.school("7001", "Oak Middle"), make.school("7002", "Elm Middle")
    known = []
    for number in range(dice.choice([1, 30, 30])):
        gone = NOW if dice.random() < 0.1 else None
        student = make.student(f"S{number}", "World", None, valid_until=gone)
        for school in dice.choice([[here], [here], [here], [there], [here, there]]):
            ends = dice.choice([None, None, None, TODAY, TODAY - 5 * DAY, TODAY + DAY])
            made = make.enrol(student, school, grade=dice.choice(["06", "07", "TK", ""]), end_date=ends)
            if dice.random() < 0.1:
                make.end(made, at=NOW)
        for _each in range(dice.randrange(4)):
            known.append(a_guardian(dice, student, known))
    return here, there


def a_guardian(dice: random.Random, student, known: list):
    """Somebody new, or a guardian of an earlier student; with a PIN's story and an account's, or without."""
    guardian = dice.choice(known) if known and dice.random() < 0.3 else None
    if guardian is None or Guardianship.objects.filter(student=student, guardian=guardian).exists():
        guardian = make.guardian("G", "World", sourced_id=f"g-{student.pk}-{dice.random()}")
    row = make.link(
        student, guardian, legal=dice.choice([True] * 6 + [False, None]), relation=dice.choice(["Mother ", "aunt"]),
        restriction=dice.choice(["", "", "no contact"]), begin_date=dice.choice([None, None, None, TODAY, TODAY + DAY]),
        end_date=dice.choice([None] * 5 + [TODAY, TODAY + DAY]), valid_until=dice.choice([None] * 8 + [NOW]),
    )  # fmt: skip
    for _each in range(dice.randrange(3)):
        a_pin(dice, row)
    if dice.random() < 0.75:
        an_account(dice, row)
    return guardian


def a_pin(dice: random.Random, row: Guardianship) -> None:
    Pin.objects.filter(guardianship=row, ended_at=None).update(ended_at=NOW, end=PinEnd.REPLACED, sealed=None)
    end = dice.choice(["", "", "", PinEnd.USED, PinEnd.LOCKED, PinEnd.EXPIRED])
    ended = {"sealed": None, "ended_at": NOW - DAY} if end else {"sealed": b"x"}
    expires = NOW + dice.choice([-1, 0, 1, 1]) * DAY
    tries = dice.choice([0, 0, 4, 5])
    Pin.objects.create(
        guardianship=row, made_at=NOW - 20 * DAY, expires_at=expires, end=end, wrong_tries=tries,
        given=Given.PRINTED, given_at=NOW - 20 * DAY, **ended,
    )  # fmt: skip


def an_account(dice: random.Random, row: Guardianship) -> None:
    tie = Tie.objects.filter(guardian=row.guardian, valid_until=None).first()
    account = tie.account if tie else make.account(f"a{row.pk}@home.example")
    if tie is None:
        make.tie(account, row.guardian)
    begins = [NOW - NEW, NOW - NEW + timedelta(seconds=1), NOW, NOW - DAY]
    if not Association.objects.filter(account=account, student=row.student).exists():
        for number in range(dice.choice([0, 1, 1, 1, 2])):
            Association.objects.filter(account=account, student=row.student).update(valid_until=NOW)
            make.associate(
                account,
                row.student,
                dice.choice([Way.PIN, Way.STAFF, Way.IMPORTED]),
                dice.choice(begins) - number * DAY,
            )
        if dice.random() < 0.2:
            Association.objects.filter(account=account, student=row.student).update(valid_until=NOW)
    if dice.random() < 0.1:
        Tie.objects.filter(account=account).update(valid_until=NOW)


def counted_by_hand(school, policy: Policy) -> Counter:
    """What a clerk would count who opens Pin Details of one student after the other."""
    found: Counter = Counter()
    for enrolment in school.enrolments.filter(valid_until=None, student__valid_until=None):
        summer = policy.summer_from and enrolment.end_date and policy.summer_from <= enrolment.end_date
        if enrolment.end_date and enrolment.end_date <= TODAY and not summer:
            continue
        since = []
        for row in enrolment.student.guardianships.filter(valid_until=None):
            if is_legal(row, policy) and in_effect(row, TODAY):
                first = registered(row)
                since += [first] if first else []
                word = "no" if first is None else "new" if NOW - first < NEW else "before"
                found["guardians", enrolment.grade, str(pins.state(pins.newest(row), NOW)), word] += 1
        word = "no" if not since else "new" if NOW - min(since) < NEW else "before"
        found["students", enrolment.grade, "", word] += 1
    return found


def registered(row: Guardianship):
    """When the account tied to the guardian first had the student, if it has now."""
    tie = Tie.objects.filter(guardian=row.guardian, valid_until=None).first()
    held = Association.objects.filter(account=tie.account, student=row.student) if tie else Association.objects.none()
    return min(each.valid_from for each in held) if held.filter(valid_until=None).exists() else None


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_are_what_a_clerk_would_count_in_any_world(db, clock, seed):
    for school in a_world(seed):
        for policy in POLICIES if school.code == "7001" else POLICIES[:1]:
            counts = of(school, policy).counts()
            found = {(rows, *cell): count for rows, each in counts.items() for cell, count in each.cells.items()}
            assert found == counted_by_hand(school, policy)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_figure_is_its_list_s_length_and_grades_add_up(db, clock, seed):
    school, _there = a_world(seed)
    for policy in POLICIES[seed % 3 :: 3]:
        report = of(school, policy)
        counts = report.counts()
        grades = report.grades()
        assert grades == counts["students"].grades
        for figure in FIGURES:
            counted = [counts[figure.rows].of(figure.filters(grade)) for grade in grades]
            listed = [len(getattr(report, figure.rows)(figure.filters(grade))) for grade in grades]
            assert counted == listed
            every = counts[figure.rows].of(figure.filters(None))
            assert sum(counted) == every == getattr(report, figure.rows)(figure.filters(None)).count()


@pytest.mark.parametrize("seed", SEEDS)
def test_figures_that_say_they_are_a_sum_are_one(db, clock, seed):
    counts = of(a_world(seed)[0]).counts()
    guardians, students = counts["guardians"], counts["students"]
    given = [guardians.of(Filters(pin=each)) for each in ("live", "used", "expired", "locked")]
    assert sum(given) == guardians.of(Filters(pin="given"))
    assert guardians.of(Filters(pin="given")) + guardians.of(Filters(pin="not given")) == guardians.of(ALL)
    for each in (students, guardians):
        assert each.of(Filters(registered="yes")) + each.of(Filters(registered="no")) == each.of(ALL)
    assert guardians.of(Filters(registered="new")) <= guardians.of(Filters(registered="yes"))


def test_the_worlds_have_something_of_everything(db, clock):
    """Without this the tests above could pass by counting nothing."""
    found: Counter = Counter()
    for seed in SEEDS:
        with transaction.atomic():
            counts = of(a_world(seed)[0]).counts()
            for figure in FIGURES:
                found[figure] += counts[figure.rows].of(figure.filters(None))
            transaction.set_rollback(True)
    assert min(found.values()) >= 3


def test_a_guardian_is_registered_though_the_account_may_not_see_the_student(cast: Cast, clock):
    make.join(cast.boris_account, cast.boris, cast.bella)
    row = of(cast.maple).guardians(Filters(registered="yes")).get()
    assert (row.guardian, row.registered_at) == (cast.boris, make.SINCE)


def test_an_account_without_the_student_is_not_registered(cast: Cast, clock):
    make.tie(cast.ana_account, cast.ana)
    make.associate(cast.ana_account, cast.abel)
    assert not of(cast.maple).guardians(Filters(registered="yes")).exists()
    assert of(cast.cedar).guardians(Filters(registered="yes")).get().student == cast.abel


def test_a_new_pin_makes_nobody_new_who_registered_long_ago(cast: Cast, clock):
    make.join(cast.ana_account, cast.ana, cast.alma)
    make.redeem(cast.ana_account, cast.alma, make.give(cast.ana_of_alma))
    report = of(cast.maple)
    assert report.guardians(Filters(registered="yes")).get().registered_at == make.SINCE
    assert report.counts()["guardians"].of(Filters(registered="new")) == 0


@pytest.mark.skipif(connection.vendor != "postgresql", reason="reads PostgreSQL's plans")
def test_no_large_table_is_read_from_end_to_end(cast: Cast, clock):
    """With sequential scans made dear, one is left only where no index serves."""
    report, large = of(cast.maple, POLICIES[1]), ("district_", "access_", "accounts_")
    asked = [report.guardians(Filters("04", "given", "new")), report.students(Filters("04", "", "yes"))]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for rows in asked:
            plan = rows.explain()
            assert "Index" in plan
            assert not [line for line in plan.splitlines() if "Seq Scan" in line and any(t in line for t in large)]
