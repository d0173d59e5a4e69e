"""`access.decide` and its queryset twin agree on every world that chance can think of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openhouse import access
from openhouse.access import associations
from openhouse.access.models import Association, Way
from openhouse.district.models import Guardian, Student
from openhouse.policy import readings
from openhouse.policy.models import Choice
from tests import cast as make
from tests.cast import DAY, NOW, SINCE

TODAY = NOW.date()
near_days = st.none() | st.integers(-1, 1).map(lambda days: TODAY + days * DAY)
moments = st.sampled_from([SINCE, NOW - DAY, NOW, NOW + DAY])
ends = st.none() | st.sampled_from([NOW - DAY, NOW])
spaces = st.sampled_from(["", " ", "\t", "\r\n", "\u00a0", "\u2003"])
cases = st.sampled_from([str, str.upper, str.title, str.swapcase])


def written(*words: str) -> st.SearchStrategy[str]:
    """A word as somebody might have typed it."""
    parts = st.tuples(spaces, cases, st.sampled_from(words), spaces)
    return parts.map(lambda part: part[0] + part[1](part[2]) + part[3])


restrictions = st.just("") | written(
    "", "no contact", "none", "see the file", "restricción", "straße", "İptal", "ΣΟΦΟΣ"
)
relations = written("mother", "aunt", "tía", "")
legal_flags = st.sampled_from([True, True, None, False])


@dataclass(frozen=True)
class World:
    """One account, one student, and everything between them."""

    policy: dict[str, Any]
    birth_date: date | None
    ground: str
    student_ends: datetime | None
    confirmed_at: datetime | None
    deactivated_at: datetime | None
    records: list[dict[str, Any]]
    ties_end: list[datetime | None]
    enrolments: list[dict[str, Any]]
    way: Way
    began: datetime
    revalidate_since: datetime | None


policies = st.fixed_dictionaries(
    {},
    optional={
        "blank_legal_flag": st.sampled_from(["not_legal", "legal_for_relations"]),
        "legal_relations": st.sampled_from([("mother",), ("mother", "tía"), ()]),
        "restriction_words": st.sampled_from([("no contact",), ("restricción", "straße", "i̇ptal", "σοφος"), ()]),
        "no_restriction_words": st.sampled_from([("none",), ("no contact",), ()]),
        "grace_from": st.sampled_from([TODAY - 60 * DAY, TODAY - 59 * DAY, TODAY - 61 * DAY]),
        "grace_days": st.sampled_from([0, 1, 60]),
        "summer_from": st.sampled_from([TODAY - DAY, TODAY, TODAY - 90 * DAY]),
        "summer_until": st.sampled_from([TODAY - DAY, TODAY, TODAY + DAY]),
        "rights_pass_at_18": st.booleans(),
    },
)
guardianships = st.fixed_dictionaries(
    {
        "legal": legal_flags,
        "relation": relations,
        "restriction": restrictions,
        "begin_date": near_days,
        "end_date": near_days,
        "valid_until": ends,
    }
)
worlds = st.builds(
    World,
    policy=policies,
    birth_date=st.sampled_from([None, date(2016, 3, 28), date(2008, 11, 20), date(2008, 11, 21)]),
    ground=st.sampled_from(["", "", "dependent", "consent", "maybe"]),
    student_ends=st.sampled_from([None, None, None, NOW]),
    confirmed_at=st.sampled_from([SINCE, SINCE, NOW, NOW + DAY, None]),
    deactivated_at=st.sampled_from([None, None, None, NOW, NOW - DAY]),
    records=st.lists(guardianships, min_size=1, max_size=2),
    ties_end=st.lists(ends, min_size=2, max_size=2),
    enrolments=st.lists(st.fixed_dictionaries({"end_date": near_days, "valid_until": ends}), max_size=2),
    way=st.sampled_from(Way),
    began=st.sampled_from([SINCE, NOW - 59 * DAY, NOW - 60 * DAY, NOW - 61 * DAY, NOW - timedelta(hours=1434)]),
    revalidate_since=st.sampled_from([None, None, NOW - DAY, NOW]),
)


def build(world: World) -> Association:
    """Put the world into the tables."""
    for name, value in world.policy.items():
        Choice.objects.create(name=name, value=readings.plain(value), valid_from=SINCE)
    student = Student.objects.create(
        sourced_id="s", number="1", family_name="Twin", birth_date=world.birth_date, eligible_ground=world.ground,
        valid_from=SINCE, valid_until=world.student_ends,
    )  # fmt: skip
    for number, facts in enumerate(world.enrolments):
        make.enrol(student, make.school(str(number), "School"), **facts)
    account = make.account("twin@home.example", confirmed=False)
    account.email_confirmed_at, account.deactivated_at = world.confirmed_at, world.deactivated_at
    account.deactivated_for_cause = None if world.deactivated_at is None else False
    account.save()
    for number, (facts, until) in enumerate(zip(world.records, world.ties_end, strict=False)):
        guardian = Guardian.objects.create(sourced_id=str(number), family_name="Twin", valid_from=SINCE)
        make.link(student, guardian, **facts)
        tie = make.tie(account, guardian)
        tie.valid_until = until
        tie.save()
    through = None
    if world.way == Way.FAMILY:
        through = make.associate(account, make.student("Another", "Twin", None))
        make.end(through, at=NOW)
    made = make.associate(account, student, world.way, world.began, through)
    made.revalidate_since = world.revalidate_since
    made.save()
    return made


@given(worlds)
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_decision_and_the_query_agree(db, world):
    with transaction.atomic():
        association = build(world)
        decision = access.decide(account=association.account, student=association.student, at=NOW)
        asked = associations.of(account=association.account, at=NOW).get()
        seen = associations.visible(account=association.account, at=NOW)
        assert asked.standing == decision.standing
        assert seen.filter(pk=association.student_id).exists() is decision.allowed
        transaction.set_rollback(True)
