"""`openhouse untie NUMBER`: let an employee whose account at the identity provider was made anew be tied again."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The employee's number, as the SIS has it."""
    parser.add_argument("number", help="the employee's number, as the SIS has it")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where no employee, or more than one, has the number."""
    from django.utils import timezone

    from openhouse.accounts import identities
    from openhouse.accounts.models import Account
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Employee

    keys = Employee.objects.filter(number=options.number.strip()).values("sourced_id")
    found = list(Account.objects.filter(employee_key__in=keys)[:2])
    if len(found) != 1:
        how_many = "Nobody who signed in has" if not found else "More than one employee has"
        print(f"openhouse untie: {how_many} this number.", file=sys.stderr)
        return 1
    count = identities.untie(account=found[0], by=Actor.command_line(), at=timezone.now())
    print(f"Forgotten: who they are at {count} identity providers. Their next sign-in ties them by their number.")
    return 0
