"""Using a PIN: Student ID, date of birth and PIN must all match one live PIN whose guardianship is current."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.lookups import Exact

from openhouse import cipher
from openhouse.access import associations, cautions, limits, notices, pins, refusals, ties, tries
from openhouse.access.models import Association, Pin, PinEnd, Try, Way
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardianship
from openhouse.folding import Fold, fold
from openhouse.policy import values
from openhouse.policy.values import Policy
from openhouse.sync.batches import spelled

ZEROS = "٠۰०০੦૦୦௦౦೦൦๐໐༠၀០᠐０"
"""The zero of every script in which a family's keyboard may write digits; one to nine follow it."""
WESTERN_DIGITS = {ord(zero) + digit: str(digit) for zero in ZEROS for digit in range(10)}


def redeem(
    *,
    account: Account,
    student_number: str,
    birth_date: date | None,
    code: str,
    by: Actor,
    at: datetime,
    last_name: str = "",
) -> Association:
    """Add a student to the account by PIN. The try is counted and committed before anything is matched.

    Raises TooManyTries, AccountNotActive, PinRefused (one answer for every mismatch), and after a match LimitReached,
    GuardianTaken or AccountTaken, which do not spend the PIN. Must not run inside another transaction.
    """
    reachable = _reachable(student_number, birth_date, last_name, values.at(at), at)
    begun, reached = tries.begin(account=account, pins=reachable, by=by, at=at)
    with transaction.atomic(durable=True):
        outcome = _settle(account, begun, reached, plain_digits(code), by, at)
    if isinstance(outcome, refusals.Refused):
        raise outcome
    return outcome


def plain_digits(code: str) -> str:
    """The code as typed, in Western digits, without spaces and dashes."""
    return "".join(code.translate(WESTERN_DIGITS).replace("-", "").split())


def _reachable(number: str, birth_date: date | None, last_name: str, policy: Policy, at: datetime) -> QuerySet[Pin]:
    """Open PINs of the student with this Student ID and birth date (or last name, where policy allows and the SIS has no date)."""
    who = Q(guardianship__student__birth_date=birth_date, guardianship__student__birth_date__isnull=False)
    if policy.missing_birth_date == "last_name" and (typed := fold(" ".join(last_name.split()))):
        named = Q(Exact(Fold(F("guardianship__student__family_name")), Value(typed)))
        who |= Q(guardianship__student__birth_date__isnull=True) & named
    return Pin.objects.filter(
        who,
        guardianship__student__number__upper=plain_number(number),
        guardianship__student__valid_until=None,
        ended_at=None,
        expires_at__gt=at,
    )


def _settle(
    account: Account, begun: Try, reached: list[int], code: str, by: Actor, at: datetime
) -> Association | refusals.Refused:
    """Lock, match, and tie and associate; a refusal is returned, so that what it records is kept."""
    held = Account.objects.select_for_update(of=("self",)).get(pk=account.pk)
    if not held.is_active or held.email_confirmed_at is None:  # since the request began
        tries.excuse(begun, reached)
        return refusals.AccountNotActive()
    pin = _match(reached, code, at)
    if pin is None:
        _record_refusal(account, reached, by, at)
        return refusals.PinRefused()
    guardianship = pin.guardianship
    about = _about(account, guardianship)
    tries.excuse(begun, reached)
    try:
        with transaction.atomic():
            association = _use(account, pin, by, at)
    except refusals.LimitReached as refusal:
        record(event=Event.LIMIT_REACHED, by=by, at=at, about=about)
        return refusal
    except (refusals.GuardianTaken, refusals.AccountTaken) as refusal:
        record(event=Event.TIE_REFUSED, by=by, at=at, about=about, detail={"why": type(refusal).__name__})
        return refusal
    record(event=Event.PIN_USED, by=by, at=at, about=about)
    return association


def _use(account: Account, pin: Pin, by: Actor, at: datetime) -> Association:
    """Date Used, association, notice and tie. The tie comes last, for it writes to the trail; its refusal undoes all."""
    guardianship = pin.guardianship
    limits.refuse_over(account=account, student=guardianship.student, at=at)
    pins.close(Pin.objects.filter(pk=pin.pk), end=PinEnd.USED, at=at)
    association = associations.associate(account=account, student=guardianship.student, way=Way.PIN, at=at)
    tries.succeeded(account)
    notices.student_added.enqueue(association.pk)
    ties.tie(account=account, guardian=guardianship.guardian, way=Way.PIN, by=by, at=at)
    return association


def plain_number(number: str) -> str:
    """A Student ID as typed, in Western digits and capitals, without spaces."""
    return spelled(number.translate(WESTERN_DIGITS))


def _match(reached: list[int], code: str, at: datetime) -> Pin | None:
    """The reached PIN with this code, if its guardianship is still good. Every code is compared, in constant time."""
    reached = reached or tries.NO_PIN
    held = Pin.objects.filter(pk__in=reached).values("guardianship__student")
    family = Guardianship.objects.select_for_update(of=("self",)).select_related("student", "guardian")
    rows = {row.pk: row for row in family.filter(student__in=held).order_by("pk")}
    policy = values.at(at)
    found = None
    opened = list(Pin.objects.filter(pk__in=reached, ended_at=None))
    for pin in opened:
        pin.guardianship = rows[pin.guardianship_id]
        held_code = cipher.unseal(pin.sealed) if pin.sealed is not None else None
        same = held_code is not None and secrets.compare_digest(held_code.encode(), code.encode())
        found = pin if same and is_good(pin.guardianship, policy, at) else found
    if not opened:
        cipher.unseal(cipher.seal(code))  # as much work as for a PIN that is there
    return found


def is_good(guardianship: Guardianship, policy: Policy, at: datetime) -> bool:
    """Whether a live PIN of this guardianship may be used now."""
    enrolled = cautions.is_enrolled(guardianship.student, policy=policy, at=at)
    return cautions.why_no_pin(guardianship, enrolled=enrolled, policy=policy, at=at) is None


def _record_refusal(account: Account, reached: list[int], by: Actor, at: datetime) -> None:
    """A PIN whose tries are used up dies here, and the school can see so."""
    dying = Pin.objects.filter(pk__in=reached or tries.NO_PIN, ended_at=None, wrong_tries__gte=pins.WRONG_TRIES)
    for pin in dying.select_related("guardianship__student", "guardianship__guardian"):
        pins.close(Pin.objects.filter(pk=pin.pk), end=PinEnd.LOCKED, at=at)
        record(event=Event.PIN_LOCKED, by=by, at=at, about=_about(account, pin.guardianship))
    about = Subject(account=str(account.key))
    record(event=Event.PIN_REFUSED, by=by, at=at, about=about, detail={"counted_against_pins": len(reached)})


def _about(account: Account, guardianship: Guardianship) -> Subject:
    subject = pins.subject(guardianship)
    return Subject(str(account.key), subject.student, subject.guardian, subject.names)
