"""What is odd in a few families of any district: the rates are a guess at a large district's, on the high side."""

from openhouse.demo.dice import Dice
from openhouse.demo.households import Guardian, Household

READABLE_RESTRICTIONS = ("no contact", "no contact", "no contact", "restricted", "court order")
UNREADABLE_RESTRICTIONS = ("see file 12-B", "per counselor call first", "ask office re: pick up", "2 forms on file")
NO_GIVEN_NAME = "-"
"""Stands for the given name of a person who has one name only: OneRoster does not let the column be blank."""


def sprinkle(household: Household, dice: Dice) -> None:
    """Give a household at most one oddity; most have none (of a thousand throws, 45 bring one)."""
    chance = dice.throw(1000)
    if chance >= 45 or not household.guardians or not household.students:
        return
    guardian = dice.pick(tuple(household.guardians))
    if chance < 6:
        if len(household.guardians) > 1:
            restrict(household, guardian, dice)
    elif chance < 26:
        blank_legal(household, guardian)
    elif chance < 37:
        household.guardians[-1].email = household.guardians[0].email
    elif chance < 40:
        record_twice(household, guardian)
    elif chance < 42:
        guardian.given, guardian.family = NO_GIVEN_NAME, guardian.given
    else:
        household.students[0].birth_date = ""


def restrict(household: Household, guardian: Guardian, dice: Dice) -> None:
    """A court or the school restricts a guardian towards every student; one text in ten is not policy's words."""
    text = dice.pick(UNREADABLE_RESTRICTIONS if dice.throw(10) == 0 else READABLE_RESTRICTIONS)
    for bond in household.guardianships:
        if bond.guardian is guardian:
            bond.restriction = text


def blank_legal(household: Household, guardian: Guardian) -> None:
    """Nobody said whether this guardian is a legal one."""
    for bond in household.guardianships:
        if bond.guardian is guardian and bond.legal == "true":
            bond.legal = ""


def record_twice(household: Household, guardian: Guardian) -> None:
    """The youngest of several students got a second record of the same person."""
    if len(household.students) < 2:
        return
    second = household.join(
        given=guardian.given,
        family=guardian.family,
        relation="mother",
        email=guardian.email,
        phone=guardian.phone,
        address=guardian.address,
    )
    second.role = guardian.role
    for bond in household.guardianships:
        if bond.guardian is guardian and bond.student is household.students[-1]:
            bond.guardian = second
