"""What the SIS's words on a guardianship mean: which restrictions restrict, and who is a legal guardian. Pure rules of policy.

The sync asks them before a night lands (`sync.brake`), and `access` for every look at a student: one reading for both.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.db import models

from openhouse.policy.values import Policy


class Reading(models.TextChoices):
    """What policy makes of a restriction text."""

    NONE = "none"
    RESTRICTED = "restricted"
    HELD = "held"


class GuardianshipFacts(Protocol):
    """A guardianship as it was known at one moment."""

    relation: str
    legal: bool | None
    restriction: str
    begin_date: date | None
    end_date: date | None


def reading(restriction: str, policy: Policy) -> Reading:
    """What a restriction text means; one that policy does not know is held, never waved through."""
    text = restriction.strip().lower()
    if not text or text in policy.no_restriction_words:
        return Reading.NONE
    return Reading.RESTRICTED if text in policy.restriction_words else Reading.HELD


def is_legal(guardianship: GuardianshipFacts, policy: Policy) -> bool:
    """Whether the SIS, or policy where the SIS leaves the flag blank, calls this guardian legal. A false stays false."""
    return is_legal_relation(guardianship.relation, policy) if guardianship.legal is None else guardianship.legal


def is_legal_relation(relation: str, policy: Policy) -> bool:
    """Whether policy calls this relation legal where the SIS leaves the flag blank."""
    return policy.blank_legal_flag == "legal_for_relations" and relation.strip().lower() in policy.legal_relations


def in_effect(guardianship: GuardianshipFacts, on: date) -> bool:
    """Whether the SIS's own dates cover the day (the end is exclusive)."""
    begun = guardianship.begin_date is None or guardianship.begin_date <= on
    return begun and (guardianship.end_date is None or on < guardianship.end_date)
