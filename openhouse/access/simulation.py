"""What a change of policy would do, counted before it is made: by the one table of standings, under the policy considered."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openhouse.access import associations, guardianships, guessing, limits, scenarios
from openhouse.access.guessing import Risk
from openhouse.access.models import Association, LimitException, Pin, Way
from openhouse.access.scenarios import Flip
from openhouse.access.standing import Standing, adult_since
from openhouse.accounts import factors
from openhouse.accounts.models import Account
from openhouse.district import enrolling
from openhouse.district.models import Enrolment, Guardianship
from openhouse.district.restrictions import Reading, reading
from openhouse.policy.document import Change
from openhouse.policy.values import Policy

LET_IN = [each for each in Standing if each.lets_in]


class Thing(models.TextChoices):
    """What is counted beside standings, under the policy that there is and under the one that is considered."""

    LEGAL = "legal", _("Guardianships with a blank flag that count as legal")
    RESTRICTED = "restricted", _("Guardianships whose text restricts")
    HELD = "held", _("Guardianships whose text nobody can read, and which are held")
    WITHOUT_BIRTH_DATE = "without birth date", _("Guardians who may have a PIN although the SIS has no birth date")
    FULL = "full", _("Accounts that can add no more students")
    RESTING = "resting", _("Deactivated accounts that would need new PINs if they were activated now")
    LIVE_PINS = "live pins", _("Live PINs, which stay as they are")
    TO_SET_UP = "to set up", _("Accounts that must set up a second step at sign-in")


@dataclass(frozen=True)
class Shift:
    """How many families see something else, and about how many students, from which standing to which."""

    before: Standing
    after: Standing
    families: int
    students: int


@dataclass(frozen=True)
class Tally:
    """So many now, so many then."""

    thing: Thing
    before: int
    after: int


@dataclass(frozen=True)
class Outcome:
    """What would change. `families` are parent accounts that would see something else, each once; some may gain and lose."""

    shifts: list[Shift]
    families: int
    gaining: int
    losing: int
    tallies: list[Tally]
    flips: list[Flip]
    risks: tuple[Risk, Risk] | None
    seconds: float


@transaction.atomic(savepoint=False)
def of(*, present: Policy, candidate: Policy, changed: list[Change], at: datetime) -> Outcome:
    """Count what a change would do at that moment, without making it."""
    began, names = time.monotonic(), {each.name for each in changed}
    _plan_plainly()
    shifts, total = _shifts(present, candidate, names, at)
    policies = (present, candidate)
    tallies = [
        Tally(thing, *(count(policy, at) for policy in policies))
        for thing, count, concerned in TALLIES
        if names & concerned
    ]
    on = timezone.localdate(at)
    return Outcome(
        shifts=shifts,
        families=total["families"],
        gaining=total["gaining"],
        losing=total["losing"],
        tallies=tallies,
        flips=scenarios.flips(scenarios.shipped(), present=present, candidate=candidate, on=on),
        risks=(guessing.of(present), guessing.of(candidate)) if names & {"pin_length", "one_pin_per_family"} else None,
        seconds=time.monotonic() - began,
    )


def _plan_plainly() -> None:
    """PostgreSQL would compile the table of standings to machine code, which takes longer than reading the rows with it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")


def _shifts(present: Policy, candidate: Policy, names: set[str], at: datetime) -> tuple[list[Shift], dict[str, int]]:
    """One pass over the associations concerned; who stays as they are is passed over here, for a database asked to leave them
    out would work out each standing three times."""
    touched = list(_touched(names, at))
    accounts: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    students: Counter[tuple[str, str]] = Counter()
    for account, before, after in _standings(touched, present, candidate, at) if touched else ():
        if before != after:
            accounts[before, after].add(account)
            students[before, after] += 1
    found = [Shift(Standing(pair[0]), Standing(pair[1]), len(accounts[pair]), students[pair]) for pair in accounts]
    gaining = [accounts[pair] for pair in accounts if pair[1] in LET_IN and pair[0] not in LET_IN]
    losing = [accounts[pair] for pair in accounts if pair[0] in LET_IN and pair[1] not in LET_IN]
    groups = {"families": accounts.values(), "gaining": gaining, "losing": losing}
    numbers = {name: len(set().union(*group)) for name, group in groups.items()}
    return sorted(found, key=lambda each: (-each.students, each.before, each.after)), numbers


def _standings(touched: list[Q], present: Policy, candidate: Policy, at: datetime) -> Iterator[tuple[int, str, str]]:
    """Account, and standing under both policies, of each association concerned."""
    rows = Association.objects.filter(reduce(or_, touched), valid_until=None)
    before, after = (associations.standing_of(rows, policy=each, at=at) for each in (present, candidate))
    compared: QuerySet[Any] = rows.annotate(before=before, after=after)
    yield from compared.values_list("account_id", "before", "after").iterator(chunk_size=5_000)


