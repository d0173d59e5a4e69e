"""How likely it is that a PIN is guessed (domain rule 4): a pure bound, and the assumptions that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from openhouse.access.pins import LOCKED_PINS_A_YEAR, WRONG_TRIES
from openhouse.access.tries import TRIES_BEFORE_LOCK
from openhouse.policy.values import Policy

GOAL = 1 / 10_000
"""Whoever knows the birth date has less than this chance of one success against one student in a year."""
ACCOUNTS = 10_000
"""Accounts that the attacker has."""
GUARDIANS = 2
"""Guardians of the student with a live PIN at the same time."""
STUDENTS = 3
"""Students of a family, where policy lets the PIN of one open the others (domain rule 15)."""
LAPSED = 3
"""PINs of each guardian in that year that are lost, run out or are replaced without having died."""
CHECKED = 2
"""New PINs of each guardian in that year for which an identity check was needed and made."""
SCHOOL_YEARS = 2
"""School years that a year can touch: what is allowed without an identity check is counted anew in each."""


@dataclass(frozen=True)
class Risk:
    """`guesses` are pairs of a PIN and a code tried against it; `probability` is a bound: it is at most that.

    `killed`, `checked` and `lapsed` are PINs of one student.
    """

    digits: int
    guardians: int
    students: int
    killed: int
    checked: int
    lapsed: int
    guesses: int
    probability: float

    @property
    def misses(self) -> bool:
        """Whether the goal is missed."""
        return self.probability >= GOAL

    @property
    def one_in(self) -> int:
        """The bound as one in so many, rounded down."""
        return int(1 / self.probability)

    @property
    def margin(self) -> int:
        """How many more PINs could die in that year before the goal is missed."""
        left = GOAL * 10**self.digits - self.guesses
        return max(0, int((left - 1e-9) // WRONG_TRIES))


def of(policy: Policy, *, guardians: int = GUARDIANS) -> Risk:
    """The risk under the settings chosen."""
    students = STUDENTS if policy.one_pin_per_family else 1
    return risk(digits=policy.pin_length, guardians=guardians, students=students)


def risk(
    *, digits: int, guardians: int = GUARDIANS, students: int = 1, lapsed: int = LAPSED, checked: int = CHECKED
) -> Risk:
    """The chance of one success against one student, for whoever knows the Student ID and the birth date, within a year.

    A code of n digits is drawn evenly from 10^n. A try with the right Student ID and birth date is compared with each live PIN of
    the student and counted against each; at the fifth wrong one the PIN dies. So k different codes tried against one PIN hit it
    with probability k / 10^n, and no PIN is ever met by more than five: `WRONG_TRIES`. More accounts, addresses or time do not
    help, for these tries are counted against the PIN and not against the account.

    What is left to count is how many PINs there can be. Each is made by staff.
    - Killed: a dead PIN is replaced at once. A school year begins with a live PIN for each of g guardians. New Pin asks for an
      identity check once `LOCKED_PINS_A_YEAR` = 3 PINs of the student died in the school year; until then at most 2 have died, so
      at most 2 are replaced. That is g + 2 PINs, in each of the 2 school years that a year touches, five guesses each.
    - Checked: after that a guardian has to be identified for each. `checked` such PINs for each guardian, five guesses each.
    - Lapsed: an attacker may stop at the fourth guess, so that nothing dies and no check is asked for. The PIN is used (and
      gone), or it lapses and staff make another. `lapsed` such PINs for each guardian, four guesses each.

    Where one PIN opens all students of a family, whoever knows them all may try the PINs of each: all of that `students` times.

    The probability of any success is at most the sum over all guesses (Boole's inequality), whatever the attacker does with what
    he learns. `checked` and `lapsed` are assumptions about families and staff, for staff may press New Pin at any time.
    """
    killed = SCHOOL_YEARS * (guardians + LOCKED_PINS_A_YEAR - 1)
    checked, lapsed = checked * guardians, lapsed * guardians
    guesses = students * ((killed + checked) * WRONG_TRIES + lapsed * (WRONG_TRIES - 1))
    guesses = min(guesses, ACCOUNTS * TRIES_BEFORE_LOCK * guardians)
    return Risk(digits, guardians, students, killed, checked, lapsed, guesses, min(1.0, guesses / 10**digits))
