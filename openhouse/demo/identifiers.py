"""Numbers that the made-up SIS gives out: unique, in no order, and telling nothing about the person.

Each is a bijection of a counter (multiply and add, modulo a range to which the factor is coprime), so that uniqueness
needs no memory.
"""

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""Without I, O and Q, which read like digits; 23 of them."""
_STUDENTS = 1_000_000_000 * len(_LETTERS)
CHILDREN_A_HOUSEHOLD = 8
"""Slots for Student IDs that each household has."""


def student_number(seed: int, household: int, child: int) -> str:
    """The Student ID of one child (from 0) of a household: six digits, a letter, three digits."""
    spot = (household * CHILDREN_A_HOUSEHOLD + child) * 9_376_582_871 + seed * 7_919 + 4_242_424_243
    rest, letter = divmod(spot % _STUDENTS, len(_LETTERS))
    front, back = divmod(rest, 1000)
    return f"{front:06d}{_LETTERS[letter]}{back:03d}"


def school_code(seed: int, school: int) -> str:
    """The four-digit code of a school (from 0), 1000 to 9999."""
    return str((school * 3_701 + seed * 53 + 817) % 9000 + 1000)


def employee_number(seed: int, employee: int) -> str:
    """The six-digit number of an employee (from 0)."""
    return f"{(employee * 618_033 + seed * 97 + 104_729) % 1_000_000:06d}"
