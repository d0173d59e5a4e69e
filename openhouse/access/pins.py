"""PINs: made only when they are given, shown again while live, replaced on request. `redemption` is how one is used."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from openhouse import cipher
from openhouse.access import cautions, consents, refusals
from openhouse.access.models import Act, Association, Given, IdentityCheck, Pin, PinEnd
from openhouse.accounts import factors
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district import chronicle
from openhouse.district.models import Guardianship, Student
from openhouse.district.restrictions import Reading, reading
from openhouse.policy import school_years, values
from openhouse.policy.values import Policy

WRONG_TRIES = 5
"""A PIN dies after this many wrong tries in its life (domain rule 4)."""
LOCKED_PINS_A_YEAR = 3
"""From this many dead PINs in a school year on, a new one needs an identity check (domain rule 4)."""


class State(models.TextChoices):
    """What staff see of a guardianship's PIN."""

    NOT_GIVEN = "not given", _("Not given yet")
    LIVE = "live", _("Live")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")
    LOCKED = "locked", _("Locked")


ENDS = {State.LOCKED: PinEnd.LOCKED, State.EXPIRED: PinEnd.EXPIRED}
"""How an open PIN ended that New Pin finds in this state; a live one is replaced."""


def state(pin: Pin | None, at: datetime) -> State:
    """The state of a guardianship's newest PIN at this moment."""
    if pin is None:
        return State.NOT_GIVEN
    if pin.end == PinEnd.USED:
        return State.USED
    if pin.end == PinEnd.LOCKED or pin.wrong_tries >= WRONG_TRIES:
        return State.LOCKED
    return State.EXPIRED if pin.end or pin.expires_at <= at else State.LIVE


def newest(guardianship: Guardianship) -> Pin | None:
    """The guardianship's newest PIN, of whatever state."""
    return guardianship.pins.order_by("-pk").first()


def subject(guardianship: Guardianship) -> Subject:
    """A guardianship as the trail's subject. Expects student and guardian loaded."""
    student, guardian = guardianship.student, guardianship.guardian
    names = {str(student.key): student.name, str(guardian.key): guardian.name}
    return Subject(student=str(student.key), guardian=str(guardian.key), names=names)


def give(*, guardianship: Guardianship, given: Given, by: Actor, at: datetime) -> tuple[Pin, str]:
    """Show or print: the PIN and its code, made now if none was given yet. The same live code again and again.

    Raises OwnFamily, GuardianRestricted, SecondPersonNeeded (not where it was given already), NotLegalGuardian, NoBirthDate,
    RightsPassed, PinNotLive.
    """
    with transaction.atomic():
        guardianship = _lock(guardianship)
        cautions.refuse_own_family(by=by, students=[guardianship.student])
        _refuse_restricted(guardianship, at)
        pin = newest(guardianship)
        if pin is None:
            pin = _make_first(guardianship, act=Act.GIVE_PIN, by=by, at=at)
        elif pin.given_at is None and _restricted_since(guardianship.student, pin.made_at, values.at(at)):
            _ask_second_person(guardianship, act=Act.GIVE_PIN, by=by, at=at)
        code = cipher.unseal(pin.sealed) if pin.sealed is not None else None
        if state(pin, at) is not State.LIVE or code is None:
            raise refusals.PinNotLive
        pin.given, pin.given_at = given, at
        pin.save(update_fields=["given", "given_at"])
        event = Event.PIN_PRINTED if given == Given.PRINTED else Event.PIN_SHOWN
        record(event=event, by=by, at=at, about=subject(guardianship), detail={"given": given})
        return pin, code


