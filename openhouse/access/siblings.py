"""One PIN per family (domain rule 15): what a PIN has opened offers the same guardian's other students without another one.

A student is offered while a PIN of the same guardian stands for this account: the association that it made is active now. So a
tie by staff, an association from the earlier portal and a PIN that was replaced offer nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from openhouse.access import associations, cautions, limits, notices, pins, redemption, refusals
from openhouse.access.associations import WithStanding
from openhouse.access.models import Association, Way
from openhouse.access.standing import Standing
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardianship, Student
from openhouse.district.restrictions import in_effect, is_legal
from openhouse.policy import values
from openhouse.policy.values import Policy


@dataclass(frozen=True)
class Offer:
    """A guardianship whose student may be added without a PIN, and the association by PIN that this rests on."""

    guardianship: Guardianship
    through: Association


def offered(*, account: Account, policy: Policy, at: datetime) -> list[Offer]:
    """Whom the account may add without another PIN now: who could have one and would be seen with it. By first name.

    Never a student on whose record a restriction or a hold stands, whosesoever it is (domain rule 17).
    """
    if not policy.one_pin_per_family:
        return []
    held = {each.student_id: each for each in associations.of(account=account, at=at)}
    pairs = _legal_pairs(account, policy, at)
    bases = {pair.guardian_id: held[pair.student_id] for pair in pairs if _stands(held.get(pair.student_id))}
    new = [pair for pair in pairs if pair.guardian_id in bases and pair.student_id not in held]
    found = {pair.student: Offer(pair, bases[pair.guardian_id]) for pair in _good(new, policy, at)}
    return sorted(found.values(), key=lambda each: (each.guardianship.student.first_name, each.guardianship.student_id))


def _stands(association: WithStanding | None) -> bool:
    return association is not None and association.way == Way.PIN and association.standing == Standing.ACTIVE


def _legal_pairs(account: Account, policy: Policy, at: datetime) -> list[Guardianship]:
    """The current legal guardianships of the SIS guardian to whom a PIN tied the account."""
    by_pin = {"guardian__ties__account": account, "guardian__ties__way": Way.PIN, "guardian__ties__valid_until": None}
    rows = Guardianship.objects.filter(valid_until=None, guardian__valid_until=None, **by_pin)
    on = timezone.localdate(at)
    pairs = rows.select_related("student", "guardian").order_by("-pk")
    return [each for each in pairs if is_legal(each, policy) and in_effect(each, on)]


def _good(pairs: Iterable[Guardianship], policy: Policy, at: datetime) -> list[Guardianship]:
    restricted = cautions.restricted((pair.student for pair in pairs), policy)
    kept = [pair for pair in pairs if pair.student not in restricted and pair.student.valid_until is None]
    return [pair for pair in kept if redemption.is_good(pair, policy, at)]


def add(*, account: Account, student: Student, by: Actor, at: datetime) -> Association:
    """Add an offered student without a PIN, and tell the guardian by mail. Twice is once.

    Raises NotOffered where the facts have changed since, and LimitReached. Both are on record.
    """
    try:
        with transaction.atomic():
            return _add(account, student, by, at)
    except refusals.LimitReached:
        record(event=Event.LIMIT_REACHED, by=by, at=at, about=_about(account, student))
        raise
    except refusals.NotOffered:
        record(event=Event.SIBLING_REFUSED, by=by, at=at, about=_about(account, student))
        raise


def _add(account: Account, student: Student, by: Actor, at: datetime) -> Association:
    """The account's and its whole family's rows are locked in the order in which a PIN's use locks them, and New Pin waits."""
    account = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    family = Guardianship.objects.filter(student__in=list(associations.family_of(account)))
    list(family.select_for_update(of=("self",)).order_by("pk"))
    own = Association.objects.filter(account=account, student=student, valid_until=None).first()
    if own and own.way == Way.FAMILY and own.revalidate_since is None:
        return own
    offers = offered(account=account, policy=values.at(at), at=at)
    offer = next((each for each in offers if each.guardianship.student == student), None)
    if offer is None:
        raise refusals.NotOffered
    limits.refuse_over(account=account, student=student, at=at)
    made = associations.associate(account=account, student=student, way=Way.FAMILY, through=offer.through, at=at)
    notices.student_added.enqueue(made.pk)
    about = pins.subject(offer.guardianship)
    detail = {"way": Way.FAMILY, "through": str(offer.through.student.key)}
    subject = Subject(str(account.key), about.student, about.guardian, about.names)
    record(event=Event.ASSOCIATION_MADE, by=by, at=at, about=subject, detail=detail)
    return made


def _about(account: Account, student: Student) -> Subject:
    return Subject(account=str(account.key), student=str(student.key), names={str(student.key): student.name})
