"""Identity checks: the questions, then what was seen, then the PIN, each step a row's next state (domain rule 11)."""

from __future__ import annotations

from datetime import datetime, time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from openhouse.access import cautions, identity, pins, refusals
from openhouse.access.identity import OnFile, Typed
from openhouse.access.models import Given, IdentityCheck, Pin, Tie
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, record
from openhouse.district import enrolling
from openhouse.district.models import Enrolment, Guardian, Guardianship
from openhouse.district.restrictions import Reading, in_effect, reading
from openhouse.policy import values
from openhouse.policy.values import Policy

Outcome, Place = IdentityCheck.Outcome, IdentityCheck.Place
GIVEN = {Place.VIDEO: Given.VIDEO, Place.COUNTER: Given.SHOWN}
"""How a PIN reaches the person who was seen there."""


def offer(*, guardianship: Guardianship, by: Actor, policy: Policy, at: datetime) -> int:
    """How many checks are left for the guardian today, before anybody is asked anything.

    Raises OwnFamily, TooManyChecks, or why this guardianship can have no PIN.
    """
    cautions.refuse_own_family(by=by, students=[guardianship.student])
    enrolled = cautions.is_enrolled(guardianship.student, policy=policy, at=at)
    if reason := cautions.why_no_pin(guardianship, enrolled=enrolled, policy=policy, at=at):
        raise reason
    remaining = left(guardianship.guardian, policy=policy, at=at)
    if remaining <= 0:
        raise refusals.TooManyChecks(policy.identity_checks_a_day)
    return remaining


def left(guardian: Guardian, *, policy: Policy, at: datetime) -> int:
    """How many more checks this guardian may have today, whoever makes them and for whichever student.

    Where one account is tied to several records of one person, those of all count together.
    """
    midnight = datetime.combine(timezone.localdate(at), time.min, tzinfo=timezone.get_current_timezone())
    made = IdentityCheck.objects.filter(guardianship__guardian__in=_records(guardian), asked_at__gte=midnight).count()
    return policy.identity_checks_a_day - made


def _records(guardian: Guardian) -> list[int]:
    """The ids of this guardian and of the other records that the same account is tied to."""
    current = Tie.objects.filter(valid_until=None)
    account = current.filter(guardian=guardian).values("account")
    return [
        guardian.pk,
        *current.filter(account__in=account).exclude(guardian=guardian).values_list("guardian", flat=True),
    ]


def ask(*, guardianship: Guardianship, typed: Typed, employee: Account, by: Actor, at: datetime) -> IdentityCheck:
    """Compare what the person said with what the SIS has, and begin a check that has failed or goes on to the ID.

    It counts as one of the day's either way. Raises what `offer` raises. Nothing that was typed is kept.
    """
    with transaction.atomic():
        records = _records(guardianship.guardian)
        held = Guardian.objects.select_for_update(of=("self",)).filter(pk__in=records)
        list(held.order_by("pk"))  # the day's count waits its turn
        policy = values.at(at)
        offer(guardianship=guardianship, by=by, policy=policy, at=at)
        found = identity.answers(typed, _on_file(guardianship, records, policy, at), policy.identity_questions)
        outcome = Outcome.ANSWERED if identity.passes(found) else Outcome.FAILED
        answers = {str(question): str(answer) for question, answer in found.items()}
        check = IdentityCheck.objects.create(
            guardianship=guardianship, employee=employee, asked_at=at, answers=answers, outcome=outcome
        )
        detail = {"outcome": str(outcome), **answers}
        record(event=Event.IDENTITY_ASKED, by=by, at=at, about=pins.subject(guardianship), detail=detail)
    return check


def _on_file(guardianship: Guardianship, records: list[int], policy: Policy, at: datetime) -> OnFile:
    """A restricted contact's phone is no answer: whoever may not see the student knows it best; nor is one of another record of the
    same person.
    """
    student, on = guardianship.student, timezone.localdate(at)
    grades = Enrolment.objects.filter(enrolling.counting(policy, on), student=student).values_list("grade", flat=True)
    contacts = Guardianship.objects.filter(student=student, valid_until=None, emergency_contact=True)
    others = [
        each.guardian
        for each in contacts.exclude(guardian__in=records).select_related("guardian")
        if in_effect(each, on) and reading(each.restriction, policy) is Reading.NONE
    ]
    return identity.on_file(student, grades, guardianship.guardian, others)


def of(employee: Account, at: datetime) -> QuerySet[IdentityCheck]:
    """The checks that this employee began within the hour: nobody else goes on with them."""
    return IdentityCheck.objects.filter(employee=employee, asked_at__gt=at - IdentityCheck.LASTS, asked_at__lte=at)


def standing(*, guardianship: Guardianship, employee: Account, at: datetime) -> IdentityCheck | None:
    """The newest check that verified this guardian for this employee within the hour."""
    return of(employee, at).filter(guardianship=guardianship, outcome=Outcome.VERIFIED).order_by("-pk").first()


def see(*, check: IdentityCheck, place: str, document: str, by: Actor, at: datetime) -> IdentityCheck:
    """The person and an accepted kind of ID were seen: on screen or at the counter. Raises OwnFamily and CheckOver."""
    cautions.refuse_own_family(by=by, students=[check.guardianship.student])
    if place not in Place.values or document not in values.at(at).identity_documents:
        raise ValueError("neither a place nor an accepted kind of identification")
    return _end(check, Outcome.VERIFIED, by=by, at=at, place=place, document=document)


def turn_away(*, check: IdentityCheck, by: Actor, at: datetime) -> IdentityCheck:
    """No accepted ID was seen, or it was somebody else's. Raises CheckOver."""
    return _end(check, Outcome.NOT_SEEN, by=by, at=at)


def _end(
    check: IdentityCheck, outcome: str, *, by: Actor, at: datetime, place: str = "", document: str = ""
) -> IdentityCheck:
    with transaction.atomic():
        check = _lock(check, Outcome.ANSWERED, by, at)
        check.outcome, check.seen_at, check.place, check.document = outcome, at, place, document
        check.save(update_fields=["outcome", "seen_at", "place", "document"])
        detail = {"outcome": str(outcome), "place": place, "document": document}
        record(event=Event.IDENTITY_CHECKED, by=by, at=at, about=pins.subject(check.guardianship), detail=detail)
    return check


def give(*, check: IdentityCheck, renewing: bool, by: Actor, at: datetime) -> tuple[Pin, str]:
    """The PIN and its code for whoever was verified: once. `renewing` makes a new one first, as New Pin does.

    Raises CheckOver, and what `pins.renew` and `pins.give` raise; then the check can be gone on with.
    """
    with transaction.atomic():
        check = _lock(check, Outcome.VERIFIED, by, at)
        if check.shown_at is not None:
            raise refusals.CheckOver
        check.shown_at = at
        check.save(update_fields=["shown_at"])
        guardianship = check.guardianship
        if renewing:
            pins.renew(guardianship=guardianship, by=by, at=at, check=check)
        return pins.give(guardianship=guardianship, given=GIVEN[Place(check.place)], by=by, at=at)


def _lock(check: IdentityCheck, outcome: str, by: Actor, at: datetime) -> IdentityCheck:
    """The check in its newest state, if it is at this step and its employee's own."""
    rows = IdentityCheck.objects.select_for_update(of=("self",)).select_related(
        "employee", "guardianship__student", "guardianship__guardian"
    )
    held = rows.get(pk=check.pk)
    if held.outcome != outcome or not held.is_running(at) or str(held.employee.key) != by.key:
        raise refusals.CheckOver
    return held
