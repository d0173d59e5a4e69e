"""The guess risk of rule 4: a bound that an attacker cannot beat, and where the goal is missed."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from openhouse.access import guessing
from openhouse.access.guessing import GOAL, risk
from openhouse.policy.values import Policy


@pytest.mark.parametrize(
    ("digits", "guardians", "guesses", "one_in", "misses"),
    [
        (4, 2, 84, 119, True),
        (5, 2, 84, 1_190, True),
        (6, 1, 52, 19_230, False),
        (6, 2, 84, 11_904, False),
        (6, 4, 148, 6_756, True),
        (8, 2, 84, 1_190_476, False),
        (12, 4, 148, 6_756_756_756, False),
    ],
)
def test_the_risk_of_a_setting(digits: int, guardians: int, guesses: int, one_in: int, misses: bool):
    found = risk(digits=digits, guardians=guardians)
    assert (found.guesses, found.one_in, found.misses) == (guesses, one_in, misses)


def test_the_default_meets_the_goal_and_says_by_how_many_pins():
    found = risk(digits=6)
    assert found.probability < GOAL and found.margin == 3
    assert risk(digits=6, lapsed=0, checked=0).margin == 11


def test_the_margin_is_exact():
    found = risk(digits=6, lapsed=0, checked=0)
    assert (found.guesses + 5 * found.margin) / 10**6 < GOAL <= (found.guesses + 5 * (found.margin + 1)) / 10**6


def test_more_pins_make_more_risk_and_more_digits_less():
    assert risk(digits=6, lapsed=4).probability > risk(digits=6).probability > risk(digits=7).probability


def test_one_pin_for_a_family_counts_the_pins_of_its_students():
    alone, family = guessing.of(Policy()), guessing.of(replace(Policy(), one_pin_per_family=True))
    assert (alone.guesses, family.guesses) == (84, 252)
    assert family.misses and not alone.misses and family.margin == 0
    assert not guessing.of(replace(Policy(), one_pin_per_family=True, pin_length=7)).misses


def test_two_digits_would_be_a_certainty_at_most():
    assert risk(digits=1).probability == 1.0


def attacked(dice: random.Random, codes: int, guardians: int) -> bool:
    """One year of an attacker who kills every PIN, against the rules: whether they get in."""
    for _school_year in range(2):
        dead, live = 0, dict.fromkeys(range(guardians), True)
        while any(live.values()):
            held = dice.sample(range(codes), sum(live.values()))
            if set(held) & set(dice.sample(range(codes), 5)):
                return True
            dead += len(held)
            live = dict.fromkeys(live, dead < 3)
    return False


@pytest.mark.parametrize("guardians", [1, 2, 3])
def test_no_simulated_attacker_does_better_than_the_bound(guardians: int):
    dice, codes, years = random.Random(guardians), 1_000, 20_000
    share = sum(attacked(dice, codes, guardians) for _year in range(years)) / years
    bound = risk(digits=3, guardians=guardians, lapsed=0, checked=0).probability
    assert share < bound + 3 * (bound / years) ** 0.5
    assert share > bound / 2
