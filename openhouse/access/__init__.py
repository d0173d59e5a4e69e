"""Which guardian may see which student: the decision, ties, associations, PINs, limits.

One question, one answer: every guardian page asks `access.decide`, or for lists its queryset twin `associations.visible`.
This room reads `district` and `accounts`, which do not know each other: their meeting is what it is for.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openhouse.access.decision import Decision
    from openhouse.accounts.models import Account
    from openhouse.district.models import Student


def decide(*, account: Account, student: Student, at: datetime) -> Decision:
    """May this account see this student at this moment, by which rule, and on which facts? Past moments too."""
    from openhouse.access import decision

    return decision.decide(account=account, student=student, at=at)
