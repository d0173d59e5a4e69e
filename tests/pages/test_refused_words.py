"""Every refusal that an employee can meet has its words."""

from __future__ import annotations

import pytest

from openhouse.access import refusals
from openhouse.pages.staff import refused_words
from openhouse.policy.values import Policy

FAMILIES = {
    refusals.PinRefused,
    refusals.TooManyTries,
    refusals.LimitReached,
    refusals.AccountTaken,
    refusals.GuardianTaken,
    refusals.NotOffered,
}
"""What guardians alone meet: their pages have words of their own."""


@pytest.mark.parametrize(
    "refused", sorted(set(refusals.Refused.__subclasses__()) - FAMILIES, key=lambda each: each.__name__)
)
def test_every_refusal_has_its_words(refused):
    told = refused_words.of(refused.__new__(refused), Policy(sis_name="MiSiS"))
    assert len(told) > 20 and "%(" not in told
