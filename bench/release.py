"""Makes the portal's tables, and lets no night wait for a person, as a program of its own.

    python -m bench.release

Made-up nights go forth and back: restrictions come and go, and students gain guardians. A portal in use would stop there.
"""

from __future__ import annotations

import django

RELEASED = {
    "brake_students": "100",
    "brake_guardianships": "100",
    "brake_enrolments": "100",
    "brake_gains": "100",
    "brake_restricted": "1000",
}
"""Policy with which nothing waits; of a portal that knows these values."""


def main() -> None:
    """Make the tables and choose."""
    from django.utils import timezone

    from openhouse import tables
    from openhouse.audit.trail import Actor
    from openhouse.policy import values

    tables.bring_up_to_date()
    for name in RELEASED.keys() & values.FIELDS.keys():
        values.choose(name=name, text=RELEASED[name], by=Actor.system("bench"), at=timezone.now())


if __name__ == "__main__":
    django.setup()
    main()
