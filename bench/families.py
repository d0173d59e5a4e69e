"""Families and schools that go on with their day whatever dies around them, as a program of its own.

    python -m bench.families live LOG     give PINs and enter them, until standard input ends
    python -m bench.families check LOG    look whether all that was confirmed is there; prints it as JSON

`live` goes through the guardianships and does what the pages do, through the same verbs: a school shows a PIN, and of every
three families two enter it. What a verb confirmed by returning, and only that, becomes a line of the log, with the head of the
trail right after it. A database that does not answer is tried again, as a person tries again.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import django

PAUSE = 0.05
"""Seconds between two of them."""


def live(log: TextIO, ended: threading.Event) -> None:
    """Give and enter PINs until it has ended."""
    from django.db import DatabaseError, InterfaceError, connection

    from openhouse.access import refusals

    turn = _guardianships()
    for number in itertools.count():
        if ended.wait(PAUSE):
            return
        try:
            for confirmed in _turn(next(turn), enters=number % 3 > 0):
                print(json.dumps(confirmed), file=log, flush=True)
        except refusals.Refused:
            continue
        except (DatabaseError, InterfaceError) as error:
            print(json.dumps({"kind": "failed", "error": type(error).__name__}), file=log, flush=True)
            connection.close()


def _guardianships() -> Iterator[int]:
    """Ids of guardianships for which a PIN can be given, again from the beginning once all had their turn."""
    from django.db import DatabaseError, connection

    from openhouse.district.models import Guardianship

    while True:
        try:
            found = Guardianship.objects.filter(legal=True, valid_until=None, restriction="").order_by("pk")
            yield from list(found.values_list("pk", flat=True))
        except DatabaseError:
            connection.close()
            time.sleep(PAUSE)


def _turn(pk: int, *, enters: bool) -> Iterator[dict[str, Any]]:
    """Give one PIN, a new one where the last was used; and enter it. Yields what was confirmed."""
    from django.utils import timezone

    from openhouse.access import pins, redemption, refusals
    from openhouse.access.models import Given
    from openhouse.accounts import actor
    from openhouse.audit import trail
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Guardianship

    row = Guardianship.objects.select_related("student", "guardian").get(pk=pk)
    school, at = Actor.system("bench"), timezone.now()
    try:
        pin, code = pins.give(guardianship=row, given=Given.PRINTED, by=school, at=at)
    except refusals.PinNotLive:
        made = pins.renew(guardianship=row, by=school, at=at)
        yield {"kind": "pin", "pin": made.pk, "guardianship": pk, "head": trail.head()}
        pin, code = pins.give(guardianship=row, given=Given.PRINTED, by=school, at=at)
    yield {"kind": "pin", "pin": pin.pk, "guardianship": pk, "head": trail.head()}
    if enters:
        account = _account(row.guardian_id)
        number, born = row.student.number, row.student.birth_date
        found = redemption.redeem(
            account=account, student_number=number, birth_date=born, code=code, by=actor.of(account), at=timezone.now()
        )
        yield {"kind": "association", "association": str(found.key), "pin": pin.pk, "head": trail.head()}


def _account(guardian: int) -> Any:
    from django.utils import timezone

    from openhouse.accounts.models import Account

    email = f"guardian-{guardian}@families.example"
    facts = {"given_name": "Sam", "password": "!", "email_confirmed_at": timezone.now()}
    return Account.objects.get_or_create(email=email, defaults=facts)[0]


def check(log: TextIO) -> dict[str, Any]:
    """How much was confirmed, how often the database did not answer, and what of the confirmed is not there."""
    from openhouse.access.models import Association, Pin
    from openhouse.audit import trail

    noted = [json.loads(line) for line in log]
    confirmed = [each for each in noted if each["kind"] != "failed"]
    pins = dict(Pin.objects.values_list("pk", "guardianship_id"))
    used = set(Pin.objects.filter(end="used").values_list("pk", flat=True))
    associations = set(map(str, Association.objects.filter(valid_until=None).values_list("key", flat=True)))
    lost: list[str] = []
    for each in confirmed:
        if each["kind"] == "pin" and pins.get(each["pin"]) != each["guardianship"]:
            lost.append(f"PIN {each['pin']}")
        if each["kind"] == "association" and each["association"] not in associations:
            lost.append(f"association {each['association']}")
        if each["kind"] == "association" and each["pin"] not in used:
            lost.append(f"use of PIN {each['pin']}")
        if not trail.holds(each["head"]):
            lost.append(f"audit entry {each['head'].partition(':')[0]}")
    kinds = [each["kind"] for each in noted]
    return {
        "pins": kinds.count("pin"),
        "associations": kinds.count("association"),
        "failed": kinds.count("failed"),
        "lost": lost,
    }


def listen(ended: threading.Event) -> None:
    """It has ended once standard input has."""
    sys.stdin.read()
    ended.set()


def main(what: str, path: str) -> None:
    """Live, or check."""
    if what == "check":
        with Path(path).open() as log:
            json.dump(check(log), sys.stdout)
        return
    ended = threading.Event()
    threading.Thread(target=listen, args=(ended,), daemon=True).start()
    with Path(path).open("a") as log:
        live(log, ended)


if __name__ == "__main__":
    django.setup()
    main(*sys.argv[1:])