def _touched(names: set[str], at: datetime) -> Iterator[Q]:
    """For each kind of value, the only associations that it can matter for: so a count need not look at all."""
    current = Guardianship.objects.filter(valid_until=None)
    if names & {"rights_pass_at_18"}:
        yield Q(student__birth_date__lte=adult_since(timezone.localdate(at)))
    if names & {"grace_from", "grace_days"}:
        yield Q(way=Way.IMPORTED)
    if names & {"summer_from", "summer_until"}:
        ending = Enrolment.objects.filter(valid_until=None, end_date__isnull=False)
        yield Q(student__in=ending.values("student"))
    if names & {"blank_legal_flag", "legal_relations"}:
        yield Q(student__in=current.filter(legal=None).values("student"))
    if names & {"restriction_words", "no_restriction_words"}:
        yield Q(student__in=current.exclude(restriction="").values("student"))


def _legal(policy: Policy, at: datetime) -> int:
    blank = Guardianship.objects.filter(valid_until=None, legal=None)
    relations = guardianships.legal_relations(blank, policy)
    return blank.filter(guardianships.legal(timezone.localdate(at), relations)).count()


def _read_as(wanted: Reading) -> Callable[[Policy, datetime], int]:
    def count(policy: Policy, at: datetime) -> int:
        texts = Guardianship.objects.filter(valid_until=None).exclude(restriction="")
        counted = texts.order_by().values_list("restriction").annotate(rows=Count("pk"))
        found: Counter[Reading] = Counter()
        for text, rows in counted:
            found[reading(text, policy)] += rows
        return found[wanted]

    return count


def _without_birth_date(policy: Policy, at: datetime) -> int:
    if policy.missing_birth_date == "no_pin":
        return 0
    rows = Guardianship.objects.filter(valid_until=None, student__valid_until=None, student__birth_date=None)
    on = timezone.localdate(at)
    legal = guardianships.legal(on, guardianships.legal_relations(rows, policy))
    enrolled = Enrolment.objects.filter(enrolling.counting(policy, on)).values("student")
    return rows.filter(legal, student__in=enrolled).values("guardian").distinct().count()


def _full(policy: Policy, at: datetime) -> int:
    current = Association.objects.filter(valid_until=None)
    many = current.order_by().values("account").annotate(rows=Count("pk")).filter(rows__gte=policy.student_limit)
    lifted = LimitException.objects.filter(valid_until=None).values("account")
    rows = current.filter(account__in=many.values("account")).exclude(account__in=lifted)
    stood: QuerySet[Any] = rows.annotate(standing=associations.standing_of(rows, policy=policy, at=at))
    found = stood.values_list("account_id", "standing").iterator(chunk_size=5_000)
    counted = Counter(account for account, standing in found if standing != Standing.ENDED)
    return sum(limits.is_full(students, policy) for students in counted.values())


def _resting(policy: Policy, at: datetime) -> int:
    off = Account.objects.filter(employee_key=None, deactivated_at__lte=at)
    seen = off.annotate(seen_at=Coalesce("last_login", "joined_at"))
    return seen.filter(seen_at__lt=at - timedelta(days=policy.inactivity_days)).count()


def _to_set_up(policy: Policy, at: datetime) -> int:
    if policy.guardian_second_factor != "required":
        return 0
    active = Account.objects.filter(employee_key=None, deactivated_at=None, email_confirmed_at__lte=at)
    return active.exclude(pk__in=factors.holders()).count()


def _live_pins(policy: Policy, at: datetime) -> int:
    return Pin.objects.filter(ended_at=None, expires_at__gt=at).count()


TALLIES: tuple[tuple[Thing, Callable[[Policy, datetime], int], set[str]], ...] = (
    (Thing.LEGAL, _legal, {"blank_legal_flag", "legal_relations"}),
    (Thing.RESTRICTED, _read_as(Reading.RESTRICTED), {"restriction_words", "no_restriction_words"}),
    (Thing.HELD, _read_as(Reading.HELD), {"restriction_words", "no_restriction_words"}),
    (Thing.WITHOUT_BIRTH_DATE, _without_birth_date, {"missing_birth_date"}),
    (Thing.FULL, _full, {"student_limit"}),
    (Thing.RESTING, _resting, {"inactivity_days"}),
    (Thing.LIVE_PINS, _live_pins, {"pin_length", "pin_days"}),
    (Thing.TO_SET_UP, _to_set_up, {"guardian_second_factor"}),
)
"""What else is counted, how, and for which values."""
