"""`openhouse appoint EMAIL`: the first District Administrator, or any other role."""

from __future__ import annotations

import argparse
import sys

from openhouse.roles.roles import Role


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The employee's email as the SIS has it; the role; the school code or the region for roles held there."""
    parser.add_argument("email", help="the employee's email, as the SIS has it")
    parser.add_argument(
        "--role", choices=Role.values, default=Role.DISTRICT_ADMINISTRATOR.value, help="default: %(default)s"
    )
    parser.add_argument("--region", default="", metavar="NAME", help="the region, for a role held in one")
    parser.add_argument("--school", default="", metavar="CODE", help="the school code, for a role held at a school")


def run(options: argparse.Namespace) -> int:
    """Returns 1 where the employee or the school is not known."""
    from django.utils import timezone

    from openhouse.audit.trail import Actor
    from openhouse.roles import appointment

    try:
        grant = appointment.appoint(
            email=options.email,
            role=Role(options.role),
            school_code=options.school,
            region=options.region,
            by=Actor.command_line(),
            at=timezone.now(),
        )
    except appointment.AppointmentRefused as refused:
        print(f"openhouse appoint: {refused}", file=sys.stderr)
        return 1
    where = f" at school {grant.school_code}" if grant.school_code else f" in {grant.region}" if grant.region else ""
    until = f", until {grant.last_date}" if grant.last_date else ""
    print(f"Granted: {Role(grant.role).label}{where}{until}")
    return 0
