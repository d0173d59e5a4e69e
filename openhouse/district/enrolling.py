"""Which enrolments count: until the SIS ends them, or over the summer until the day that policy names.

`counts`, `counting` and `written` are the same rule: for a fact in hand, for a query, and as SQL.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db.models import Q

from openhouse.policy.values import Policy
from openhouse.sql import Text


class EnrolmentFacts(Protocol):
    """An enrolment as it was known at one moment; the end is exclusive."""

    end_date: date | None


def counts(enrolment: EnrolmentFacts, policy: Policy, on: date) -> bool:
    """Whether an enrolment that is in the mirror counts on that day."""
    end = enrolment.end_date
    if end is None or on < end:
        return True
    if policy.summer_from is None or policy.summer_until is None:
        return False
    return policy.summer_from <= end <= policy.summer_until and on <= policy.summer_until


def counting(policy: Policy, on: date, under: str = "") -> Q:
    """Those rows of the mirror's enrolments that count on that day. `under` leads to them in another table's query."""
    end = f"{under}end_date"
    still = Q((end, None)) | Q((f"{end}__gt", on))
    if policy.summer_from and policy.summer_until and on <= policy.summer_until:
        still |= Q((f"{end}__gte", policy.summer_from), (f"{end}__lte", policy.summer_until))
    return still & Q((f"{under}valid_until", None))


def written(policy: Policy, on: date, of: str = "enrolment") -> Text:
    """The same as SQL, of the table that is named so."""
    text = Text(f"{of}.end_date IS NULL OR {of}.end_date > {{}}", (on,))
    if policy.summer_from and policy.summer_until and on <= policy.summer_until:
        summer = (policy.summer_from, policy.summer_until)
        text = Text(f"{text.sql} OR {of}.end_date >= {{}} AND {of}.end_date <= {{}}", text.values + summer)
    return Text(f"{of}.valid_until IS NULL AND ({text.sql})", text.values)