def renew(*, guardianship: Guardianship, by: Actor, at: datetime, check: IdentityCheck | None = None) -> Pin:
    """New Pin, in every state of the old one: the old code dies, and a guardian who had access must enter the new one.

    Where rule 4 asks for an identity check, `check` is one that this employee made; it is good for one new PIN.
    Raises OwnFamily, GuardianRestricted, SecondPersonNeeded, IdentityCheckNeeded, NotLegalGuardian, NoBirthDate, RightsPassed.
    """
    with transaction.atomic():
        guardianship = _lock(guardianship)
        policy = values.at(at)
        cautions.refuse_own_family(by=by, students=[guardianship.student])
        _refuse_restricted(guardianship, at)
        _ask_second_person(guardianship, act=Act.NEW_PIN, by=by, at=at)
        if locked_this_year(guardianship.student, policy=policy, at=at) >= LOCKED_PINS_A_YEAR:
            _refuse_unchecked(guardianship, check, by=by, at=at)
        asked = _ask_to_revalidate(guardianship, at=at)
        pin = _make(guardianship, policy=policy, by=by, at=at)
        detail = {"accounts_asked_to_revalidate": len(asked)}
        record(event=Event.PIN_REPLACED, by=by, at=at, about=subject(guardianship), detail=detail)
        return pin


def add(*, guardianship: Guardianship, by: Actor, at: datetime) -> Pin | None:
    """Add To Parent Portal: make the first PIN of a guardian whom a lookup brought. None where there is one already: somebody
    pressed twice, or a colleague was first.

    Raises OwnFamily, GuardianRestricted, SecondPersonNeeded, NotLegalGuardian, NoBirthDate, RightsPassed.
    """
    with transaction.atomic():
        guardianship = _lock(guardianship)
        cautions.refuse_own_family(by=by, students=[guardianship.student])
        if newest(guardianship):
            return None
        _refuse_restricted(guardianship, at)
        pin = _make_first(guardianship, act=Act.ADD, by=by, at=at)
        record(event=Event.GUARDIAN_ADDED, by=by, at=at, about=subject(guardianship))
        return pin


def _refuse_restricted(guardianship: Guardianship, at: datetime) -> None:
    """Before a second person is asked: nobody's word gives a PIN to whom the SIS shuts out."""
    if guardianship.restriction and reading(guardianship.restriction, values.at(at)) is not Reading.NONE:
        raise refusals.GuardianRestricted


def _refuse_unchecked(guardianship: Guardianship, check: IdentityCheck | None, *, by: Actor, at: datetime) -> None:
    """Raises IdentityCheckNeeded unless the check verified this guardian within the hour and no PIN was made since."""
    if check is None or not check.stands_for(guardianship, by.key, at):
        raise refusals.IdentityCheckNeeded
    if guardianship.pins.filter(made_at__gte=check.seen_at).exists():
        raise refusals.IdentityCheckNeeded


def _lock(guardianship: Guardianship) -> Guardianship:
    """Lock all guardianships of the student, in one order: their live PINs differ, and making two waits its turn."""
    rows = Guardianship.objects.select_for_update(of=("self",)).select_related("student", "guardian")
    family = list(rows.filter(student=guardianship.student_id).order_by("pk"))
    return next(each for each in family if each.pk == guardianship.pk)


def _ask_second_person(guardianship: Guardianship, *, act: Act, by: Actor, at: datetime) -> None:
    consents.require(act=act, students=[guardianship.student], guardian=guardianship.guardian, by=by, at=at)


def _restricted_since(student: Student, moment: datetime, policy: Policy) -> bool:
    """Whether a restriction became known later: whoever made the PIN did not know of it."""
    since = cautions.restricted_since([student.pk], policy).get(student.pk)
    return since is not None and since > moment


def _make_first(guardianship: Guardianship, *, act: Act, by: Actor, at: datetime) -> Pin:
    _ask_second_person(guardianship, act=act, by=by, at=at)
    return _make(guardianship, policy=values.at(at), by=by, at=at)


