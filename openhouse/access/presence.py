"""Who of a student's guardians is in the portal already: a PIN was made for them, or they have the student on an account."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from openhouse.access.models import Association, Pin
from openhouse.district.models import Guardianship


def marked(rows: QuerySet[Guardianship]) -> QuerySet[Guardianship]:
    """The same rows, each with `has_pin` (one was made, whatever became of it) and `is_registered` (an account that is tied to
    the guardian has the student).
    """
    registered = Association.objects.filter(
        student=OuterRef("student"),
        valid_until=None,
        account__ties__guardian=OuterRef("guardian"),
        account__ties__valid_until=None,
    )
    return rows.annotate(
        has_pin=Exists(Pin.objects.filter(guardianship=OuterRef("pk"))), is_registered=Exists(registered)
    )
