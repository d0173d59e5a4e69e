"""What an association is worth right now: pure rules over facts, the first that fits (domain sheet, *standing*)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from openhouse.district import enrolling
from openhouse.district.enrolling import EnrolmentFacts
from openhouse.district.restrictions import GuardianshipFacts, Reading, in_effect, is_legal, reading
from openhouse.policy.values import Policy

GROUNDS_AT_18 = ("dependent", "consent")


class Standing(models.TextChoices):
    ACCOUNT_INACTIVE = "account inactive", _("The account is not active, or its email is not confirmed.")
    RESTRICTED = "restricted", _("The SIS restricts this guardian.")
    HELD = "held", _("The SIS holds a restriction text that policy cannot read.")
    ENDED = "ended", _("The SIS ended the legal guardianship or the enrolment.")
    ELIGIBLE_STUDENT = "eligible student", _("The student is 18, and the SIS gives no ground to go on.")
    REVALIDATE = "revalidate", _("A new PIN has to be entered.")
    DISABLED = "disabled", _("An imported association whose grace period is over.")
    GRACE = "grace", _("An imported association within its grace period.")
    ACTIVE = "active", _("The guardian sees the student.")

    @property
    def lets_in(self) -> bool:
        """Whether the guardian sees the student."""
        return self in (Standing.ACTIVE, Standing.GRACE)


@dataclass(frozen=True)
class Facts:
    """All that a standing rests on. Guardianships and enrolments are those in the mirror at that moment."""

    on: date
    policy: Policy
    account_active: bool
    guardianships: tuple[GuardianshipFacts, ...]
    enrolments: tuple[EnrolmentFacts, ...]
    birth_date: date | None
    eligible_ground: str
    imported_on: date | None
    revalidate: bool


def adult_since(on: date) -> date:
    """The last birth date whose bearer is 18 on that day. Someone born on 29 February turns 18 on 1 March."""
    try:
        return on.replace(year=on.year - 18)
    except ValueError:
        return on.replace(year=on.year - 18, day=28)


def has_rights(facts: Facts) -> bool:
    """Whether the student is 18, by policy holds the rights, and the SIS gives no ground to go on."""
    if not facts.policy.rights_pass_at_18 or facts.birth_date is None:
        return False
    return facts.birth_date <= adult_since(facts.on) and facts.eligible_ground not in GROUNDS_AT_18


def grace_end(policy: Policy, imported_on: date) -> date:
    """The first day without grace."""
    return (policy.grace_from or imported_on) + timedelta(days=policy.grace_days)


def standing(facts: Facts) -> Standing:
    """The first row of the table that fits."""
    readings = {reading(each.restriction, facts.policy) for each in facts.guardianships}
    legal = any(is_legal(each, facts.policy) and in_effect(each, facts.on) for each in facts.guardianships)
    enrolled = any(enrolling.counts(each, facts.policy, facts.on) for each in facts.enrolments)
    rows = (
        (not facts.account_active, Standing.ACCOUNT_INACTIVE),
        (Reading.RESTRICTED in readings, Standing.RESTRICTED),
        (Reading.HELD in readings, Standing.HELD),
        (not (legal and enrolled), Standing.ENDED),
        (has_rights(facts), Standing.ELIGIBLE_STUDENT),
        (facts.revalidate, Standing.REVALIDATE),
    )
    for fits, found in rows:
        if fits:
            return found
    if facts.imported_on is None:
        return Standing.ACTIVE
    return Standing.GRACE if facts.on < grace_end(facts.policy, facts.imported_on) else Standing.DISABLED