def _make(guardianship: Guardianship, *, policy: Policy, by: Actor, at: datetime) -> Pin:
    """A new PIN in place of any open one. Expects the student's guardianships locked."""
    enrolled = cautions.is_enrolled(guardianship.student, policy=policy, at=at)
    if reason := cautions.why_no_pin(guardianship, enrolled=enrolled, policy=policy, at=at):
        raise reason
    opened = Pin.objects.filter(ended_at=None, guardianship__student=guardianship.student_id)
    codes = [cipher.unseal(pin.sealed) for pin in opened if pin.sealed is not None]
    for old in opened.filter(guardianship=guardianship):
        close(Pin.objects.filter(pk=old.pk), end=ENDS.get(state(old, at), PinEnd.REPLACED), at=at)
    pin = Pin.objects.create(
        guardianship=guardianship,
        sealed=cipher.seal(draw(policy.pin_length, filter(None, codes))),
        made_at=at,
        expires_at=chronicle.end_of(timezone.localdate(at) + timedelta(days=policy.pin_days)),
    )
    record(event=Event.PIN_MADE, by=by, at=at, about=subject(guardianship))
    return pin


def draw(length: int, taken: Iterable[str] = ()) -> str:
    """A code of decimal digits from the operating system's generator, unlike those taken."""
    others = set(taken)
    while True:
        code = f"{secrets.randbelow(10**length):0{length}d}"
        if code not in others:
            return code


def close(opened: models.QuerySet[Pin], *, end: PinEnd, at: datetime) -> int:
    """End PINs and destroy their codes. Returns how many."""
    return opened.filter(ended_at=None).update(ended_at=at, end=end, sealed=None)


def brought(guardianship: Guardianship) -> int:
    """How many other students the guardian has without a PIN of their own, through this one's (domain rule 15)."""
    return _resting(guardianship).exclude(student=guardianship.student_id).count()


def _resting(guardianship: Guardianship) -> models.QuerySet[Association]:
    """The associations that New Pin marks: those of this student that rest on this guardianship, and those its PIN brought."""
    student = guardianship.student_id
    return Association.objects.filter(
        Q(student=student) | Q(through__student=student),
        account__ties__guardian=guardianship.guardian_id,
        account__ties__valid_until=None,
        valid_until=None,
        revalidate_since=None,
    )


def _ask_to_revalidate(guardianship: Guardianship, *, at: datetime) -> list[int]:
    """Mark them. Returns their ids."""
    found = list(_resting(guardianship).values_list("pk", flat=True))
    Association.objects.filter(pk__in=found).update(revalidate_since=at)
    return found


def locked_this_year(student: Student, *, policy: Policy, at: datetime) -> int:
    """How many PINs of the student died of wrong tries since the school year began."""
    first = school_years.at(policy, timezone.localdate(at)).first
    return Pin.objects.filter(guardianship__student=student, end=PinEnd.LOCKED, ended_at__date__gte=first).count()


@dataclass(frozen=True)
class Rotation:
    """How many open PINs are under the newest key now, and how many had a lost key or had expired and were ended; and of second
    factors, how many are, and how many had lost theirs.
    """

    sealed: int
    ended: int
    factors: int = 0
    factors_lost: int = 0


def rotate(*, by: Actor, at: datetime) -> Rotation:
    """Seal every live PIN and second factor under the newest key, row by row while pages are served; end PINs nobody can use."""
    sealed = ended = 0
    for pk in Pin.objects.filter(ended_at=None).values_list("pk", flat=True).iterator():
        with transaction.atomic():
            pin = Pin.objects.select_for_update().get(pk=pk)
            if pin.ended_at is not None:  # used meanwhile
                continue
            fresh = cipher.reseal(pin.sealed) if pin.sealed is not None and pin.expires_at > at else None
            if fresh is not None:
                sealed += Pin.objects.filter(pk=pk).update(sealed=fresh)
            else:
                ended += close(Pin.objects.filter(pk=pk), end=PinEnd.EXPIRED, at=at)
    held = factors.reseal()
    done = Rotation(sealed, ended, held.sealed, held.lost)
    record(event=Event.KEYS_ROTATED, by=by, at=at, detail=asdict(done))
    return done
