"""Whom bench.guessing attacks, as a program of its own: run once after a sync, it prints sessions, students and the bound as JSON.

    python -m bench.victims STUDENTS ACCOUNTS

PINs are four digits long, the fewest that policy allows. A clerk of every school has given both guardians of each student one.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import Any

import django

from bench.seed import session


def clerk(at: datetime) -> Any:
    """An employee who gives PINs at every school."""
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Employee, School
    from openhouse.roles import appointment
    from openhouse.roles.roles import Role

    email, by = Employee.objects.order_by("pk").values_list("email", flat=True)[0], Actor.system("bench")
    role, codes = Role.PARENT_ACCESS_ADMINISTRATOR, School.objects.values_list("code", flat=True)
    made = [appointment.appoint(email=email, role=role, school_code=code, by=by, at=at) for code in codes]
    return made[0].account


def victims(most: int, at: datetime) -> list[dict[str, Any]]:
    """Students whose two guardians were both given a PIN."""
    from django.db import transaction
    from django.db.models import Count

    from openhouse.access import pins, refusals
    from openhouse.access.models import Given
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Student

    found: list[dict[str, Any]] = []
    students = Student.objects.annotate(guardians=Count("guardianships")).filter(guardians=2, valid_until=None)
    for student in students.order_by("key").prefetch_related("guardianships"):
        if len(found) == most:
            break
        try:
            with transaction.atomic():
                for each in student.guardianships.all():
                    pins.give(guardianship=each, given=Given.LETTER, by=Actor.system("bench"), at=at)
        except refusals.Refused:
            continue
        keys = [str(each.key) for each in student.guardianships.all()]
        found.append({"number": student.number, "born": str(student.birth_date), "guardianships": keys})
    return found


def attackers(count: int, at: datetime) -> list[str]:
    """Sessions of accounts that anybody could have registered."""
    from openhouse.accounts.models import Account

    made = [
        Account(email=f"stranger-{n}@mail.example", family_name="Stranger", email_confirmed_at=at) for n in range(count)
    ]
    for account in made:
        account.set_unusable_password()
    return [session(account) for account in Account.objects.bulk_create(made)]


def bound() -> dict[str, int]:
    """What the portal says that an attacker gets: guesses for each lapse and each kill in one school year, and for a year."""
    from openhouse.access import guessing, pins

    return {
        "tries": pins.WRONG_TRIES,
        "guardians": guessing.GUARDIANS,
        "killed": guessing.GUARDIANS + pins.LOCKED_PINS_A_YEAR - 1,
        "year": guessing.risk(digits=6).guesses,
    }


def main(students: int, accounts: int) -> None:
    """Choose the policy, give the PINs and print whom to be."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.policy import values

    at = timezone.now()
    values.choose(name="pin_length", text="4", by=Actor.system("bench"), at=at)
    told: dict[str, Any] = {
        "clerk": session(clerk(at)),
        "attackers": attackers(accounts, at),
        "victims": victims(students, at),
    }
    told["bound"] = bound()
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    django.setup()
    main(*map(int, sys.argv[1:]))
