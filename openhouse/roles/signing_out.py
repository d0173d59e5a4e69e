"""`openhouse sign-out EMAIL`: end somebody's sessions now, a guardian's or an employee's; with `--everybody`, all there are."""

from __future__ import annotations

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose."""
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("email", nargs="?", help="a parent account's email, or an employee's, as the SIS has it")
    whose.add_argument("--everybody", action="store_true", help="everybody who is signed in, families and employees")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where nobody who could be signed in has the email."""
    from django.db.models import Q
    from django.utils import timezone

    from openhouse.accounts import sessions
    from openhouse.accounts.models import Account
    from openhouse.audit.trail import Actor
    from openhouse.district.models import Employee

    accounts = None
    if not options.everybody:
        email = options.email.strip()
        employees = Employee.objects.filter(email__iexact=email).values("sourced_id")
        accounts = list(Account.objects.filter(Q(email__iexact=email) | Q(employee_key__in=employees))) if email else []
        if not accounts:
            print("openhouse sign-out: nobody who could be signed in has this email.", file=sys.stderr)
            return 1
    count = sessions.cut(accounts=accounts, by=Actor.command_line(), at=timezone.now())
    print(f"Ended: {count} sessions. Whoever may sign in can do so again; to keep somebody out, deactivate or revoke.")
    return 0
