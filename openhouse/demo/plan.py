"""What a made-up district is asked to be: the plan from which everything else follows."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

FEWEST_STUDENTS = 40
"""Room for every hard family of `cast`."""
MOST_STUDENTS = 5_000_000
MOST_NIGHTS = 250
STUDENTS_A_SCHOOL = 770
"""Average in districts of half a million students; a small district has eight smaller schools instead."""


class PlanRefused(ValueError):
    """The plan asks for a district that cannot be made; the text says what may be asked for."""


@dataclass(frozen=True)
class DistrictPlan:
    """A district of `students` students on the day `on`, as the export of the given `night` shows it.

    Night 1 is the export made on the day `on`; night 2 is the same district a day later, about 1 % changed; and so on.
    `schools` is chosen to fit when None. Raises PlanRefused for figures out of range.
    """

    students: int
    seed: int
    on: date
    night: int = 1
    schools: int | None = None

    def __post_init__(self) -> None:
        if not FEWEST_STUDENTS <= self.students <= MOST_STUDENTS:
            raise PlanRefused(f"students must be {FEWEST_STUDENTS} to {MOST_STUDENTS}, not {self.students}")
        if not 1 <= self.night <= MOST_NIGHTS:
            raise PlanRefused(f"night must be 1 to {MOST_NIGHTS}, not {self.night}")
        if self.schools is not None and not 3 <= self.schools <= 9000:
            raise PlanRefused(f"schools must be 3 to 9000 (one of each level at least), not {self.schools}")

    @cached_property
    def school_count(self) -> int:
        """Number of schools: as asked, else eight, and more from about 6,000 students on."""
        return self.schools or max(8, round(self.students / STUDENTS_A_SCHOOL))

    @cached_property
    def year(self) -> int:
        """The calendar year in which the school year of `on` began; a school year begins on 1 July."""
        return self.on.year if self.on.month >= 7 else self.on.year - 1

    @cached_property
    def opening(self) -> str:
        """First day of instruction, or 1 July while that is still to come, as YYYY-MM-DD."""
        instruction = date(self.year, 8, 13)
        return (instruction if instruction <= self.on else date(self.year, 7, 1)).isoformat()

    def day_of(self, night: int) -> date:
        """The day on which the export of that night is made."""
        return self.on + timedelta(days=night - 1)

    def days_ago(self, days: int) -> str:
        """A day before `on`, as YYYY-MM-DD."""
        return (self.on - timedelta(days=days)).isoformat()
