"""Slips: the paper that a PIN is printed on, and the random reference in its QR code, which dies with the PIN."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from openhouse.access import pins, redemption
from openhouse.access.models import Given, Slip, Tie
from openhouse.accounts.models import Account
from openhouse.audit.events import Event
from openhouse.audit.trail import Actor, Subject, record
from openhouse.district.models import Guardianship
from openhouse.policy import values


def give(*, guardianship: Guardianship, by: Actor, at: datetime) -> tuple[Slip, str]:
    """Print: the slip with its PIN, and the code. Printed again, it bears the same code and the same reference.

    Raises as pins.give does.
    """
    with transaction.atomic():
        pin, code = pins.give(guardianship=guardianship, given=Given.PRINTED, by=by, at=at)
        slip, _made = Slip.objects.get_or_create(pin=pin, defaults={"made_at": at})
        slip.pin = pin
        return slip, code


def student_number(*, reference: uuid.UUID, account: Account, by: Actor, at: datetime) -> str:
    """The Student ID that a slip's QR code fills in for this account; blank, after the same work, where there is none to fill in.

    That is so for a reference nobody gave out, for one whose PIN was used or is dead, and for one of another person's.
    """
    with transaction.atomic():
        slip = _alive(account, at).filter(key=reference).first()
        guardianship = slip.pin.guardianship if slip else None
        if guardianship is None or not redemption.is_good(guardianship, values.at(at), at):
            record(
                event=Event.SLIP_OPENED,
                by=by,
                at=at,
                about=Subject(account=str(account.key)),
                detail={"filled_in": False},
            )
            return ""
        about = pins.subject(guardianship)
        about = Subject(str(account.key), about.student, about.guardian, about.names)
        record(event=Event.SLIP_OPENED, by=by, at=at, about=about, detail={"filled_in": True})
        return guardianship.student.number


def _alive(account: Account, at: datetime) -> QuerySet[Slip]:
    """Slips whose PIN this account could use: it is live, and neither the guardian nor the account is tied to somebody else."""
    current = Tie.objects.filter(valid_until=None)
    own = current.filter(account=account)
    tied_to_it = own.filter(guardian=OuterRef("pin__guardianship__guardian"))
    taken = current.filter(guardian=OuterRef("pin__guardianship__guardian")).exclude(account=account)
    alive = Slip.objects.filter(
        Exists(tied_to_it) | ~Exists(own.filter(guardian__valid_until=None)),
        ~Exists(taken),
        pin__ended_at=None,
        pin__expires_at__gt=at,
        pin__wrong_tries__lt=pins.WRONG_TRIES,
        pin__guardianship__valid_until=None,
        pin__guardianship__student__valid_until=None,
    )
    return alive.select_related("pin__guardianship__student", "pin__guardianship__guardian")
